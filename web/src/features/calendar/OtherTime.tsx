import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { Problem } from '../../lib/problem';
import type { Booking } from '../../lib/queries';
import { explainQuery, type Target } from '../../lib/schedule';
import { shortMoment, wallOf } from '../../lib/time';
import { MomentFields, useMoment } from './Moment';
import { RefusedTime } from './RefusedTime';
import type { Refused } from './useMoving';

type Props = {
  booking: Booking;
  /** Where it would go besides the time: to another instructor, into another vehicle. */
  place: Omit<Target, 'start'>;
  busy: boolean;
  onChange: (to: Refused['to']) => void;
};

/** Any time, with what speaks against it. */
export function OtherTime({ booking, place, busy, onChange }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const { start: typed, fields } = useMoment(wallOf(booking.start, booking.zone), booking.zone);
  const start = typed ?? booking.start;
  const isOther = start !== booking.start;
  const to = { start, ...place };
  const answer = useQuery({ ...explainQuery(booking, to), enabled: isOther });
  return (
    <details>
      <summary className="disclosure text-brand">{t('week.move.other')}</summary>
      <div className="grid gap-3">
        <MomentFields {...fields} />
        {isOther && answer.data && (
          <div aria-live="polite">
            {answer.data.bookable ? (
              <Button
                look="secondary"
                busy={busy}
                disabled={!isOnline}
                onClick={() => {
                  onChange(to);
                }}
              >
                {t('week.move.to', { moment: shortMoment(start, booking.zone) })}
              </Button>
            ) : (
              <RefusedTime
                refused={{
                  booking,
                  to,
                  problem: new Problem({ type: 'refused', status: 422, refusals: answer.data.refusals }),
                }}
                busy={busy}
                onChange={onChange}
              />
            )}
          </div>
        )}
      </div>
    </details>
  );
}
