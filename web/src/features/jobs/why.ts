/** Why a mail did not leave, as far as the office can do something about it. */
export type Why = 'address' | 'refused' | 'written' | 'unreached';

/** The server says what the mail relay said; people want to know whose turn it is. */
export function whyOf(problem: string): Why {
  if (problem.startsWith('the address')) return 'address';
  if (problem.startsWith('the relay refused')) return 'refused';
  if (problem.startsWith('it could not be written')) return 'written';
  return 'unreached';
}
