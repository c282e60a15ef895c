import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, session, wire } from '../../../test/wire';

const outside = (path: string) => {
  location.hash = path.split('#')[1] ?? '';
  return renderApp(path, { isSignedIn: false });
};
const spent = () => problem(422, 'invalid-input', { errors: [{ pointer: '/token', message: 'spent' }] });

it('leads from the sign-in to a link by which a learner joins', async () => {
  let sent: unknown;
  wire.use(
    http.post('/api/v1/auth/register', async ({ request }) => {
      sent = await request.json();
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { user } = outside('/sign-in');
  await user.click(await screen.findByRole('link', { name: 'New here? Make an account' }));
  await screen.findByRole('heading', { name: 'New here?' });
  await user.type(await screen.findByLabelText('E-mail'), 'new@demo.test');
  await tap.button('Send the link');
  expect(await screen.findByRole('alert')).toHaveTextContent('on its way to new@demo.test');
  expect(sent).toEqual({ email: 'new@demo.test' });
  await expectNoAxeFindings();
});

it('says where the school makes the accounts itself', async () => {
  wire.use(http.post('/api/v1/auth/register', () => problem(403, 'forbidden')));
  const { user } = outside('/register');
  await user.type(await screen.findByLabelText('E-mail'), 'new@demo.test');
  await tap.button('Send the link');
  expect(await screen.findByRole('alert')).toHaveTextContent('Your school makes the accounts itself');
});

it('makes the account with the link, and is in', async () => {
  const sent: unknown[] = [];
  wire.use(
    http.post('/api/v1/auth/register/confirmation', async ({ request }) => {
      sent.push(await request.json());
      if (sent.length > 1) return json(session);
      return problem(422, 'invalid-input', { errors: [{ pointer: '/password', message: 'Too common.' }] });
    }),
  );
  const { user } = outside('/join#one-time-token');
  await user.type(await screen.findByLabelText('Your name'), 'Ada Lovelace');
  await user.type(screen.getByLabelText('Phone (if you like)'), '020 1');
  await user.type(screen.getByLabelText('Choose a password'), 'password1');
  await expectNoAxeFindings();
  await tap.button('Make the account');
  expect(await screen.findByText('Too common.')).toBeVisible();
  expect(screen.getByLabelText('Your name')).toHaveValue('Ada Lovelace');
  await tap.button('Make the account');
  await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(sent[1]).toEqual({
    token: 'one-time-token',
    name: 'Ada Lovelace',
    phone: '020 1',
    password: 'password1',
  });
});

it('leads from a link that was used to another one', async () => {
  wire.use(http.post('/api/v1/auth/register/confirmation', spent));
  const { user } = outside('/join#spent');
  await user.type(await screen.findByLabelText('Your name'), 'Ada Lovelace');
  await user.type(screen.getByLabelText('Choose a password'), 'a long enough one');
  await tap.button('Make the account');
  expect(await screen.findByRole('alert')).toHaveTextContent('This link can no longer be used');
  await user.click(screen.getByRole('link', { name: 'Ask for a new link' }));
  expect(await screen.findByRole('heading', { name: 'New here?' })).toBeVisible();
});

it('changes an address by a button, not by opening the page', async () => {
  let asked = 0;
  wire.use(
    http.post('/api/v1/auth/email', () => {
      asked += 1;
      return asked > 1 ? new HttpResponse(null, { status: 204 }) : HttpResponse.error();
    }),
  );
  outside('/confirm#one-time-token');
  await screen.findByRole('heading', { name: 'Your new address' });
  expect(asked).toBe(0);
  await tap.button('Use this address');
  expect(await screen.findByRole('alert')).toHaveTextContent('Check the connection');
  await tap.button('Use this address');
  expect(await screen.findByText('Your address is changed')).toBeVisible();
  await expectNoAxeFindings();
});

it('says when a link to an address is of no use', async () => {
  wire.use(http.post('/api/v1/auth/email', spent));
  outside('/confirm#spent');
  await screen.findByRole('heading', { name: 'Your new address' });
  await tap.button('Use this address');
  expect(await screen.findByRole('alert')).toHaveTextContent('only the last one that you asked for');
});

it('knows no other page out here', async () => {
  outside('/constructor');
  expect(await screen.findByRole('heading', { name: 'No such page' })).toBeVisible();
});

it('shows how the school treats data to whoever joins, and says which version that was', async () => {
  const sent: unknown[] = [];
  let version = 4;
  wire.use(
    http.post('/api/v1/auth/notice', () =>
      json({
        items: [{ kind: 'notice', version, text: `Notice ${version}`, published_at: '2026-01-01T09:00:00Z' }],
      }),
    ),
    http.post('/api/v1/auth/password', async ({ request }) => {
      sent.push(await request.json());
      if (sent.length > 1) return json(session);
      version = 5;
      return problem(422, 'invalid-input', {
        version,
        errors: [{ pointer: '/notice_version', message: '…' }],
      });
    }),
  );
  const { user } = outside('/welcome#one-time-token');
  expect(await screen.findByText('Notice 4')).toBeVisible();
  await user.type(screen.getByLabelText('New password'), 'a long enough phrase');
  await tap.button('Save and sign in');
  expect(await screen.findByText('Notice 5')).toBeVisible();
  expect(screen.getByRole('alert')).toHaveTextContent('This has changed while you were here');
  await expectNoAxeFindings();
  await tap.button('Save and sign in');
  await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(sent).toEqual(
    [4, 5].map((notice_version) => ({
      token: 'one-time-token',
      password: 'a long enough phrase',
      notice_version,
    })),
  );
});
