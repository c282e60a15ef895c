import { useQuery } from '@tanstack/react-query';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { meQuery } from '../../lib/queries';
import type { Schema } from '../../lib/api';
import type { Target } from '../../lib/schedule';
import { shortMoment } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { SetAside } from './SetAside';
import type { Refused } from './useMoving';

type Props = {
  refused: Refused;
  busy: boolean;
  /** Characters that a reason may have. */
  longest?: number;
  onChange: (to: Refused['to']) => void;
  onClose?: () => void;
};

/** Why a lesson stays where it is, in words, and what can be done instead. */
export function RefusedTime({ refused, busy, longest, onChange, onClose }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const role = useQuery(meQuery).data?.role;
  const names = useNames();
  const { booking, to, problem } = refused;
  const { zone } = booking;
  const close = onClose && (
    <Button look="quiet" onClick={onClose}>
      {t('close')}
    </Button>
  );
  if (problem.refusals.length === 0)
    return (
      <div className="grid gap-2">
        <Failure error={problem} />
        {close}
      </div>
    );
  // A colleague's time is not an instructor's to give; the office gives everybody's.
  const isOffice = role === 'office' || role === 'admin';
  const isOwn = (each: Schema['Alternative']) => each.instructor_id === booking.instructor_id;
  const offered = problem.alternatives.filter((each) => isOffice || isOwn(each));
  const targetOf = (each: Schema['Alternative']): Target => ({
    start: each.start,
    ...(isOwn(each) ? {} : { instructor_id: each.instructor_id }),
    ...(to.vehicle_id ? { vehicle_id: to.vehicle_id } : {}),
  });
  const isResize = to.end !== undefined && to.start === booking.start;
  return (
    <Alert
      tone="warn"
      title={isResize ? t('week.refusedLength') : t('week.refused', { moment: shortMoment(to.start, zone) })}
    >
      <ul className="grid gap-1">
        {problem.refusals.map((refusal) => (
          <li key={refusal.rule}>{refusal.message}</li>
        ))}
      </ul>
      {offered.length > 0 && !isResize && (
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="font-semibold">{t('week.instead')}</h3>
          {offered.slice(0, 3).map((each) => (
            <Button
              key={each.start + each.instructor_id}
              look="secondary"
              className="tabular-nums"
              busy={busy}
              disabled={!isOnline}
              onClick={() => {
                onChange(targetOf(each));
              }}
            >
              {shortMoment(each.start, zone)}
              {!offered.every(isOwn) && `, ${names.instructor(each.instructor_id)}`}
            </Button>
          ))}
        </div>
      )}
      <SetAside
        label={t('week.setAside')}
        refusals={problem.refusals}
        busy={busy}
        longest={longest}
        onSetAside={(why) => {
          onChange({ ...to, ...why });
        }}
      />
      {close && <div className="-ml-4">{close}</div>}
    </Alert>
  );
}
