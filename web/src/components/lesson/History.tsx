import { useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import { changesOf, type Change, type Event } from '../../lib/history';
import { meQuery, type Booking } from '../../lib/queries';
import { historyQuery } from '../../lib/schedule';
import { clockRange, shortMoment } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { Failure } from '../Failure';
import { Skeleton } from '../Skeleton';

/** Everything that happened to a booking: when, who, and what was different then. */
export function History({ booking }: { booking: Booking }) {
  const { data, isError, isPending, error, refetch } = useQuery(historyQuery(booking.id));
  return (
    <>
      {isError && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton className="h-16" />}
      <ol className="ml-2 grid gap-4 border-l-2 border-line pl-5">
        {data?.items.map((event, index) => (
          <Entry
            key={event.version}
            event={event}
            changes={changesOf(data.items, index)}
            zone={booking.zone}
          />
        ))}
      </ol>
    </>
  );
}

/** "Wed 11 Mar, 09:00 – 10:00" of two instants side by side. */
function times(value: string, zone: string): string {
  const [start = '', end = ''] = value.split(' ');
  return `${shortMoment(start, zone).split(',')[0] ?? ''}, ${clockRange(start, end, zone)}`;
}

type EntryProps = { event: Event; changes: Change[]; zone: string };

function Entry({ event, changes, zone }: EntryProps) {
  const t = useT();
  const names = useNames();
  const me = useQuery(meQuery).data;
  const who = /^[0-]*$/.test(event.actor)
    ? 'Roadbook'
    : event.actor === me?.id
      ? t('history.you')
      : (event.actor_name ?? names.person(event.actor));
  const words = ({ what }: Change, value: string): string => {
    if (value.trim() === '') return t('history.none');
    if (what === 'instructor_id') return names.instructor(value);
    if (what === 'vehicle_id') return names.vehicle(value) ?? t('history.none');
    return times(value, zone);
  };
  return (
    <li className="relative">
      <span
        aria-hidden="true"
        className="absolute top-1.5 -left-[1.625rem] size-2.5 rounded-full bg-brand ring-4 ring-surface"
      />
      <p className="font-bold">{t(`history.${event.type}`)}</p>
      <p className="text-sm text-muted">
        {shortMoment(event.at, zone)}, {who}
      </p>
      {event.reason && <p className="text-sm">{t('history.reason', { reason: event.reason })}</p>}
      {event.data['calendar_unchecked'] === true && (
        <p className="text-sm text-warn">{t('history.unchecked')}</p>
      )}
      {changes.map((change) => (
        <p key={change.what} className="text-sm tabular-nums">
          {change.before !== undefined && (
            <>
              <s className="text-muted">{words(change, change.before)}</s>{' '}
              <span aria-hidden="true">→</span>{' '}
            </>
          )}
          <strong>{words(change, change.after)}</strong>
        </p>
      ))}
    </li>
  );
}
