import { useQueries } from '@tanstack/react-query';
import type { Column, Spot } from '../../components/calendar/types';
import type { Schema } from '../../lib/api';
import { availabilityQuery, type Booking } from '../../lib/queries';
import { addDays, wallOf } from '../../lib/time';

/** What the columns of a board belong to. */
export type By = 'instructor_id' | 'vehicle_id';

/** The column of the lessons without a vehicle. */
export const NO_VEHICLE = 'none';

export const ownerOf = (booking: Booking, by: By): string => booking[by] ?? NO_VEHICLE;

/** A time that is free, in the column in which it is. */
export type FreeSpot = Spot & { slot: Schema['Slot'] };

/**
 * Where the booking in hand could go. On a board each column is a question of its own: only its own column is asked
 * about before it leaves it.
 */
export function useSpots(
  booking: Booking | undefined,
  columns: Column[],
  by: By | undefined,
  isMoving: boolean,
) {
  const from = columns[0]?.date ?? '';
  const to = addDays(columns.at(-1)?.date ?? from, 1);
  const owners = by ? columns.map(({ owner = '' }) => owner) : [''];
  const answers = useQueries({
    queries: owners.map((owner) => {
      const isOwn = !by || !booking || ownerOf(booking, by) === owner;
      return {
        ...availabilityQuery({
          lesson_type_id: booking?.lesson_type_id ?? '',
          from,
          to,
          instructor_id: booking?.instructor_id ?? '',
          learner_id: booking?.learner_id ?? '',
          booking_id: booking?.id ?? '',
          ...(by && owner !== NO_VEHICLE ? { [by]: owner } : {}),
        }),
        enabled: booking !== undefined && (isOwn || (isMoving && owner !== NO_VEHICLE)),
      };
    }),
  });
  const slotsOf = (column: number): Schema['Slot'][] | undefined => {
    const owner = by ? columns[column]?.owner : '';
    // A lesson that has a vehicle cannot be left without one.
    if (booking && by && owner === NO_VEHICLE && ownerOf(booking, by) !== owner) return [];
    const answer = answers[by ? column : 0];
    return booking && answer && !answer.isPlaceholderData ? answer.data?.slots : undefined;
  };
  const spots = (zone: string): FreeSpot[] =>
    columns.flatMap(({ date }, column) =>
      (slotsOf(column) ?? []).flatMap((slot) => {
        const wall = wallOf(slot.start, zone);
        return wall.date === date ? [{ column, from: wall.minutes, slot }] : [];
      }),
    );
  return { slotsOf, spots };
}

const SHOWN_ALTERNATIVES = 3;
/** Another column counts as this much further away. */
const ASIDE_MS = 45 * 60_000;

/** The nearest of the free times, as the server would offer them with its refusal. */
export function nearest(
  spots: FreeSpot[],
  wanted: { start: string; column: number },
  booking: Booking,
  instructorIn: (column: number) => string,
): Schema['Alternative'][] {
  const distance = ({ slot, column }: FreeSpot) =>
    Math.abs(Date.parse(slot.start) - Date.parse(wanted.start)) + (column === wanted.column ? 0 : ASIDE_MS);
  return spots
    .filter(({ slot }) => slot.start !== booking.start)
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, SHOWN_ALTERNATIVES)
    .map(({ slot: { start, end }, column }) => ({
      start,
      end,
      instructor_id: instructorIn(column),
      vehicle_id: booking.vehicle_id,
    }));
}
