import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..');
const catalogues = ['', 'manage/', 'account/', 'documents/', 'diary/'].map((part) =>
  [...readFileSync(join(source, `i18n/${part}en.po`), 'utf8').matchAll(/^msgid "(.+)"$/gm)].map(
    (match) => match[1] ?? '',
  ),
);
const ids = new Set(catalogues.flat());
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.') && !file.includes('schema.d.ts'))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .join('\n');
// All of t('a'), t(cond ? 'a' : 'b') and t(`family.${…}`).
const calls = [...code.matchAll(/\bt\(((?:[^()]|\([^()]*\))*)\)/g)].map((match) => match[1] ?? '');
const used = new Set(
  calls.flatMap((call) =>
    [...(call.split(', {')[0] ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1] ?? ''),
  ),
);
const families = calls.flatMap((call) =>
  [...call.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1] ?? ''),
);

it('has words for every id that the pages use', () => {
  const values = [
    'old-time',
    'cancel',
    'week',
    'booked',
    'outcome',
    'day',
    'given',
    'withdrawn',
    'never',
    'purpose',
  ];
  expect([...used].filter((id) => !ids.has(id) && !values.includes(id))).toEqual([]);
  expect(used.size).toBeGreaterThan(100);
});

it('has no words that no page uses', () => {
  expect([...ids].filter((id) => !used.has(id) && !families.some((family) => id.startsWith(family)))).toEqual(
    [],
  );
});

it('says each thing in one catalogue only', () => {
  expect(catalogues.flat()).toHaveLength(ids.size);
});
