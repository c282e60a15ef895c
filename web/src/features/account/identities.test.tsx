import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { leaveTo } from '../../lib/account/leave';

vi.mock('../../lib/account/leave', () => ({ leaveTo: vi.fn() }));

const google = { id: 'i1', provider: 'google', name: 'Google', created_at: '2026-03-01T12:00:00Z' };
const supabase = { id: 'i2', provider: 'supabase', name: 'Supabase', created_at: '2026-03-02T12:00:00Z' };

function serve(identities: object[]) {
  let left = identities as { id: string }[];
  wire.use(
    http.get('/api/v1/auth/providers', () => json({ items: [{ id: 'google', name: 'Google' }] })),
    http.get('/api/v1/me/identities', () => json({ items: left })),
    http.get('/api/v1/me/sessions', () => json({ items: [] })),
    http.delete('/api/v1/me/identities/:id', ({ params }) => {
      left = left.filter(({ id }) => id !== params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
  );
}
const section = () => screen.findByRole('region', { name: 'Other ways to sign in' });

it('connects a provider with the password that one has here', async () => {
  serve([]);
  wire.use(
    http.post('/api/v1/me/identities', async ({ request }) => {
      const sent = (await request.json()) as { provider: string; password: string };
      if (sent.password !== 'the right one')
        return problem(422, 'invalid-input', { errors: [{ pointer: '/password', message: 'No.' }] });
      return json({ authorization_url: `https://id.example/auth?for=${sent.provider}` });
    }),
  );
  const { user } = renderApp('/account');
  await tap.button('Connect Google');
  await user.type(within(await section()).getByLabelText('Your password here'), 'not this one');
  await tap.button('Continue to Google');
  expect(await screen.findByText('This is not your password.')).toBeVisible();
  await expectNoAxeFindings();
  expect(leaveTo).not.toHaveBeenCalled();
  await user.clear(screen.getByLabelText('Your password here'));
  await user.type(screen.getByLabelText('Your password here'), 'the right one');
  await tap.button('Continue to Google');
  await expect.poll(() => vi.mocked(leaveTo).mock.calls).toEqual([['https://id.example/auth?for=google']]);
});

it('says what became of it, and shows what is connected, also what is not offered any more', async () => {
  serve([google, supabase]);
  renderApp('/account?connected=google');
  expect(await screen.findByText('Google is connected. You can sign in with it from now on.')).toBeVisible();
  expect(within(await section()).getAllByText(/^Connected on/)).toHaveLength(2);
  await tap.button('Disconnect Supabase');
  expect(
    await screen.findByText('Supabase is disconnected. Every other device is signed out.'),
  ).toBeVisible();
  await expect.poll(() => screen.queryByText('Supabase')).toBeNull();
});

it('does not take the only way in', async () => {
  serve([google]);
  wire.use(http.delete('/api/v1/me/identities/:id', () => problem(409, 'wrong-status')));
  renderApp('/account?problem=taken&provider=google');
  expect(
    await screen.findByText('That account of Google is connected with somebody else here.'),
  ).toBeVisible();
  await tap.button('Disconnect Google');
  expect(await screen.findByText(/^Set a password first/)).toBeVisible();
});
