import type { Range } from '../../components/calendar/types';
import type { Schema } from '../../lib/api';
import { minutesOf, weekdayNumber } from '../../lib/time';

type Hours = Pick<Schema['Hours'], 'items'> | undefined;
type Overrides = Pick<Schema['Overrides'], 'items'> | undefined;

/** Wall times as minutes of the day, in order. */
export const minutesIn = (ranges: Schema['TimeRange'][]): Range[] =>
  ranges
    .map(({ start, end }) => ({ from: minutesOf(start), to: minutesOf(end) }))
    .toSorted((a, b) => a.from - b.from);

/** When an instructor works on a date: a date of its own beats the week. */
export function openOn(date: string, hours: Hours, overrides: Overrides): Range[] {
  const own = overrides?.items.find((each) => each.date === date)?.ranges;
  const usual = hours?.items.filter((each) => each.weekday === weekdayNumber(date)) ?? [];
  return minutesIn(own ?? usual);
}

const EARLIEST = 8 * 60;
const LATEST = 18 * 60;
const HOUR = 60;

/** The full hours of the day that are drawn: all that is open or taken, and never less than a working day. */
export function shownHours(ranges: Range[]): Range {
  const from = Math.min(EARLIEST, ...ranges.map((range) => range.from));
  const to = Math.max(LATEST, ...ranges.map((range) => range.to));
  return { from: Math.floor(from / HOUR) * HOUR, to: Math.ceil(to / HOUR) * HOUR };
}
