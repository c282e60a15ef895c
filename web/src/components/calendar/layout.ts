import { wallOf } from '../../lib/time';

/** A stretch of one column, in minutes since midnight on the wall. */
export type Span = { id: string; from: number; to: number };
export type Place = { lane: number; lanes: number };

export const DAY_MINUTES = 1440;
export const SNAP_MINUTES = 15;

/** Puts what overlaps side by side: as many lanes as the busiest moment of a group needs, the earliest first. */
export function place(spans: readonly Span[]): Map<string, Place> {
  const places = new Map<string, Place>();
  let group: Span[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const span of group) {
      const found = places.get(span.id);
      if (found) found.lanes = ends.length;
    }
    group = [];
    ends = [];
  };
  const inOrder = spans.toSorted((a, b) => a.from - b.from || b.to - a.to || (a.id < b.id ? -1 : 1));
  for (const span of inOrder) {
    if (ends.every((end) => end <= span.from)) close();
    const free = ends.findIndex((end) => end <= span.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = span.to;
    group.push(span);
    places.set(span.id, { lane, lanes: 1 });
  }
  close();
  return places;
}

/** Where two instants stand on the wall of a date, if any of it is on that date. */
export function onDate(start: string, end: string, date: string, zone: string) {
  const first = wallOf(start, zone);
  const last = wallOf(end, zone);
  if (
    first.date > date ||
    last.date < date ||
    (last.date === date && last.minutes === 0 && first.date < date)
  )
    return undefined;
  const from = first.date < date ? 0 : first.minutes;
  if (last.date > date) return { from, to: DAY_MINUTES };
  // Where the clock goes back an end may stand above its start: then it is as long as it lasts.
  const elapsed = (Date.parse(end) - Date.parse(start)) / 60_000;
  return {
    from,
    to: first.date < date ? last.minutes : Math.min(Math.max(last.minutes, from + elapsed), DAY_MINUTES),
  };
}

export const snap = (minutes: number): number => Math.round(minutes / SNAP_MINUTES) * SNAP_MINUTES;

export const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(value, most));
