import { api, body, type Schema } from '../../lib/api';
import { newKey } from '../../lib/ids';
import type { Problem } from '../../lib/problem';

export type Mistake = Schema['LineError'];
/** One key for one file: a lost answer may be asked for again, and nobody is added twice. */
export type LearnerFile = { name: string; text: string; key: string };

const MOST_BYTES = 4 * 1024 * 1024;

/** What the server would say without being asked: too large, or not in UTF-8. */
export async function readFile(file: File): Promise<LearnerFile | 'large' | 'encoding'> {
  if (file.size > MOST_BYTES) return 'large';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return { name: file.name, text, key: newKey() };
  } catch {
    return 'encoding';
  }
}

const post = ({ text, key }: LearnerFile, isTrial: boolean) =>
  body(
    api.POST('/api/v1/learners/imports', {
      params: { header: { 'Idempotency-Key': key }, query: isTrial ? { dry_run: true } : {} },
      headers: { 'Content-Type': 'text/csv' },
      body: text,
      bodySerializer: (csv) => csv,
    }),
  );
export const tryOut = (file: LearnerFile) => post(file, true);
export const addAll = (file: LearnerFile) => post(file, false);

/** Of a file that was refused: what is wrong where, the first hundred, and how many mistakes there are. */
export function mistakesOf(problem: Problem): { mistakes: Mistake[]; count: number } {
  const mistakes = (problem.fields as Mistake[]).filter(({ line }) => line !== undefined);
  return { mistakes, count: problem.count ?? mistakes.length };
}

export const EXAMPLE = [
  'name,email,phone,active',
  'Amelia Clarke,amelia@example.com,07700 900123,true',
  '"Hughes, Oliver",oliver@example.com,,',
  '',
].join('\r\n');
