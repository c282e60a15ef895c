import { expect, it } from 'vitest';
import { findings, type Constraint, type RuleName } from './findings';

const rule = (name: RuleName, value: number, more: Partial<Constraint> = {}): Constraint => ({
  rule: name,
  enabled: true,
  value,
  scope: { kind: 'school' },
  ...(name === 'break' ? { break_minutes: 30 } : {}),
  ...more,
});
const ofAsha = { scope: { kind: 'instructor' as const, id: 'asha' } };
const world = {
  longestLesson: 120,
  instructors: [
    { id: 'asha', active: true },
    { id: 'carl', active: false },
  ],
};
const words = (...items: Constraint[]) =>
  findings(items, world).map((found) => `${found.kind} ${found.words} ${found.instructor ?? 'school'}`);

it('finds nothing odd in the usual rules', () => {
  expect(
    words(
      rule('learner-daily-maximum', 2),
      rule('learner-weekly-maximum', 4),
      rule('open-bookings', 8),
      rule('instructor-daily-minutes', 480),
      rule('break', 240),
    ),
  ).toEqual([]);
});

it('finds a week that allows less than a day', () => {
  expect(words(rule('learner-daily-maximum', 3), rule('learner-weekly-maximum', 2))).toEqual([
    'conflict weekBelowDay school',
  ]);
});

it('says nothing of rules that are switched off', () => {
  const off = { enabled: false };
  expect(words(rule('learner-daily-maximum', 3, off), rule('learner-weekly-maximum', 2))).toEqual([]);
});

it('finds a week that the days can never fill', () => {
  expect(words(rule('learner-daily-maximum', 1), rule('learner-weekly-maximum', 7))).toEqual([
    'pointless weekNeverReached school',
  ]);
});

it('finds fewer lessons ahead than a day or a week allows', () => {
  expect(words(rule('learner-daily-maximum', 2), rule('open-bookings', 1))).toEqual([
    'conflict openBelowDay school',
  ]);
  expect(words(rule('learner-weekly-maximum', 4), rule('open-bookings', 3))).toEqual([
    'conflict openBelowWeek school',
  ]);
});

it('finds limits that are shorter than a lesson', () => {
  expect(words(rule('instructor-daily-minutes', 90), rule('break', 60))).toEqual([
    'conflict shorterThanLesson school',
    'conflict shorterThanLesson school',
  ]);
});

it('finds a break that the day never comes to, and a day longer than days are', () => {
  expect(words(rule('instructor-daily-minutes', 240), rule('break', 240))).toEqual([
    'pointless breakNeverReached school',
  ]);
  expect(words(rule('instructor-daily-minutes', 1440))).toEqual(['pointless longerThanDay school']);
});

it('compares what holds for an instructor with what the school says otherwise', () => {
  expect(words(rule('learner-daily-maximum', 2), rule('learner-weekly-maximum', 1, ofAsha))).toEqual([
    'conflict weekBelowDay asha',
  ]);
});

it('finds exceptions that change nothing', () => {
  expect(words(rule('break', 240), rule('break', 240, ofAsha))).toEqual(['pointless sameAsSchool asha']);
  expect(words(rule('break', 240, { ...ofAsha, enabled: false }))).toEqual(['pointless offAnyway asha']);
  const ofCarl = { scope: { kind: 'instructor' as const, id: 'carl' } };
  expect(words(rule('break', 240), rule('break', 200, ofCarl))).toEqual([
    'pointless instructorInactive carl',
  ]);
});

it('says once what holds for the school and everybody in it', () => {
  expect(
    words(rule('learner-daily-maximum', 3), rule('learner-weekly-maximum', 2), rule('break', 200, ofAsha)),
  ).toEqual(['conflict weekBelowDay school']);
});
