import { useQuery } from '@tanstack/react-query';
import type { GridEvent, Range } from '../../../components/calendar/types';
import { useT } from '../../../i18n';
import { workingTimeQuery } from '../../../lib/manage/workingTime';
import { bookingsQuery, instructorsQuery, vehiclesQuery, type Booking } from '../../../lib/queries';
import { closuresQuery } from '../../../lib/schedule';
import { addDays, mondayOf } from '../../../lib/time';
import { useNames } from '../../../lib/useNames';
import { busyQuery } from '../elsewhere/elsewhere';
import { minutesIn } from '../hours';
import { blocksIn, busyBlocks, closureBlocks, eventOf, offBlocks } from '../useDiary';
import { NO_VEHICLE, ownerOf, type By } from '../useSpots';

const WEEK = 7;
const WHOLE_DAY: Range[] = [{ from: 0, to: 1440 }];

export type BoardColumn = { key: string; owner: string; name: string; date: string; lessons: number };
type Named = { id: string; name: string; active: boolean };

/** One day of everybody: who has a column, what stands in it, and when they work. */
export function useBoard(date: string, zone: string, by: By, isOnline: boolean) {
  const t = useT();
  const names = useNames();
  const next = addDays(date, 1);
  const bookings = useQuery(bookingsQuery({ from: date, to: next }));
  const instructors = useQuery(instructorsQuery);
  const vehicles = useQuery(vehiclesQuery);
  const closures = useQuery(closuresQuery);
  const working = useQuery({ ...workingTimeQuery(date), enabled: by === 'instructor_id' });
  const monday = mondayOf(date);
  // A week at once: going on by a day asks for nothing.
  const busy = useQuery({ ...busyQuery(monday, addDays(monday, WEEK)), enabled: by === 'instructor_id' });
  const queries = [bookings, instructors, vehicles, closures, working, busy];

  const seen = (bookings.data ?? []).filter((booking) => eventOf(booking, names, isOnline, t).length > 0);
  const lessonsOf = (owner: string) => seen.filter((booking) => ownerOf(booking, by) === owner).length;
  const owners = (list: Named[] | undefined) =>
    (list ?? [])
      .filter(({ id, active }) => active || lessonsOf(id) > 0)
      .toSorted((a, b) => a.name.localeCompare(b.name));
  const teachers = by === 'instructor_id' ? owners(instructors.data) : [];
  const workingOf = (id: string | undefined) => working.data?.items.find((each) => each.instructor_id === id);

  const shown = by === 'instructor_id' ? teachers : owners(vehicles.data);
  const without = { id: NO_VEHICLE, name: t('board.noVehicle') };
  const columns = [...shown, ...(by === 'vehicle_id' && lessonsOf(NO_VEHICLE) > 0 ? [without] : [])].map(
    ({ id, name }) => ({ key: id, owner: id, name, date, lessons: lessonsOf(id) }),
  );
  const open = ({ owner }: { owner?: string }): Range[] => {
    if (by === 'vehicle_id') return WHOLE_DAY;
    return minutesIn(workingOf(owner)?.open.find((day) => day.date === date)?.ranges ?? []);
  };

  const onBoard = (booking: Booking): GridEvent[] =>
    eventOf(booking, names, isOnline, t).map((event) => {
      if (by === 'instructor_id')
        return {
          ...event,
          detail: [event.detail, names.vehicle(booking.vehicle_id)].filter(Boolean).join(', '),
        };
      const vehicle = vehicles.data?.find(({ id }) => id === booking.vehicle_id);
      return {
        ...event,
        owner: ownerOf(booking, by),
        before: 0,
        after: vehicle?.turnaround_minutes ?? 0,
        detail: `${names.instructor(booking.instructor_id)}, ${event.detail}`,
      };
    });
  const blocks = [
    ...busyBlocks(by === 'instructor_id' ? busy.data : [], t),
    ...teachers.flatMap(({ id }) => offBlocks(id, workingOf(id)?.time_off, t)),
    ...closureBlocks(closures.data, zone),
  ];
  return {
    columns,
    bookings: bookings.data ?? [],
    events: seen.flatMap(onBoard),
    blocks: blocksIn(blocks, date, next, zone),
    open,
    /** Nothing can be drawn yet. */
    isLoading: !bookings.data || !(by === 'instructor_id' ? instructors.data : vehicles.data),
    /** Another day was asked for; the one before it is shown meanwhile. */
    isOld: bookings.isPlaceholderData || working.isPlaceholderData,
    error: queries.find((query) => query.isError)?.error,
    retry: () => {
      queries.filter((query) => query.isError).forEach((query) => void query.refetch());
    },
  };
}

export type Board = ReturnType<typeof useBoard>;
