import { describe, expect, it } from 'vitest';
import { firstFree, partsOfDay, slotsOn, strip, withoutOwn } from './slots';

const slot = (start: string) => ({ start, end: start });
const names = (slots: { start: string }[]) => slots.map((each) => each.start);

it('puts a slot on the day of the school, not of UTC', () => {
  const slots = [slot('2026-06-01T22:30:00Z'), slot('2026-06-01T23:30:00Z')];
  expect(names(slotsOn(slots, '2026-06-02', 'Europe/London'))).toEqual(['2026-06-01T23:30:00Z']);
  expect(names(slotsOn(slots, '2026-06-01', 'America/New_York'))).toHaveLength(2);
});

it('divides a day at noon and at five on the clock of the school', () => {
  const slots = [
    '2026-06-01T10:30:00Z',
    '2026-06-01T11:00:00Z',
    '2026-06-01T15:30:00Z',
    '2026-06-01T16:00:00Z',
  ].map(slot);
  const parts = partsOfDay(slots, 'Europe/London').map((part) => [part.name, part.slots.length]);
  expect(parts).toEqual([
    ['morning', 1],
    ['afternoon', 2],
    ['evening', 1],
  ]);
});

it('leaves out a part of the day without a time', () => {
  expect(partsOfDay([slot('2026-06-01T18:00:00Z')], 'Europe/London').map((part) => part.name)).toEqual([
    'evening',
  ]);
});

it('finds the first free day, and the next after one', () => {
  const days = [
    { date: '2026-06-01', count: 0 },
    { date: '2026-06-02', count: 3 },
    { date: '2026-06-03', count: 0 },
    { date: '2026-06-04', count: 1 },
  ];
  expect(firstFree(days)).toBe('2026-06-02');
  expect(firstFree(days, '2026-06-03')).toBe('2026-06-04');
  expect(firstFree(days, '2026-06-05')).toBeUndefined();
});

describe('the strip of days', () => {
  const today = '2026-03-09';
  it('starts today, also when the address asks for a day that has passed', () => {
    expect(strip(undefined, today, 60)).toEqual({
      from: today,
      to: '2026-03-23',
      earlier: undefined,
      later: '2026-03-23',
    });
    expect(strip('2026-01-01', today, 60).from).toBe(today);
  });
  it('turns back to today at the earliest', () => {
    expect(strip('2026-03-12', today, 60).earlier).toBe(today);
    expect(strip('2026-04-06', today, 60).earlier).toBe('2026-03-23');
  });
  it('ends with the horizon of the lesson type', () => {
    expect(strip('2026-03-23', today, 28).later).toBe('2026-04-06');
    expect(strip('2026-03-23', today, 27).later).toBeUndefined();
  });
});

it('the own time of a lesson is no other one: neither listed nor counted', () => {
  const times = {
    time_zone: 'Europe/London',
    version: '1',
    days: [
      { date: '2026-12-01', count: 1 },
      { date: '2026-12-02', count: 1 },
    ],
    slots: [
      { start: '2026-12-01T14:45:00Z', end: '2026-12-01T16:45:00Z' },
      { start: '2026-12-02T14:45:00Z', end: '2026-12-02T16:45:00Z' },
    ],
  };
  const left = withoutOwn(times, '2026-12-01T14:45:00Z');
  expect(left.slots.map((slot) => slot.start)).toEqual(['2026-12-02T14:45:00Z']);
  expect(firstFree(left.days)).toBe('2026-12-02');
  expect(withoutOwn(times, '2026-12-03T14:45:00Z')).toBe(times);
  expect(withoutOwn(times, undefined)).toBe(times);
});
