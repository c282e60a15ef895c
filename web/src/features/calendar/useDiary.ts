import { useQuery } from '@tanstack/react-query';
import type { Block, GridEvent, Tone } from '../../components/calendar/types';
import { useT, type Translate } from '../../i18n';
import type { Schema } from '../../lib/api';
import { instantAt } from '../../lib/time';
import { bookingsQuery, type Booking } from '../../lib/queries';
import { closuresQuery, hoursQuery, overridesQuery, timeOffQuery } from '../../lib/schedule';
import { useNames, type Names } from '../../lib/useNames';
import { openOn } from './hours';

const tones: Partial<Record<Schema['Status'], Tone>> = {
  booked: 'booked',
  requested: 'requested',
  delivered: 'done',
  no_show: 'missed',
};

export type Who = { instructorId: string; zone: string };

function eventOf(booking: Booking, names: Names, isOnline: boolean, t: Translate): GridEvent[] {
  const tone = tones[booking.status];
  if (!tone) return [];
  const type = names.typeOf(booking);
  return [
    {
      id: booking.id,
      start: booking.start,
      end: booking.end,
      instructorId: booking.instructor_id,
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

/** An instructor's days from one date to before another: lessons, hours, and what stands in the way. */
export function useDiary(who: Who, from: string, to: string, isOnline: boolean) {
  const t = useT();
  const names = useNames();
  const bookings = useQuery(bookingsQuery({ from, to }));
  const hours = useQuery(hoursQuery(who.instructorId));
  const overrides = useQuery(overridesQuery(who.instructorId));
  const off = useQuery(timeOffQuery(who.instructorId));
  const closures = useQuery(closuresQuery);
  const queries = [bookings, hours, overrides, off, closures];

  const blocks: Block[] = [
    ...(off.data ?? []).map(({ id, start, end }) => ({
      id,
      start,
      end,
      label: t('off.block'),
      instructorId: who.instructorId,
    })),
    ...(closures.data ?? [])
      .filter((closure) => closure.to > from && closure.from < to)
      .map((closure) => ({
        id: closure.id,
        start: instantAt(closure.from, 0, who.zone),
        end: instantAt(closure.to, 0, who.zone),
        label: closure.name,
      })),
  ];
  return {
    bookings: bookings.data ?? [],
    events: (bookings.data ?? []).flatMap((booking) => eventOf(booking, names, isOnline, t)),
    blocks: blocks.filter(
      ({ start, end }) => end > instantAt(from, 0, who.zone) && start < instantAt(to, 0, who.zone),
    ),
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
