import { expect, it } from 'vitest';
import { lessonsOf, totalOf } from './preview';

const entry = (id: string, rule: 'break' | 'closure') => ({
  id,
  start: '2026-03-11T09:00:00Z',
  end: '2026-03-11T10:00:00Z',
  instructor_id: 'asha',
  learner_id: 'jamie',
  rule,
});

it('lists a lesson once with all the rules that it would break', () => {
  const lessons = lessonsOf({ bookings: [entry('a', 'closure'), entry('b', 'break'), entry('a', 'break')] });
  expect(lessons.map(({ id, rules }) => [id, rules])).toEqual([
    ['a', ['closure', 'break']],
    ['b', ['break']],
  ]);
});

it('adds up the free times of everybody', () => {
  const days = { days: [] };
  expect(
    totalOf({
      instructors: [
        { id: 'asha', before: 10, after: 7, ...days },
        { id: 'ben', before: 5, after: 6, ...days },
      ],
    }),
  ).toEqual({ before: 15, after: 13 });
  expect(totalOf({ instructors: [] })).toEqual({ before: 0, after: 0 });
});
