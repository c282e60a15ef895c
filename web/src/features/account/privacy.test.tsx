import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { problem, wire } from '../../../test/wire';

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
