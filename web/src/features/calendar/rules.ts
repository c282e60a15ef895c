import type { Schema } from '../../lib/api';

/** Nobody sets these aside: see docs/rules.md. */
const HARD: Schema['Rule'][] = [
  'wrong-transmission',
  'who-may-drive',
  'slot-taken',
  'learner-busy',
  'vehicle-busy',
  'buffer',
];

export const isHard = (rule: string): boolean => HARD.some((each) => each === rule);

export const maySetAside = (refusals: Schema['Refusal'][]): boolean =>
  refusals.length > 0 && !refusals.some(({ rule }) => isHard(rule));
