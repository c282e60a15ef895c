import { expect, it } from 'vitest';
import { calendarFile, googleCalendarLink } from './calendarFile';
import { newKey } from './ids';
import { price } from './money';
import { Problem, problemOf } from './problem';

it('shows money in the currency’s own number of digits', () => {
  expect(price({ amount_minor: 3800, currency: 'GBP' }, 'en-GB')).toBe('£38.00');
  expect(price({ amount_minor: 3800, currency: 'JPY' }, 'en-GB')).toBe('¥3,800');
  expect(price({ amount_minor: 3800, currency: 'KWD' }, 'en-GB')).toContain('3.800');
});

it('makes a new key each time', () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
  expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
});

const lesson = {
  id: 'b1',
  title: 'Standard lesson; with Asha, in a car',
  start: '2026-03-29T01:00:00Z',
  end: '2026-03-29T02:00:00Z',
  place: '12 Mill Lane, RB1',
};

it('writes a lesson as an iCalendar file, in UTC and escaped', () => {
  const lines = calendarFile(lesson, new Date('2026-03-01T00:00:00Z')).split('\r\n');
  expect(lines).toContain('DTSTART:20260329T010000Z');
  expect(lines).toContain('DTEND:20260329T020000Z');
  expect(lines).toContain('DTSTAMP:20260301T000000Z');
  expect(lines).toContain('SUMMARY:Standard lesson\\; with Asha\\, in a car');
  expect(lines).toContain('LOCATION:12 Mill Lane\\, RB1');
  expect(lines.at(-1)).toBe('');
});

it('links to Google Calendar with the lesson filled in', () => {
  const query = new URL(googleCalendarLink(lesson)).searchParams;
  expect(query.get('dates')).toBe('20260329T010000Z/20260329T020000Z');
  expect(query.get('location')).toBe('12 Mill Lane, RB1');
});

it('reads a problem, and the request id out of it', async () => {
  const body = { type: '/problems/slot-taken', title: 'Taken', status: 409, instance: '/requests/5b1c' };
  const problem = await problemOf(new Response(JSON.stringify(body), { status: 409 }));
  expect([problem.code, problem.requestId, problem.isTransient]).toEqual(['slot-taken', '5b1c', false]);
});

it('makes a problem of an answer that is none', async () => {
  const headers = { 'Retry-After': '7', 'X-Request-Id': 'abc' };
  const problem = await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502, headers }));
  expect([problem.status, problem.isTransient, problem.retryAfterSeconds, problem.requestId]).toEqual([
    502,
    true,
    7,
    'abc',
  ]);
  expect(problem).toBeInstanceOf(Problem);
});
