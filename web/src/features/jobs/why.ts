import type { Schema } from '../../lib/api';

/** Why a mail did not leave or a calendar was not written, as far as the office can do something about it. */
export type Why = 'address' | 'refused' | 'written' | 'unreached' | 'calendar';

/** The server says what the mail relay said; people want to know whose turn it is. */
export function whyOf({ kind, problem }: Pick<Schema['Job'], 'kind' | 'problem'>): Why {
  // One that does not answer is tried on and on.
  if (kind === 'calendar') return 'calendar';
  if (problem.startsWith('the address')) return 'address';
  if (problem.startsWith('the relay refused')) return 'refused';
  if (problem.startsWith('it could not be written')) return 'written';
  return 'unreached';
}
