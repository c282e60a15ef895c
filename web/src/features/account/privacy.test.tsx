import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';

const gone = () => new HttpResponse(null, { status: 204 });

it('erases whoever asks for it, after the lessons ahead were named', async () => {
  const asked: unknown[] = [];
  wire.use(
    http.delete('/api/v1/me', async ({ request }) => {
      const input = (await request.json()) as { current_password?: string; cancel_lessons?: boolean };
      asked.push(input);
      const errors = [{ pointer: '/current_password', message: 'This is not your password.' }];
      if (input.current_password !== 'right') return problem(422, 'invalid-input', { errors });
      return input.cancel_lessons ? gone() : problem(409, 'in-use', { count: 2 });
    }),
    http.post('/api/v1/auth/logout', gone),
  );
  renderApp('/account#data');
  await tap.button('Erase me…');
  const dialog = await screen.findByRole('dialog');
  await expectNoAxeFindings();
  await tap.button('Erase me for good');
  expect(await within(dialog).findByText('This is not your password.')).toBeVisible();
  await userEvent.type(within(dialog).getByLabelText('Password now'), 'right');
  await tap.button('Erase me for good');
  expect(await within(dialog).findByText('2 lessons lie ahead of you')).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Cancel them and erase me');
  expect(await screen.findByText('You are erased. All the best!')).toBeVisible();
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(asked).toEqual([
    {},
    { current_password: 'right' },
    { current_password: 'right', cancel_lessons: true },
  ]);
});

it('says why somebody is still needed', async () => {
  wire.use(
    http.delete('/api/v1/me', () => problem(409, 'in-use', { detail: 'A school keeps at least one admin.' })),
  );
  renderApp('/account#data');
  await tap.button('Erase me…');
  await tap.button('Erase me for good');
  expect(await screen.findByText('A school keeps at least one admin.')).toBeVisible();
});

it('mails a copy of the data to whoever asks', async () => {
  let asked = 0;
  wire.use(
    http.post('/api/v1/me/export', () => {
      ++asked;
      return new HttpResponse(null, { status: 202 });
    }),
  );
  renderApp('/account#data');
  await tap.button('Send me a copy');
  expect(await screen.findByText(/It is good once, for 24 hours/)).toBeVisible();
  await expectNoAxeFindings();
  expect(asked).toBe(1);
});

it('says so when too many copies were asked for', async () => {
  wire.use(http.post('/api/v1/me/export', () => problem(429, 'rate-limited')));
  renderApp('/account#data');
  await tap.button('Send me a copy');
  expect(await screen.findByRole('alert')).toHaveTextContent('Too many');
});

it('gives and withdraws each consent by itself', async () => {
  const asked: string[] = [];
  const photos = {
    kind: 'photos',
    version: 2,
    text: 'Pictures of passed tests.',
    published_at: '2026-01-01T09:00:00Z',
  };
  let said = { given: false, said_version: null as number | null, said_at: null as string | null };
  wire.use(
    http.get('/api/v1/me/agreements', () =>
      json({
        items: [
          { ...photos, ...said },
          {
            ...photos,
            kind: 'news',
            text: 'Offers.',
            given: true,
            said_version: 1,
            said_at: '2025-03-01T09:00:00Z',
          },
        ],
      }),
    ),
    http.put('/api/v1/me/consents/:kind', async ({ request, params }) => {
      asked.push(`${String(params['kind'])} ${JSON.stringify(await request.json())}`);
      if (asked.length === 1)
        return problem(422, 'invalid-input', {
          version: 3,
          errors: [{ pointer: '/version', message: 'old' }],
        });
      said = { given: true, said_version: 2, said_at: '2026-03-09T09:00:00Z' };
      return gone();
    }),
    http.delete('/api/v1/me/consents/:kind', ({ params }) => {
      asked.push(`withdrew ${String(params['kind'])}`);
      return gone();
    }),
  );
  renderApp('/account#data');
  const pictures = await screen.findByRole('group', { name: 'Pictures of you' });
  expect(within(pictures).getByText('You have not agreed.')).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Agree Pictures of you');
  expect(await screen.findByText('The text has changed')).toBeVisible();
  await tap.button('Agree Pictures of you');
  expect(await screen.findByText('You agreed on 9 March 2026.')).toBeVisible();
  expect(screen.getByText(/You agreed on 1 March 2025. That was an older text/)).toBeVisible();
  await tap.button('Withdraw Offers and news');
  await vi.waitFor(() => {
    expect(asked).toEqual(['photos {"version":2}', 'photos {"version":2}', 'withdrew news']);
  });
});

it('asks the school and shows what became of it', async () => {
  const sent: unknown[] = [];
  const request = {
    id: 'r1',
    version: 2,
    person_id: 'jamie',
    name: 'Jamie Learner',
    right: 'rectification',
    text: 'My name has two l.',
    received_on: '2026-02-09',
    due_on: '2026-05-09',
    overdue: false,
    extended: true,
    extension_reason: 'We have to look it up.',
    outcome: null as string | null,
    answer: '',
    closed_at: null as string | null,
  };
  const mine = [request];
  wire.use(
    http.get('/api/v1/me/requests', () => json({ items: mine })),
    http.post('/api/v1/me/requests', async ({ request: asked }) => {
      sent.push([asked.headers.get('Idempotency-Key'), await asked.json()]);
      if (sent.length === 1) return problem(409, 'wrong-status', { detail: 'Ten requests wait already.' });
      mine.unshift({ ...request, id: 'r2', right: 'objection', outcome: 'refused', answer: 'It is needed.' });
      return json(request, 201);
    }),
  );
  const { user } = renderApp('/account#data');
  const section = await screen.findByRole('region', { name: 'Ask the school' });
  expect(await within(section).findByText(/It takes longer: an answer is due by 9 May 2026/)).toBeVisible();
  expect(within(section).getByText('We have to look it up.', { exact: false })).toBeVisible();
  await expectNoAxeFindings();
  await user.selectOptions(within(section).getByLabelText('What you ask for'), 'objection');
  await user.type(within(section).getByLabelText('In your words'), 'No more news.');
  await tap.button('Send it');
  expect(await within(section).findByText('Ten requests wait already.')).toBeVisible();
  expect(within(section).getByLabelText('In your words')).toHaveValue('No more news.');
  await tap.button('Send it');
  expect(await screen.findByText('Your school has it.')).toBeVisible();
  expect(within(section).getByLabelText('In your words')).toHaveValue('');
  expect(await within(section).findByText(/You may complain to the data protection authority/)).toBeVisible();
  const keys = sent.map((each) => (each as string[])[0]);
  expect(new Set(keys).size).toBe(2);
  expect(sent[1]).toEqual([keys[1], { right: 'objection', text: 'No more news.' }]);
});
