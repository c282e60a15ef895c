import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Alert } from '../../../components/Alert';
import { Button } from '../../../components/Button';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import { api, body, type Schema } from '../../../lib/api';
import { useOnline } from '../../../lib/online';
import { shortMoment, wallOf } from '../../../lib/time';
import { MomentFields, useMoment } from '../Moment';
import { SetAside, type Overruled } from '../SetAside';

/** Who would have a lesson with whom in what, without saying when. */
export type Who = Pick<
  Schema['BookingInput'],
  'lesson_type_id' | 'learner_id' | 'instructor_id' | 'vehicle_id'
>;

const explainQuery = (who: Who, start: string) =>
  queryOptions({
    queryKey: ['availability', 'explain', who, start],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/calendar/explain', { params: { query: { ...who, start } }, signal })),
    staleTime: 10_000,
  });

const NINE = 9 * 60;

type Props = {
  /** Nobody yet: a learner has to be chosen first. */
  who: Who | undefined;
  at: { date: string; start?: string };
  zone: string;
  busy: boolean;
  onBook: (start: string, why?: Overruled) => void;
};

/** Any time, with what speaks against it, and booking it all the same where that is for people to decide. */
export function OtherStart({ who, at, zone, busy, onBook }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const [isOpen, setOpen] = useState(false);
  const first = at.start ? wallOf(at.start, zone) : { date: at.date, minutes: NINE };
  const { start = '', fields } = useMoment(first, zone);
  const answer = useQuery({
    ...explainQuery(who ?? { lesson_type_id: '' }, start),
    enabled: isOpen && who !== undefined && start !== '',
  });
  const moment = start && shortMoment(start, zone);
  return (
    <details
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary className="disclosure text-brand">{t('week.move.other')}</summary>
      <div className="grid gap-3">
        <MomentFields {...fields} />
        {!who && <p className="text-sm text-muted">{t('board.learner.first')}</p>}
        {answer.isError && <Failure error={answer.error} onRetry={() => void answer.refetch()} />}
        {answer.data && (
          <div aria-live="polite">
            {answer.data.bookable ? (
              <Button
                look="secondary"
                busy={busy}
                disabled={!isOnline}
                onClick={() => {
                  onBook(start);
                }}
              >
                {t('board.bookAt', { moment })}
              </Button>
            ) : (
              <Alert tone="warn" title={t('board.refused', { moment })}>
                <ul className="grid gap-1">
                  {answer.data.refusals.map((refusal) => (
                    <li key={refusal.rule}>{refusal.message}</li>
                  ))}
                </ul>
                <SetAside
                  label={t('board.setAside')}
                  refusals={answer.data.refusals}
                  busy={busy}
                  onSetAside={(why) => {
                    onBook(start, why);
                  }}
                />
              </Alert>
            )}
          </div>
        )}
      </div>
    </details>
  );
}
