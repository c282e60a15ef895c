import type { Schema } from './api';
import type { Slot } from './queries';
import { addDays, dateAt, hourAt } from './time';

/** Days shown at once: few people book further ahead, and "later" brings the next ones. */
export const STRIP_DAYS = 14;

export const slotsOn = (slots: Slot[], date: string, zone: string): Slot[] =>
  slots.filter((slot) => dateAt(slot.start, zone) === date);

/** Without the time at which the lesson stands already: it is no other one, so it is neither listed nor counted. */
export function withoutOwn(times: Schema['Availability'], own: string | undefined): Schema['Availability'] {
  if (own === undefined || !times.slots.some((slot) => slot.start === own)) return times;
  const date = dateAt(own, times.time_zone);
  return {
    ...times,
    slots: times.slots.filter((slot) => slot.start !== own),
    days: times.days.map((day) => (day.date === date ? { ...day, count: day.count - 1 } : day)),
  };
}

const PARTS = [
  { name: 'morning', until: 12 },
  { name: 'afternoon', until: 17 },
  { name: 'evening', until: 24 },
] as const;

/** Morning, afternoon and evening on the school's clock; those without a time are left out. */
export function partsOfDay(slots: Slot[], zone: string) {
  const partOf = (slot: Slot) => PARTS.find((part) => hourAt(slot.start, zone) < part.until)?.name;
  return PARTS.map(({ name }) => ({ name, slots: slots.filter((slot) => partOf(slot) === name) })).filter(
    (part) => part.slots.length > 0,
  );
}

export const firstFree = (days: Schema['DayCount'][], from = ''): string | undefined =>
  days.find((day) => day.date >= from && day.count > 0)?.date;

/** The days shown, and where the windows beside them begin. */
export type Window = { from: string; to: string; earlier: string | undefined; later: string | undefined };

/** The window from a date on, never before today; there is a later one within the lesson type's horizon. */
export function strip(from: string | undefined, today: string, horizonDays: number): Window {
  const start = from !== undefined && from > today ? from : today;
  const to = addDays(start, STRIP_DAYS);
  const last = addDays(today, horizonDays);
  return {
    from: start,
    to,
    earlier: start > today ? [today, addDays(start, -STRIP_DAYS)].sort().at(-1) : undefined,
    later: to <= last ? to : undefined,
  };
}
