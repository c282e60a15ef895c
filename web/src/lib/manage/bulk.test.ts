import { http } from 'msw';
import { expect, it } from 'vitest';
import { json, wire } from '../../../test/wire';
import { booking, lessonTypes, NOW } from '../../../test/world';
import { signIn } from '../session';
import { firstFor, proposeTimes } from './bulk';

const slot = (start: string, minutes = 60) => ({
  start,
  end: new Date(Date.parse(start) + minutes * 60_000).toISOString().replace('.000', ''),
});
const slots = [
  '2026-03-11T08:00:00Z',
  '2026-03-12T09:00:00Z',
  '2026-03-12T10:00:00Z',
  '2026-03-12T11:30:00Z',
].map((start) => slot(start));
const first = booking();
const held = { ...slot('2026-03-12T09:00:00Z'), instructor: 'asha', learner: 'jamie' };

it('takes the first time after the old one', () => {
  expect(firstFor(first, slots, [])?.start).toBe('2026-03-12T09:00:00Z');
});

it('leaves alone what another lesson of the instructor or the learner holds', () => {
  const of = (instructor: string, learner: string) =>
    firstFor(first, slots, [{ ...held, instructor, learner }])?.start;
  expect(of('asha', 'somebody')).toBe('2026-03-12T10:00:00Z');
  expect(of('ben', 'jamie')).toBe('2026-03-12T10:00:00Z');
  expect(of('ben', 'somebody')).toBe('2026-03-12T09:00:00Z');
});

it('has nothing where every time is held or earlier', () => {
  expect(firstFor(first, slots.slice(0, 2), [held])).toBeUndefined();
});

it('gives two lessons of one instructor different times with the buffer between them, and looks further ahead', async () => {
  const asked: string[] = [];
  wire.use(
    http.get('/api/v1/calendar/availability', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query.get('from') ?? '');
      const isLate = query.get('from') === '2026-03-25';
      const some = query.get('booking_id') === 'b3' ? (isLate ? [slot('2026-03-26T09:00:00Z')] : []) : slots;
      return json({ time_zone: 'Europe/London', version: '1', days: [], slots: some });
    }),
  );
  await signIn({ email: 'office@demo.test', password: 'roadbook-demo' });
  const lessons = ['b1', 'b2', 'b3'].map((id) => booking({ id, learner_id: id }));
  const found = await proposeTimes(lessons, lessonTypes, NOW);
  expect(found.map((each) => each.slot.start)).toEqual([
    '2026-03-12T09:00:00Z',
    '2026-03-12T11:30:00Z',
    '2026-03-26T09:00:00Z',
  ]);
  expect(asked).toEqual(['2026-03-11', '2026-03-11', '2026-03-11', '2026-03-25']);
});
