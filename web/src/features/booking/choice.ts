import { bookingsQuery, type Booking, type Instructor, type LessonType } from '../../lib/queries';
import { addDays, todayIn } from '../../lib/time';

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

const REMEMBERED_DAYS = 180;
const FAR_DAYS = 365;

/**
 * The learner's bookings of late and ahead: the last one made tells what they usually take. A day more or less does not
 * matter, so this need not wait for the zone of the school.
 */
export const recentBookingsQuery = (now: Date) => {
  const today = todayIn('UTC', now);
  return bookingsQuery({ from: addDays(today, -REMEMBERED_DAYS), to: addDays(today, FAR_DAYS) });
};

/** What this learner booked last, as far as it can still be had: the usual lesson is two taps. */
export function usual(bookings: Booking[], types: LessonType[], instructors: Instructor[]) {
  const last = bookings.toSorted((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
  const type = types.find((candidate) => candidate.id === last?.lesson_type_id) ?? types[0];
  const instructor = instructors.find((candidate) => candidate.id === last?.instructor_id);
  return { type, who: instructor?.id ?? ANYONE, pickup: last?.pickup ?? undefined };
}
