import { expect, it } from 'vitest';
import { instantAt, localAt } from './instant';

const LONDON = 'Europe/London';

it('reads the clock of the school, not of the machine', () => {
  expect(instantAt('2026-01-15T09:00', LONDON)).toBe('2026-01-15T09:00:00Z');
  expect(instantAt('2026-07-15T09:00', LONDON)).toBe('2026-07-15T08:00:00Z');
  expect(instantAt('2026-07-15T00:00', 'Pacific/Auckland')).toBe('2026-07-14T12:00:00Z');
  expect(localAt('2026-07-15T08:00:00Z', LONDON)).toBe('2026-07-15T09:00');
});

it('knows the offset on both sides of a clock change', () => {
  expect(instantAt('2026-03-29T00:30', LONDON)).toBe('2026-03-29T00:30:00Z');
  expect(instantAt('2026-03-29T02:30', LONDON)).toBe('2026-03-29T01:30:00Z');
  expect(instantAt('2026-10-25T00:30', LONDON)).toBe('2026-10-24T23:30:00Z');
  expect(instantAt('2026-10-25T02:30', LONDON)).toBe('2026-10-25T02:30:00Z');
});

it('takes the first of a repeated hour, and goes on from a skipped one', () => {
  expect(instantAt('2026-10-25T01:30', LONDON)).toBe('2026-10-25T00:30:00Z');
  expect(localAt(instantAt('2026-03-29T01:30', LONDON), LONDON)).toBe('2026-03-29T02:30');
});

it('gives back what it was given, at every hour of the day, all year', () => {
  for (
    let at = Date.parse('2026-01-01T00:00:00Z');
    at < Date.parse('2027-01-01T00:00:00Z');
    at += 13 * 3_600_000
  ) {
    const local = localAt(new Date(at).toISOString(), 'America/New_York');
    expect(localAt(instantAt(local, 'America/New_York'), 'America/New_York')).toBe(local);
  }
});
