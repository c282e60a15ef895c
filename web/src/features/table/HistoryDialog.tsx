import { useQuery } from '@tanstack/react-query';
import { Dialog } from '../../components/Dialog';
import { Submit } from '../../components/manage/Form';
import { Lead } from '../../components/manage/Lead';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body } from '../../lib/api';
import { meQuery, type Booking } from '../../lib/queries';
import { clockRange, shortMoment } from '../../lib/time';
import { changesOf, type Change, type Event } from './history';
import type { Names } from './useNames';

type Props = { booking: Booking; names: Names; onClose: () => void };

/** Everything that happened to a booking: when, who, and what was different then. */
export function HistoryDialog({ booking, names, onClose }: Props) {
  const t = useT();
  const history = useQuery({
    queryKey: ['booking', booking.id, 'history'],
    queryFn: ({ signal }) =>
      body(
        api.GET('/api/v1/calendar/bookings/{id}/history', { params: { path: { id: booking.id } }, signal }),
      ),
  });
  return (
    <Dialog title={t('history.title')} onClose={onClose} wide>
      <div className="grid gap-4">
        <Lead>
          <strong>{names.learner(booking.learner_id)}</strong>, {shortMoment(booking.start, booking.zone)},{' '}
          {names.type(booking.lesson_type_id)}, {t('with', { name: names.instructor(booking.instructor_id) })}
        </Lead>
        <Loaded query={history} skeleton="h-12">
          {({ items }) => (
            <ol className="ml-2 grid gap-4 border-l-2 border-line pl-5">
              {items.map((event, index) => (
                <Entry
                  key={event.version}
                  event={event}
                  changes={changesOf(items, index)}
                  zone={booking.zone}
                  names={names}
                />
              ))}
            </ol>
          )}
        </Loaded>
        <Submit busy={false} label={t('dialog.close')} onClick={onClose} works="offline" />
      </div>
    </Dialog>
  );
}

type EntryProps = { event: Event; changes: Change[]; zone: string; names: Names };

function Entry({ event, changes, zone, names }: EntryProps) {
  const t = useT();
  const me = useQuery(meQuery).data;
  const who = /^0*$/.test(event.actor)
    ? 'Roadbook'
    : event.actor === me?.id
      ? t('history.you')
      : names.person(event.actor);
  const words = ({ what }: Change, value: string): string => {
    if (value.trim() === '') return t('history.none');
    if (what === 'instructor_id') return names.instructor(value);
    if (what === 'vehicle_id') return names.vehicle(value);
    const [start = '', end = ''] = value.split(' ');
    return `${shortMoment(start, zone).split(',')[0] ?? ''}, ${clockRange(start, end, zone)}`;
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
      {changes.map((change) => (
        <p key={change.what} className="text-sm">
          <s className="text-muted">{words(change, change.before)}</s> <span aria-hidden="true">→</span>{' '}
          <strong>{words(change, change.after)}</strong>
        </p>
      ))}
    </li>
  );
}
