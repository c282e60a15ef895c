import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const request = {
  id: 'r1',
  version: 1,
  person_id: 'jamie',
  name: 'Jamie Learner',
  right: 'rectification',
  text: 'My name has two l.',
  received_on: '2026-02-01',
  due_on: '2026-03-01',
  overdue: true,
  extended: false,
  extension_reason: '',
  outcome: null,
  answer: '',
  closed_at: null,
};
const erasure = {
  ...request,
  id: 'r2',
  name: 'Nell Learner',
  right: 'erasure',
  due_on: '2026-04-01',
  overdue: false,
};
let sent: unknown[];

beforeEach(() => {
  sent = [];
  wire.use(
    http.get('/api/v1/me', () => json({ ...admin, role: 'office' })),
    http.get('/api/v1/privacy/requests', ({ request: asked }) => {
      const query = new URL(asked.url).searchParams;
      if (query.get('state') === 'closed')
        return list([{ ...erasure, name: '', text: '', outcome: 'done', closed_at: '2026-03-02T10:00:00Z' }]);
      return query.has('cursor') ? list([erasure]) : json({ items: [request], next_cursor: 'r1' });
    }),
    http.post('/api/v1/privacy/requests/:id/:verb', async ({ request: asked, params }) => {
      sent.push([params['id'], params['verb'], asked.headers.get('If-Match'), await asked.json()]);
      const errors = [{ pointer: '/answer', message: 'Whoever is refused is told why.' }];
      return sent.length === 1 ? problem(422, 'invalid-input', { errors }) : json({ ...request, version: 2 });
    }),
  );
});

it('shows what waits by due date, and answers it', async () => {
  const { user } = renderApp('/manage/requests');
  const row = await screen.findByRole('group', { name: 'Jamie Learner: a correction' });
  expect(screen.getByText('Overdue since 1 March 2026.')).toBeVisible();
  expect(screen.getByText('My name has two l.')).toBeVisible();
  await tap.button('Show more');
  expect(await screen.findByText('Due by 1 April 2026.')).toBeVisible();
  await expectNoAxeFindings();
  await user.click(within(row).getByRole('button', { name: 'Answer Jamie Learner' }));
  const dialog = await screen.findByRole('dialog', { name: 'Answer Jamie Learner' });
  await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Answer' }), 'refused');
  await expectNoAxeFindings();
  const send = () => user.click(within(dialog).getByRole('button', { name: 'Answer' }));
  await send();
  expect((await within(dialog).findAllByText('Whoever is refused is told why.'))[0]).toBeVisible();
  await user.type(within(dialog).getByLabelText('In your words'), 'It has one.');
  await send();
  expect(await screen.findByText('Saved.')).toBeVisible();
  expect(sent).toEqual([
    ['r1', 'outcome', '"1"', { outcome: 'refused' }],
    ['r1', 'outcome', '"1"', { outcome: 'refused', answer: 'It has one.' }],
  ]);
});

it('takes longer for a reason, and leaves an erasure to the erasure', async () => {
  sent.push('the first one is refused');
  const { user } = renderApp('/manage/requests');
  await tap.button('Take longer Jamie Learner');
  const dialog = await screen.findByRole('dialog', { name: 'Take longer with Jamie Learner' });
  await user.type(within(dialog).getByLabelText('Why it takes longer'), 'It is a lot.');
  await tap.button('Take two months more');
  expect(await screen.findByText('Saved.')).toBeVisible();
  expect(sent.at(-1)).toEqual(['r1', 'extension', '"1"', { reason: 'It is a lot.' }]);
  await tap.button('Show more');
  await tap.button('Answer Nell Learner');
  const answer = await screen.findByRole('dialog', { name: 'Answer Nell Learner' });
  const offered = within(answer).getAllByRole('option');
  expect(offered.map((option) => option.textContent)).toEqual(['Refused']);
});

it('records what came by letter and shows what was answered', async () => {
  const recorded: unknown[] = [];
  wire.use(
    http.post('/api/v1/people/:id/requests', async ({ request: asked, params }) => {
      recorded.push([params['id'], await asked.json()]);
      return json(request, 201);
    }),
  );
  const { user } = renderApp('/manage/requests');
  await tap.button('Record one');
  const dialog = await screen.findByRole('dialog', { name: 'A request that came by letter or telephone' });
  await user.selectOptions(await within(dialog).findByLabelText('Whose data it is about'), 'Jamie Learner');
  await user.selectOptions(within(dialog).getByLabelText('What they ask for'), 'access');
  await user.type(within(dialog).getByLabelText('In their words'), 'What is there?');
  await expectNoAxeFindings();
  await user.click(within(dialog).getByRole('button', { name: 'Record one' }));
  expect(await screen.findByText('Saved.')).toBeVisible();
  const wish = { right: 'access', text: 'What is there?', received_on: '2026-03-09' };
  expect(recorded).toEqual([['jamie', wish]]);
  await tap.button('Answered');
  expect(await screen.findByRole('group', { name: '(erased): an erasure' })).toBeVisible();
  expect(screen.getByText('Done')).toBeVisible();
});
