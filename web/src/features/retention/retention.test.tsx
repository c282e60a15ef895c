import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const gone = () => new HttpResponse(null, { status: 204 });
let asked: string[];

beforeEach(() => {
  asked = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/privacy/retention', () =>
      json({ text_months: null, document_months: null, learner_months: 24, version: 3 }),
    ),
    http.get('/api/v1/privacy/holds', () => json({ items: [] })),
    http.get('/api/v1/privacy/retention/preview', ({ request }) => {
      asked.push(new URL(request.url).search);
      const jamie = { id: 'jamie', name: 'Jamie Learner', count: 2, held: false };
      return json({
        items: [
          {
            kind: 'texts',
            months: 12,
            before: '2025-03-09',
            count: 2,
            more: false,
            people: [jamie, { ...jamie, id: 'nell', name: 'Nell Held', count: 1, held: true }],
          },
          { kind: 'learners', months: 24, before: '2024-03-09', count: 1000, more: true, people: [jamie] },
        ],
      });
    }),
  );
});

it('shows what would go before it is said, and says it over the version that was seen', async () => {
  const sent: unknown[] = [];
  wire.use(
    http.put('/api/v1/privacy/retention', async ({ request }) => {
      sent.push([request.headers.get('If-Match'), await request.json()]);
      return sent.length === 1
        ? problem(412, 'stale-version')
        : json({ text_months: 12, document_months: null, learner_months: 24, version: 4 });
    }),
  );
  const { user } = renderApp('/manage/retention');
  const words = await screen.findByLabelText(/Notes and reasons/);
  expect(words).toHaveValue(0);
  expect(screen.getByLabelText(/Learners who stay away/)).toHaveValue(24);
  expect(await screen.findByText('Nobody.')).toBeVisible();
  await expectNoAxeFindings();
  await user.clear(words);
  await user.type(words, '12');
  await tap.button('Show what would go');
  const preview = await screen.findByRole('region', { name: 'What would go now' });
  expect(await within(preview).findByText('2 from before 9 March 2025.')).toBeVisible();
  expect(within(preview).getByText('1,000 and more from before 9 March 2024.')).toBeVisible();
  expect(within(preview).getByText('stays: on hold').closest('li')).toHaveTextContent('Nell Held (1)');
  expect(asked).toEqual(['?text_months=12&learner_months=24']);
  await expectNoAxeFindings();
  await tap.button('Save');
  expect(await within(preview).findByRole('alert')).toHaveTextContent(/changed/);
  await tap.button('Save');
  expect(await screen.findByText('Saved.')).toBeVisible();
  const months = { text_months: 12, learner_months: 24 };
  expect(sent).toEqual([
    ['"3"', months],
    ['"3"', months],
  ]);
});

it('says that nothing goes where every period is off', async () => {
  const { user } = renderApp('/manage/retention');
  await user.clear(await screen.findByLabelText(/Learners who stay away/));
  await user.type(screen.getByLabelText(/Learners who stay away/), '0');
  await tap.button('Show what would go');
  expect(await screen.findByText('Nothing: everything is kept.')).toBeVisible();
  expect(asked).toEqual([]);
});

it('puts a hold on somebody and lifts it', async () => {
  const sent: unknown[] = [];
  const held: object[] = [];
  wire.use(
    http.get('/api/v1/privacy/holds', () => json({ items: held })),
    http.put('/api/v1/people/:id/holds/:hold', async ({ request, params }) => {
      sent.push([params['id'], params['hold'], await request.json()]);
      if (sent.length === 1) return problem(409, 'wrong-status', { detail: 'There is such a hold already.' });
      held.push({
        person_id: 'jamie',
        kind: 'restriction',
        name: 'Jamie Learner',
        reason: 'As asked',
        placed_at: '2026-03-09T09:00:00Z',
      });
      return gone();
    }),
    http.delete('/api/v1/people/:id/holds/:hold', ({ params }) => {
      sent.push([params['id'], params['hold']]);
      held.length = 0;
      return gone();
    }),
  );
  const { user } = renderApp('/manage/retention');
  const holds = await screen.findByRole('region', { name: 'On hold' });
  await user.selectOptions(await within(holds).findByLabelText('Why it stays'), 'restriction');
  await user.type(within(holds).getByLabelText(/Reason/), 'As asked');
  await tap.button('Put on hold');
  expect(await within(holds).findByText('There is such a hold already.')).toBeVisible();
  expect(within(holds).getByLabelText(/Reason/)).toHaveValue('As asked');
  await tap.button('Put on hold');
  expect(await within(holds).findByText(/They have restricted its use/, { selector: 'p' })).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Lift the hold Jamie Learner');
  expect(await within(holds).findByText('Nobody.')).toBeVisible();
  const place = ['jamie', 'restriction', { reason: 'As asked' }];
  expect(sent).toEqual([place, place, ['jamie', 'restriction']]);
});
