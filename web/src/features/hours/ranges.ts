import type { Schema } from '../../lib/api';

export type Range = Schema['TimeRange'];
export type Weekly = Schema['WeekdayRange'];
export type Override = Schema['DateRanges'];

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const byStart = (a: Range, b: Range) => a.start.localeCompare(b.start);

export const onWeekday = (items: Weekly[], weekday: number): Range[] =>
  items.filter((item) => item.weekday === weekday).map(({ start, end }) => ({ start, end }));

/** The week with one day of it replaced. */
export const withWeekday = (items: Weekly[], weekday: number, ranges: Range[]): Weekly[] => [
  ...items.filter((item) => item.weekday !== weekday),
  ...ranges.map((range) => ({ weekday, ...range })),
];

/** In the order of the week: what is compared, and what is sent. */
export const inOrder = (items: Weekly[]): Weekly[] =>
  WEEKDAYS.flatMap((weekday) =>
    onWeekday(items, weekday)
      .sort(byStart)
      .map((range) => ({ weekday, ...range })),
  );

export const datesInOrder = (items: Override[]): Override[] =>
  [...items]
    .sort((a, b) => a.date.localeCompare(b.date))
    .map(({ date, ranges }) => ({ date, ranges: [...ranges].sort(byStart) }));

export const lengthOf = (ranges: Range[]): number =>
  ranges.reduce((sum, range) => sum + Math.max(0, minutes(range.end) - minutes(range.start)), 0);

/** What no day can have, before the server says it. */
export function faultOf(ranges: Range[]): 'order' | 'overlap' | 'five' | undefined {
  if (ranges.some((range) => minutes(range.start) % 5 > 0 || minutes(range.end) % 5 > 0)) return 'five';
  if (ranges.some((range) => minutes(range.end) <= minutes(range.start))) return 'order';
  const sorted = [...ranges].sort(byStart);
  const overlaps = sorted.some((range, index) => index > 0 && range.start < (sorted[index - 1]?.end ?? ''));
  return overlaps ? 'overlap' : undefined;
}

/** One more range that fits behind the others: after a break, or the usual day. */
export function oneMore(ranges: Range[]): Range {
  const last = Math.max(0, ...ranges.map((range) => minutes(range.end)));
  if (last === 0) return { start: '09:00', end: '17:00' };
  const time = (at: number) =>
    `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  const start = Math.min(last + 60, 23 * 60);
  return { start: time(start), end: time(Math.min(start + 180, 1440)) };
}

export const rangeWords = (ranges: Range[]): string =>
  ranges.map((range) => `${range.start} – ${range.end}`).join(', ');
