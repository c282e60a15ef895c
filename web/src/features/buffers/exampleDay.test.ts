import { expect, it } from 'vitest';
import { CLOSES, exampleDay, OPENS } from './exampleDay';

const shape = (length: number, step: number, before: number, after: number) => ({
  length_minutes: length,
  step_minutes: step,
  buffer_before_minutes: before,
  buffer_after_minutes: after,
});

it('fits lesson after lesson where nothing is kept free', () => {
  expect(exampleDay(shape(60, 60, 0, 0))).toMatchObject({ lessons: 8, keptFree: 0, lostToGrid: 0 });
});

it('adds what one lesson keeps after it to what the next keeps before it', () => {
  const day = exampleDay(shape(60, 5, 10, 15));
  expect(day.parts.slice(0, 4)).toEqual([
    { kind: 'lesson', start: OPENS, minutes: 60 },
    { kind: 'after', start: OPENS + 60, minutes: 15 },
    { kind: 'before', start: OPENS + 75, minutes: 10 },
    { kind: 'lesson', start: OPENS + 85, minutes: 60 },
  ]);
});

it('says what the grid of starts costs', () => {
  expect(exampleDay(shape(60, 30, 0, 15))).toMatchObject({ lessons: 5, keptFree: 60, lostToGrid: 60 });
});

it('has no lesson that does not fit', () => {
  expect(exampleDay(shape(CLOSES - OPENS + 5, 5, 0, 0)).lessons).toBe(0);
});

it('leaves no gap and no overlap, whatever the numbers', () => {
  let seed = 7;
  const random = (most: number) => (seed = (seed * 16807) % 2147483647) % (most + 1);
  for (let round = 0; round < 300; ++round) {
    const { parts } = exampleDay(
      shape(5 + 5 * random(30), 5 + 5 * random(24), 5 * random(12), 5 * random(12)),
    );
    let at = OPENS;
    for (const part of parts) {
      expect(part.start).toBe(at);
      at += part.minutes;
    }
    expect(at).toBeLessThanOrEqual(CLOSES);
  }
});
