import { expect, it } from 'vitest';
import { contrastOnWhite } from './contrast';
import { filled, unknownPlaceholder } from './placeholders';

it.each([
  ['Bring your licence, {learner}.', undefined],
  ['{school}: {lesson} with {instructor} on {when}, {vehicle}, {pickup}', undefined],
  ['Hello {name}', '{name}'],
  ['Hello {learner', '{learner'],
  ['Hello }', '}'],
  ['{}', '{}'],
  ['{learner} {Learner}', '{Learner}'],
])('%j has the unknown placeholder %j', (text, unknown) => {
  expect(unknownPlaceholder(text)).toBe(unknown);
});

it('fills in what it knows', () => {
  expect(filled('{learner} and {learner}, {when}', { learner: 'Ada' })).toBe('Ada and Ada, {when}');
});

it.each([
  ['#000000', 21],
  ['#ffffff', 1],
  ['#0b5f47', 7.66],
  ['#767676', 4.54],
  ['#ffcc00', 1.53],
])('%s has a contrast of %d on white', (colour, contrast) => {
  expect(contrastOnWhite(colour)).toBeCloseTo(contrast, 1);
});

it.each(['red', '#12345', '#12345g', '0b5f47'])('%s is no colour', (colour) => {
  expect(contrastOnWhite(colour)).toBeUndefined();
});
