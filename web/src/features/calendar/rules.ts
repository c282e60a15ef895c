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

export const maySetAside = (refusals: Schema['Refusal'][]): boolean =>
  refusals.length > 0 && refusals.every(({ rule }) => !HARD.includes(rule));
