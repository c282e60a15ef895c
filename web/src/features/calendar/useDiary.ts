import { useQuery } from '@tanstack/react-query';
import type { Block, GridEvent, Tone } from '../../components/calendar/types';
import { useT, type Translate } from '../../i18n';
import type { Schema } from '../../lib/api';
import { instantAt } from '../../lib/time';
import { bookingsQuery, type Booking } from '../../lib/queries';
import { closuresQuery, hoursQuery, overridesQuery, timeOffQuery, type TimeOff } from '../../lib/schedule';
import { useNames, type Names } from '../../lib/useNames';
import { busyQuery, merged, type Busy } from './elsewhere/elsewhere';
import { openOn } from './hours';

const tones: Partial<Record<Schema['Status'], Tone>> = {
  booked: 'booked',
  requested: 'requested',
  delivered: 'done',
  no_show: 'missed',
};

export type Who = { instructorId: string; zone: string };

/** On the calendar: what was cancelled or refused is not there. */
export function eventOf(booking: Booking, names: Names, isOnline: boolean, t: Translate): GridEvent[] {
  const tone = tones[booking.status];
  if (!tone) return [];
  const type = names.typeOf(booking);
  return [
    {
      id: booking.id,
      start: booking.start,
      end: booking.end,
      owner: booking.instructor_id,
      before: type?.buffer_before_minutes ?? 0,
      after: type?.buffer_after_minutes ?? 0,
      tone,
      title: names.nameOf(booking),
      detail: names.type(booking.lesson_type_id),
      mark: tone === 'booked' ? undefined : t(`status.${booking.status}`),
      movable: isOnline && booking.can.includes('move'),
    },
  ];
}

type Off = Pick<TimeOff, 'id' | 'start' | 'end' | 'title'>;
export const offBlocks = (owner: string, off: Off[] | undefined, t: Translate): Block[] =>
  (off ?? []).map(({ id, start, end, title }) => ({ id, start, end, label: title || t('off.block'), owner }));

/** What is there nobody here knows. */
export const busyBlocks = (busy: Busy[] | undefined, t: Translate): Block[] =>
  merged(busy ?? []).map(({ instructor_id: owner, start, end }) => ({
    id: `busy-${owner}-${start}`,
    start,
    end,
    owner,
    label: t('week.busy'),
    isElsewhere: true,
  }));

export const closureBlocks = (closures: Schema['Closure'][] | undefined, zone: string): Block[] =>
  (closures ?? []).map(({ id, from, to, name }) => ({
    id,
    start: instantAt(from, 0, zone),
    end: instantAt(to, 0, zone),
    label: name,
  }));

export const blocksIn = (blocks: Block[], from: string, to: string, zone: string): Block[] =>
  blocks.filter(({ start, end }) => end > instantAt(from, 0, zone) && start < instantAt(to, 0, zone));

/** An instructor's days from one date to before another: lessons, hours, and what stands in the way. */
export function useDiary(who: Who, from: string, to: string, isOnline: boolean) {
  const t = useT();
  const names = useNames();
  const bookings = useQuery(bookingsQuery({ from, to }));
  const hours = useQuery(hoursQuery(who.instructorId));
  const overrides = useQuery(overridesQuery(who.instructorId));
  const off = useQuery(timeOffQuery(who.instructorId));
  const closures = useQuery(closuresQuery);
  const busy = useQuery(busyQuery(from, to, who.instructorId));
  const queries = [bookings, hours, overrides, off, closures, busy];

  const blocks = [
    ...busyBlocks(busy.data, t),
    ...offBlocks(who.instructorId, off.data, t),
    ...closureBlocks(closures.data, who.zone),
  ];
  return {
    bookings: bookings.data ?? [],
    events: (bookings.data ?? []).flatMap((booking) => eventOf(booking, names, isOnline, t)),
    blocks: blocksIn(blocks, from, to, who.zone),
    open: (date: string) => openOn(date, hours.data, overrides.data),
    /** Nothing can be drawn yet. */
    isLoading: !bookings.data || !hours.data,
    /** Another week was asked for; the one before it is shown meanwhile. */
    isOld: bookings.isPlaceholderData,
    error: queries.find((query) => query.isError)?.error,
    retry: () => {
      queries.filter((query) => query.isError).forEach((query) => void query.refetch());
    },
  };
}

export type Diary = ReturnType<typeof useDiary>;
