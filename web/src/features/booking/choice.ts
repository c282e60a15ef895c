import type { QueryClient } from '@tanstack/react-query';
import {
  availabilityQuery,
  bookingsQuery,
  instructorsQuery,
  lessonTypesQuery,
  meQuery,
  type Booking,
  type Instructor,
  type LessonType,
} from '../../lib/queries';
import { strip } from '../../lib/slots';
import { teachesSo, type Wanted } from '../../lib/teaching';
import { addDays, todayIn } from '../../lib/time';

export const ANYONE = 'any';

type Key = 'type' | 'who' | 'day' | 'from' | 'language' | 'area';
export type Search = { [key in Key]?: string | undefined };

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The state of the booking page is its address. What is not usable is undefined rather than left out: the router lays
 * this over what it read itself.
 */
export function readSearch(raw: Record<string, unknown>): Search {
  const text = (key: Key) => (typeof raw[key] === 'string' && raw[key] !== '' ? raw[key] : undefined);
  const date = (key: Key) => (DATE.test(text(key) ?? '') ? text(key) : undefined);
  return {
    type: text('type'),
    who: text('who'),
    day: date('day'),
    from: date('from'),
    language: text('language'),
    area: text('area'),
  };
}

const REMEMBERED_DAYS = 180;
const FAR_DAYS = 365;

/**
 * The learner's bookings of late and ahead: the last one made tells what they usually take. A day more or less does not
 * matter, so this need not wait for the zone of the school.
 */
export const recentBookingsQuery = (now: Date) => {
  const today = now.toISOString().slice(0, 10);
  return bookingsQuery({ from: addDays(today, -REMEMBERED_DAYS), to: addDays(today, FAR_DAYS) });
};

/** What this learner booked last, as far as it can still be had: the usual lesson is two taps. */
export function usual(bookings: Booking[], types: LessonType[], instructors: Instructor[]) {
  const last = bookings.toSorted((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
  const type = types.find((candidate) => candidate.id === last?.lesson_type_id) ?? types[0];
  const instructor = instructors.find((candidate) => candidate.id === last?.instructor_id);
  return { type, who: instructor?.id ?? ANYONE, pickup: last?.pickup ?? undefined };
}

type Known = {
  zone: string;
  types: LessonType[];
  instructors: Instructor[];
  recent: Booking[];
  now: Date;
};

/** What is chosen: the address first, else the usual lesson, else the first that there is. */
export function chosen(search: Search, { zone, recent, now, ...all }: Known) {
  const types = all.types.filter((type) => type.active);
  const everybody = all.instructors.filter((instructor) => instructor.active);
  const { language, area } = search;
  const asked: Wanted = { ...(language && { language }), ...(area && { area }) };
  const fitting = everybody.filter((instructor) => teachesSo(instructor, asked));
  // What nobody teaches any more is forgotten.
  const [instructors, wanted] = fitting.length > 0 ? [fitting, asked] : [everybody, {}];
  const habit = usual(recent, types, instructors);
  const type = types.find((candidate) => candidate.id === search.type) ?? habit.type;
  const known = search.who === ANYONE || instructors.some((instructor) => instructor.id === search.who);
  const who = known && search.who !== undefined ? search.who : habit.who;
  const window = strip(search.from, todayIn(zone, now), type?.horizon_days ?? 0);
  const availability = availabilityQuery({
    lesson_type_id: type?.id ?? '',
    from: window.from,
    to: window.to,
    ...(who === ANYONE ? {} : { instructor_id: who }),
    ...wanted,
  });
  return { types, everybody, instructors, wanted, habit, type, who, window, availability };
}

/** Asks for everything that the page will show, so that the answers travel while the page is put up. */
export async function askAhead(client: QueryClient, search: Search): Promise<void> {
  const now = new Date();
  const recent = client.query(recentBookingsQuery(now)).catch(() => []);
  const [me, types, instructors] = await Promise.all([
    client.query({ ...meQuery, staleTime: 'static' }),
    client.query(lessonTypesQuery),
    client.query(instructorsQuery),
  ]);
  const zone = me.school.time_zone;
  const { type, availability } = chosen(search, { zone, types, instructors, recent: await recent, now });
  if (type) await client.query(availability);
}
