import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';
import { EXAMPLE, readFile } from './importing';

const PATH = '/api/v1/learners/imports';
type Sent = { text: string; type: string | null; key: string | null; isTrial: boolean };
let sent: Sent[];
let answers: (() => Response)[];

beforeEach(() => {
  sent = [];
  answers = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.post(PATH, async ({ request }) => {
      const header = (name: string) => request.headers.get(name);
      const isTrial = new URL(request.url).searchParams.get('dry_run') === 'true';
      const [type, key] = [header('Content-Type'), header('Idempotency-Key')];
      sent.push({ text: await request.text(), type, key, isTrial });
      return answers.shift()?.() ?? json({ created: 2 });
    }),
  );
});
const choose = async (text: string) => {
  const file = new File([text], 'learners.csv', { type: 'text/csv' });
  await userEvent.upload(await screen.findByLabelText(/CSV file|learners.csv/), file);
};

it('tries a file as soon as it is chosen, and adds it with the same key until there is an answer', async () => {
  answers = [() => json({ created: 2 }), () => problem(503, 'unavailable'), () => json({ created: 2 })];
  renderApp('/manage/learners/import');
  await choose(EXAMPLE);
  expect(await screen.findByRole('heading', { name: '2 learners are ready' })).toBeVisible();
  expect(sent).toMatchObject([{ text: EXAMPLE, type: 'text/csv', isTrial: true }]);
  await expectNoAxeFindings();
  await tap.button('Import 2 learners');
  await tap.button('Try again');
  expect(await screen.findByRole('heading', { name: '2 learners are added' })).toBeVisible();
  expect(sent.map((each) => each.isTrial)).toEqual([true, false, false]);
  expect(sent[1]?.key).toBe(sent[2]?.key);
});

it('says line by line what is wrong, and how much more there is', async () => {
  const errors = [
    { line: 43, field: 'email', message: 'Must be an e-mail address.' },
    { line: 51, field: '', message: 'Has 3 fields; the header has 4.' },
  ];
  answers = [() => problem(422, 'invalid-input', { errors: errors as never, count: 7 })];
  renderApp('/manage/learners/import');
  await choose('name,email\n');
  expect(await screen.findByRole('heading', { name: '7 mistakes in the file' })).toBeVisible();
  expect(screen.getByRole('row', { name: '43 E-mail Must be an e-mail address.' })).toBeVisible();
  expect(screen.getByRole('row', { name: /^51 Whole line Has 3 fields/ })).toBeVisible();
  expect(screen.getByText(/These are the first 2./)).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Import/ })).toBeNull();
  await choose(EXAMPLE);
  expect(await screen.findByRole('heading', { name: '2 learners are ready' })).toBeVisible();
});

it('reads UTF-8 only, and up to 4 MB', async () => {
  expect(await readFile(new File([new Uint8Array([0x4a, 0xfc, 0x72])], 'x.csv'))).toBe('encoding');
  expect(await readFile(new File([new Uint8Array(4 * 1024 * 1024 + 1)], 'x.csv'))).toBe('large');
  expect(await readFile(new File(['Jürgen'], 'x.csv'))).toMatchObject({ name: 'x.csv', text: 'Jürgen' });
});
