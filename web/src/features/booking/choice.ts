import type { Booking, Instructor, LessonType } from '../../lib/queries';

export const ANYONE = 'any';

type Key = 'type' | 'who' | 'day' | 'from';
export type Search = { [key in Key]?: string | undefined };

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The state of the booking page is its address. What is not usable is undefined rather than left out: the router lays
 * this over what it read itself.
 */
export function readSearch(raw: Record<string, unknown>): Search {
  const text = (key: Key) => (typeof raw[key] === 'string' && raw[key] !== '' ? raw[key] : undefined);
  const date = (key: Key) => (DATE.test(text(key) ?? '') ? text(key) : undefined);
  return { type: text('type'), who: text('who'), day: date('day'), from: date('from') };
}

/** What this learner booked last, as far as it can still be had: the usual lesson is two taps. */
export function usual(bookings: Booking[], types: LessonType[], instructors: Instructor[]) {
  const last = bookings.toSorted((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
  const type = types.find((candidate) => candidate.id === last?.lesson_type_id) ?? types[0];
  const instructor = instructors.find((candidate) => candidate.id === last?.instructor_id);
  return { type, who: instructor?.id ?? ANYONE, pickup: last?.pickup ?? undefined };
}
