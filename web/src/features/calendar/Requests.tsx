import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { useApprove } from '../../lib/changes';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { bookingsQuery, type Booking } from '../../lib/queries';
import { addDays, shortMoment, shortRange } from '../../lib/time';
import { useNames } from '../../lib/useNames';

const AHEAD_DAYS = 365;

type Props = { today: string; onOpen: (booking: Booking, view: 'facts' | 'refuse') => void };

/** Whoever waits for an answer comes first, whatever week is looked at. */
export function Requests({ today, onOpen }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const names = useNames();
  const approve = useApprove();
  const requests = useQuery(
    bookingsQuery({ from: today, to: addDays(today, AHEAD_DAYS), status: 'requested' }),
  );
  if (!requests.data?.length) return null;
  return (
    <section
      aria-labelledby="requests"
      className="mb-4 rounded-2xl border border-warn/40 bg-warn-soft p-4 sm:mb-6"
    >
      <h2 id="requests" className="text-lg font-bold text-warn">
        {t('week.requests', { count: requests.data.length })}
      </h2>
      {approve.isError && <Failure key={approve.submittedAt} error={approve.error} />}
      <ul className="divide-y divide-warn/25">
        {requests.data.map((booking) => {
          const name = names.nameOf(booking);
          return (
            <li key={booking.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2 last:pb-0">
              <p className="min-w-0 grow">
                <strong>{name}</strong>{' '}
                <span className="whitespace-nowrap tabular-nums">
                  {shortRange(booking.start, booking.end, booking.zone)}
                </span>{' '}
                <span className="text-muted">{names.type(booking.lesson_type_id)}</span>
              </p>
              <div role="group" aria-label={name} className="flex flex-wrap gap-2">
                <Button
                  busy={approve.isPending && approve.variables.booking.id === booking.id}
                  disabled={!isOnline}
                  onClick={() => {
                    const moment = shortMoment(booking.start, booking.zone);
                    approve.mutate(
                      { booking },
                      {
                        onSuccess: () => {
                          notify({ text: t('lesson.approved', { name, moment }) });
                        },
                      },
                    );
                  }}
                >
                  {t('office.approve')}
                </Button>
                <Button
                  look="danger"
                  onClick={() => {
                    onOpen(booking, 'refuse');
                  }}
                >
                  {t('office.refuse')}
                </Button>
                <Button
                  look="quiet"
                  onClick={() => {
                    onOpen(booking, 'facts');
                  }}
                >
                  {t('week.details')}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
