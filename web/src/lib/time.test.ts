import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMinutes,
  cityOf,
  clock,
  clockRange,
  dateAt,
  dayOf,
  daysBetween,
  fromNow,
  hourAt,
  instantAt,
  longDate,
  mondayOf,
  shortMoment,
  todayIn,
  wallOf,
  wallTime,
  weekdayNumber,
} from './time';

describe('the date and the clock of the school', () => {
  const cases: [zone: string, instant: string, date: string, time: string][] = [
    ['Europe/London', '2026-03-29T00:30:00Z', '2026-03-29', '00:30'],
    ['Europe/London', '2026-03-29T01:00:00Z', '2026-03-29', '02:00'],
    ['Europe/London', '2026-10-25T00:30:00Z', '2026-10-25', '01:30'],
    ['Europe/London', '2026-10-25T01:30:00Z', '2026-10-25', '01:30'],
    ['Europe/Berlin', '2026-03-29T00:59:00Z', '2026-03-29', '01:59'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29', '03:00'],
    ['America/New_York', '2026-03-08T06:59:00Z', '2026-03-08', '01:59'],
    ['America/New_York', '2026-03-08T07:00:00Z', '2026-03-08', '03:00'],
    ['America/New_York', '2026-11-01T04:30:00Z', '2026-11-01', '00:30'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', '2026-10-04', '02:30'],
    ['Pacific/Apia', '2011-12-30T09:59:00Z', '2011-12-29', '23:59'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31', '00:00'],
    ['Africa/Casablanca', '2026-02-15T03:00:00Z', '2026-02-15', '03:00'],
    ['Europe/Dublin', '2026-07-01T08:00:00Z', '2026-07-01', '09:00'],
    ['Asia/Kathmandu', '2026-01-01T18:15:00Z', '2026-01-02', '00:00'],
  ];
  it.each(cases)('%s at %s is %s %s', (zone, instant, date, time) => {
    expect(dateAt(instant, zone)).toBe(date);
    expect(clock(instant, zone)).toBe(time);
    expect(hourAt(instant, zone)).toBe(Number(time.slice(0, 2)));
  });

  it('does not depend on the zone of the device', () => {
    expect(new Date('2026-03-09T12:00:00Z').getHours()).toBe(1);
    expect(dayOf('2026-03-09T23:30:00Z', 'Europe/London')).toBe('Monday 9 March');
    expect(todayIn('Europe/London', new Date('2026-03-09T23:30:00Z'))).toBe('2026-03-09');
  });

  it('shows both ends of a lesson over a change of the clock', () => {
    expect(clockRange('2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', 'Europe/London')).toBe('00:30 – 02:30');
    expect(shortMoment('2026-03-29T01:30:00Z', 'Europe/London')).toBe('Sun 29 Mar, 02:30');
  });
});

describe('from the wall to the instant', () => {
  const cases: [zone: string, date: string, time: number, instant: string][] = [
    ['Europe/London', '2026-03-28', 9 * 60, '2026-03-28T09:00:00Z'],
    ['Europe/London', '2026-03-29', 9 * 60, '2026-03-29T08:00:00Z'],
    ['Europe/London', '2026-03-29', 90, '2026-03-29T01:00:00Z'],
    ['Europe/London', '2026-10-25', 90, '2026-10-25T00:30:00Z'],
    ['Europe/London', '2026-10-25', 120, '2026-10-25T02:00:00Z'],
    ['Europe/London', '2026-10-24', 1440, '2026-10-24T23:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04', 135, '2026-10-03T15:30:00Z'],
    ['Asia/Kathmandu', '2026-01-02', 0, '2026-01-01T18:15:00Z'],
    ['America/New_York', '2026-11-01', 75, '2026-11-01T05:15:00Z'],
  ];
  it.each(cases)('%s %s at minute %i is %s', (zone, date, minutes, instant) => {
    expect(instantAt(date, minutes, zone)).toBe(instant);
  });

  it('comes back to the same wall in every quarter of the weeks in which London changes its clock', () => {
    for (const monday of ['2026-03-23', '2026-10-19'])
      for (let quarter = 0; quarter < 7 * 96; ++quarter) {
        const wall = { date: addDays(monday, Math.floor(quarter / 96)), minutes: (quarter % 96) * 15 };
        const isSkipped = wall.date === '2026-03-29' && wall.minutes >= 60 && wall.minutes < 120;
        const back = wallOf(instantAt(wall.date, wall.minutes, 'Europe/London'), 'Europe/London');
        expect(back).toEqual(isSkipped ? { ...wall, minutes: 120 } : wall);
      }
  });

  it('counts elapsed minutes over a change', () => {
    expect(addMinutes('2026-03-29T00:30:00Z', 60)).toBe('2026-03-29T01:30:00Z');
    expect(wallTime(0)).toBe('00:00');
    expect(wallTime(9 * 60 + 5)).toBe('09:05');
    expect(wallTime(1440)).toBe('24:00');
  });
});

describe('plain dates', () => {
  it('step over both changes of the clock, months and leap days', () => {
    expect(addDays('2026-03-28', 1)).toBe('2026-03-29');
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });

  it('are counted, also over a change of the clock', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(daysBetween('2026-10-26', '2026-10-24')).toBe(-2);
  });

  it('belong to a week that begins on Monday', () => {
    expect(['2026-03-22', '2026-03-23', '2026-03-29'].map(mondayOf)).toEqual([
      '2026-03-16',
      '2026-03-23',
      '2026-03-23',
    ]);
    expect(weekdayNumber('2026-03-29')).toBe(7);
  });

  it('have a name', () => {
    expect(longDate('2026-03-29')).toBe('Sunday 29 March');
  });
});

describe('how far away', () => {
  const now = new Date('2026-03-09T22:00:00Z');
  it.each([
    ['2026-03-09T22:20:00Z', 'in 20 minutes'],
    ['2026-03-09T23:30:00Z', 'in 2 hours'],
    ['2026-03-10T07:00:00Z', 'tomorrow'],
    ['2026-03-12T09:00:00Z', 'in 3 days'],
    ['2026-03-09T21:50:00Z', '10 minutes ago'],
  ])('%s is %s', (instant, words) => {
    expect(fromNow(instant, 'Europe/London', now)).toBe(words);
  });
});

it('names the city of a zone', () => {
  expect(cityOf('America/New_York')).toBe('New York');
  expect(cityOf('UTC')).toBe('UTC');
});
