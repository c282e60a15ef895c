import { describe, expect, it } from 'vitest';
import { onDate, place, type Span } from './layout';

const LONDON = 'Europe/London';

/** Small and repeatable: mulberry32. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const overlap = (a: Span, b: Span) => a.from < b.to && b.from < a.to;

/** Everything that a span reaches over others that overlap. */
function groupOf(span: Span, all: Span[]): Span[] {
  const group = new Set([span]);
  for (const member of group) all.filter((each) => overlap(each, member)).forEach((each) => group.add(each));
  return [...group];
}

const busiest = (spans: Span[]) =>
  Math.max(...spans.map(({ from }) => spans.filter((each) => each.from <= from && from < each.to).length));

it('lays out any day so that nothing is covered and no width is wasted', () => {
  const seed = 20260329;
  const random = randomFrom(seed);
  let crowded = 0;
  for (let day = 0; day < 500; ++day) {
    const spans = Array.from({ length: random(14) }, (_, index) => {
      const from = random(100) * 5;
      return { id: `b${index}`, from, to: from + 5 + random(30) * 5 };
    });
    const places = place(spans);
    const found = (span: Span) => places.get(span.id) ?? { lane: -1, lanes: -1 };
    for (const span of spans) {
      const { lane, lanes } = found(span);
      expect(lane, `seed ${seed}, day ${day}`).toBeGreaterThanOrEqual(0);
      expect(lane).toBeLessThan(lanes);
      expect(lanes).toBe(busiest(groupOf(span, spans)));
      if (lanes > 2) ++crowded;
      for (const other of spans)
        if (other !== span && overlap(span, other)) {
          expect(found(other).lane).not.toBe(lane);
          expect(found(other).lanes).toBe(lanes);
        }
    }
    expect(place(spans.toReversed())).toEqual(places);
  }
  expect(crowded).toBeGreaterThan(500);
});

it('gives lessons that touch the whole width', () => {
  const places = place([
    { id: 'a', from: 540, to: 600 },
    { id: 'b', from: 600, to: 660 },
  ]);
  expect([...places.values()]).toEqual([
    { lane: 0, lanes: 1 },
    { lane: 0, lanes: 1 },
  ]);
});

describe('on the wall of a date', () => {
  it('stands what happens on it, and the part of what lasts longer', () => {
    expect(onDate('2026-03-11T09:00:00Z', '2026-03-11T10:00:00Z', '2026-03-11', LONDON)).toEqual({
      from: 540,
      to: 600,
    });
    const off = ['2026-03-10T12:00:00Z', '2026-03-12T00:00:00Z'] as const;
    expect(onDate(...off, '2026-03-09', LONDON)).toBeUndefined();
    expect(onDate(...off, '2026-03-10', LONDON)).toEqual({ from: 720, to: 1440 });
    expect(onDate(...off, '2026-03-11', LONDON)).toEqual({ from: 0, to: 1440 });
    expect(onDate(...off, '2026-03-12', LONDON)).toBeUndefined();
  });

  it('is shown with the times on the wall where the clocks change', () => {
    // A day of 23 hours: the clock leaps from 01:00 to 02:00.
    expect(onDate('2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-03-29', LONDON)).toEqual({
      from: 30,
      to: 150,
    });
    expect(onDate('2026-03-29T08:00:00Z', '2026-03-29T09:00:00Z', '2026-03-29', LONDON)).toEqual({
      from: 540,
      to: 600,
    });
    // A day of 25 hours: 01:30 comes twice.
    expect(onDate('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25', LONDON)).toEqual({
      from: 90,
      to: 150,
    });
    expect(onDate('2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z', '2026-10-25', LONDON)).toEqual({
      from: 0,
      to: 1440,
    });
  });
});
