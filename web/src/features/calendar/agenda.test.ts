import { expect, it } from 'vitest';
import type { GridEvent } from '../../components/calendar/types';
import { agenda } from './agenda';
import { openOn, shownHours } from './hours';

const ZONE = 'Europe/London';
const lesson = (start: string, end: string, change: Partial<GridEvent> = {}): GridEvent => ({
  id: start,
  start,
  end,
  owner: 'asha',
  before: 0,
  after: 15,
  tone: 'booked',
  title: 'Jamie',
  detail: '',
  mark: undefined,
  movable: true,
  ...change,
});
const told = (...entries: ReturnType<typeof agenda>) =>
  entries.map((entry) => `${entry.kind} ${entry.from / 60}–${entry.to / 60}`);

it('tells a day with its gaps, buffers left out', () => {
  const entries = agenda(
    '2026-03-11',
    ZONE,
    [
      { from: 540, to: 720 },
      { from: 780, to: 1020 },
    ],
    [
      lesson('2026-03-11T09:30:00Z', '2026-03-11T10:30:00Z'),
      lesson('2026-03-11T11:15:00Z', '2026-03-11T12:00:00Z', { before: 20 }),
      lesson('2026-03-12T11:15:00Z', '2026-03-12T12:00:00Z'),
    ],
    [{ id: 'off', label: 'Time off', start: '2026-03-11T15:00:00Z', end: '2026-03-12T12:00:00Z' }],
  );
  // Ten minutes between the buffers are no gap.
  expect(told(...entries)).toEqual([
    'free 9–9.5',
    'lesson 9.5–10.5',
    'lesson 11.25–12',
    'free 13–15',
    'block 15–24',
  ]);
});

it('shows wall time on the days on which the clocks change', () => {
  const hours = openOn(
    '2026-03-29',
    { items: [{ weekday: 7, start: '08:00', end: '12:00' }] },
    { items: [] },
  );
  const spring = agenda(
    '2026-03-29',
    ZONE,
    hours,
    [lesson('2026-03-29T08:00:00Z', '2026-03-29T09:00:00Z')],
    [],
  );
  expect(told(...spring)).toEqual(['free 8–9', 'lesson 9–10', 'free 10.25–12']);
  const autumn = agenda(
    '2026-10-25',
    ZONE,
    hours,
    [lesson('2026-10-25T09:00:00Z', '2026-10-25T10:00:00Z')],
    [],
  );
  expect(told(...autumn)).toEqual(['free 8–9', 'lesson 9–10', 'free 10.25–12']);
});

it('takes the hours of a date before those of the week', () => {
  const week = {
    items: [
      { weekday: 3, start: '13:00', end: '17:00' },
      { weekday: 3, start: '08:00', end: '12:00' },
    ],
  };
  expect(openOn('2026-03-11', week, undefined)).toEqual([
    { from: 480, to: 720 },
    { from: 780, to: 1020 },
  ]);
  expect(openOn('2026-03-12', week, undefined)).toEqual([]);
  expect(openOn('2026-03-11', week, { items: [{ date: '2026-03-11', ranges: [] }] })).toEqual([]);
});

it('draws a working day at least, and all that lies outside of it in full hours', () => {
  expect(shownHours([])).toEqual({ from: 480, to: 1080 });
  expect(shownHours([{ from: 435, to: 1215 }])).toEqual({ from: 420, to: 1260 });
});
