import { expect, it } from 'vitest';
import { booking, instructors, lessonTypes } from '../../../test/world';
import { ANYONE, readSearch, usual } from './choice';

it('takes what was booked last, not what comes last', () => {
  const bookings = [
    booking({
      lesson_type_id: 'double',
      instructor_id: 'ben',
      created_at: '2026-03-02T00:00:00Z',
      start: '2026-03-10T09:00:00Z',
    }),
    booking({ created_at: '2026-03-01T00:00:00Z', start: '2026-04-10T09:00:00Z' }),
  ];
  expect(usual(bookings, lessonTypes, instructors)).toMatchObject({
    type: { id: 'double' },
    who: 'ben',
    pickup: 'home',
  });
});

it('takes the first type and anyone for a first lesson', () => {
  expect(usual([], lessonTypes, instructors)).toMatchObject({
    type: { id: 'standard' },
    who: ANYONE,
    pickup: undefined,
  });
});

it('forgets what is no longer offered', () => {
  const active = instructors.filter((each) => each.active);
  const bookings = [booking({ lesson_type_id: 'gone', instructor_id: 'carl', pickup: null })];
  expect(usual(bookings, lessonTypes, active)).toMatchObject({ type: { id: 'standard' }, who: ANYONE });
});

it('reads the address, and drops what does not belong there', () => {
  expect(
    readSearch({ type: 'double', who: 'asha', day: '2026-03-12', from: '2026-03-10', evil: 'x' }),
  ).toEqual({
    type: 'double',
    who: 'asha',
    day: '2026-03-12',
    from: '2026-03-10',
  });
  expect(readSearch({ type: 7, who: '', day: 'tomorrow' })).toStrictEqual({
    type: undefined,
    who: undefined,
    day: undefined,
    from: undefined,
    language: undefined,
    area: undefined,
  });
});
