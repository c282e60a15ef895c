import { expect, it } from 'vitest';
import { stepsOf } from './readiness';

const on = { active: true };
const off = { active: false };
const nothing = { types: [], instructors: [], working: [], vehicles: [], learners: [] };
const undone = (school: Parameters<typeof stepsOf>[0]) =>
  stepsOf(school)
    .filter(({ isDone }) => !isDone)
    .map(({ step }) => step);

it('begins with everything but a vehicle, which only some lessons need', () => {
  expect(undone(nothing)).toEqual(['type', 'instructor', 'hours', 'learner']);
  expect(undone({ ...nothing, types: [{ ...on, needs_vehicle: true }] })).toContain('vehicle');
  expect(undone({ ...nothing, types: [{ ...on, needs_vehicle: false }] })).not.toContain('vehicle');
});

it('does not count what is switched off', () => {
  const school = {
    types: [{ ...on, needs_vehicle: true }],
    instructors: [
      { id: 'a', ...on },
      { id: 'b', ...off },
    ],
    working: ['b'],
    vehicles: [off],
    learners: [off],
  };
  expect(undone(school)).toEqual(['hours', 'vehicle', 'learner']);
  expect(undone({ ...school, working: ['a'], vehicles: [on], learners: [off, on] })).toEqual([]);
});
