import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, session, wire } from '../../../test/wire';
import type { Schema } from '../../lib/api';

const none: Schema['Factors'] = { totp: false, backup_codes: 0, passkeys: [], required: false };
const key: Schema['Passkey'] = {
  id: 'k1',
  name: 'My phone',
  created_at: '2026-03-01T12:00:00Z',
  used_at: null,
};
const codes = Array.from({ length: 10 }, (_, at) => `0000-0000-000${at}`);

function serve(factors: Schema['Factors']) {
  const sent: unknown[] = [];
  let now = factors;
  const note = async (request: Request) => {
    const body = (await request.json()) as { current_password?: string; code?: string };
    sent.push(body);
    return body;
  };
  const wrong = problem(422, 'invalid-input', {
    errors: [{ pointer: '/current_password', message: 'No.' }],
  });
  wire.use(
    http.get('/api/v1/me/sessions', () => json({ items: [] })),
    http.get('/api/v1/me/factors', () => json(now)),
    http.post('/api/v1/me/totp', async ({ request }) =>
      (await note(request)).current_password === 'right'
        ? json({ secret: 'GEZDGNBVGY3TQOJQ', uri: 'otpauth://totp/School:ada?secret=GEZDGNBVGY3TQOJQ' })
        : wrong.clone(),
    ),
    http.post('/api/v1/me/totp/confirmation', async ({ request }) => {
      if ((await note(request)).code !== '123456')
        return problem(422, 'invalid-input', { errors: [{ pointer: '/code', message: 'No.' }] });
      now = { ...now, totp: true, backup_codes: 10 };
      return json({ backup_codes: codes });
    }),
    http.delete('/api/v1/me/totp', async ({ request }) => {
      await note(request);
      now = none;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return sent;
}

const app = () => screen.findByRole('region', { name: 'Authenticator app' });

it('sets up an app with the password, a picture, its first code, and codes to keep', async () => {
  const sent = serve(none);
  const { user } = renderApp('/account');
  const section = within(await app());
  await user.click(section.getByRole('button', { name: 'Set up an app' }));
  await user.type(section.getByLabelText('Your password'), 'wrong');
  await user.click(section.getByRole('button', { name: 'Set up an app' }));
  expect(await section.findByText('This is not your password.')).toBeVisible();
  await user.clear(section.getByLabelText('Your password'));
  await user.type(section.getByLabelText('Your password'), 'right');
  await user.click(section.getByRole('button', { name: 'Set up an app' }));
  expect(await section.findByRole('img', { name: /QR code/ })).toBeVisible();
  expect(section.getByText('GEZD GNBV GY3T QOJQ')).toBeVisible();
  await expectNoAxeFindings();
  await user.type(section.getByLabelText(/code that the app shows/), '000000');
  await user.click(section.getByRole('button', { name: 'Confirm' }));
  expect(await section.findByText(/Is the clock of your phone/)).toBeVisible();
  await user.clear(section.getByLabelText(/code that the app shows/));
  await user.type(section.getByLabelText(/code that the app shows/), '123456');
  await user.click(section.getByRole('button', { name: 'Confirm' }));
  expect(await section.findByText('0000-0000-0009')).toBeVisible();
  await expectNoAxeFindings();
  await user.click(section.getByRole('button', { name: 'I have kept them' }));
  expect(await section.findByText(/You have 10 backup codes left/)).toBeVisible();
  expect(sent).toHaveLength(4);
});

it('removes an app with the password, but not the last factor that the school asks for', async () => {
  serve({ ...none, totp: true, backup_codes: 1, required: true });
  const { view } = renderApp('/account');
  const section = within(await app());
  expect(await section.findByText(/You have one backup code left/)).toBeVisible();
  expect(section.queryByRole('button', { name: 'Remove the app' })).toBeNull();
  expect(section.getByText(/Your school asks its staff/)).toBeVisible();
  view.unmount();
  const sent = serve({ ...none, totp: true, backup_codes: 0 });
  const { user } = renderApp('/account');
  const again = within(await app());
  await user.click(await again.findByRole('button', { name: 'Remove the app' }));
  await user.type(again.getByLabelText('Your password'), 'right');
  await user.click(again.getByRole('button', { name: 'Remove the app' }));
  expect(await again.findByRole('button', { name: 'Set up an app' })).toBeVisible();
  expect(sent).toEqual([{ current_password: 'right' }]);
});

it('lists passkeys, and says why there can be no new one', async () => {
  serve({ ...none, passkeys: [key] });
  renderApp('/account');
  const section = within(await screen.findByRole('region', { name: 'Passkeys' }));
  expect(section.getAllByText('My phone')[0]).toBeVisible();
  expect(section.getByText(/Not used yet/)).toBeVisible();
  expect(section.getByText(/Passkeys need an address|This browser has no passkeys/)).toBeVisible();
  expect(section.queryByRole('button', { name: 'Add a passkey' })).toBeNull();
});

it('asks for the code after the password, and for another one where it is wrong', async () => {
  const given: unknown[] = [];
  wire.use(
    http.post('/api/v1/auth/login', () => problem(401, 'second-factor-asked', { challenge: 'c1' })),
    http.post('/api/v1/auth/login/factor', async ({ request }) => {
      const { code } = (await request.json()) as { code: string };
      given.push(code);
      return code === '123456'
        ? json(session)
        : problem(422, 'invalid-input', { errors: [{ pointer: '/code', message: 'No.' }] });
    }),
  );
  const { user } = renderApp('/lessons', { isSignedIn: false });
  await user.type(await screen.findByLabelText('E-mail'), 'learner@demo.test');
  await user.type(screen.getByLabelText('Password'), 'roadbook-demo');
  await tap.button('Sign in');
  const code = await screen.findByLabelText('Code');
  expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await expectNoAxeFindings();
  await user.type(code, '000000');
  await tap.button('Go on');
  expect(await screen.findByText(/This code is not right/)).toBeVisible();
  await user.clear(code);
  await user.type(code, '123456');
  await tap.button('Go on');
  await screen.findByRole('heading', { name: 'My lessons' });
  expect(given).toEqual(['000000', '123456']);
});

it('goes back to the password when the second step took too long', async () => {
  wire.use(
    http.post('/api/v1/auth/login', () => problem(401, 'second-factor-asked', { challenge: 'c1' })),
    http.post('/api/v1/auth/login/factor', () => problem(401, 'unauthenticated')),
  );
  const { user } = renderApp('/sign-in', { isSignedIn: false });
  await user.type(await screen.findByLabelText('E-mail'), 'learner@demo.test');
  await user.type(screen.getByLabelText('Password'), 'roadbook-demo');
  await tap.button('Sign in');
  await user.type(await screen.findByLabelText('Code'), '123456');
  await tap.button('Go on');
  expect(await screen.findByText(/This took too long/)).toBeVisible();
  await tap.button('Back to the sign-in');
  expect(await screen.findByLabelText('Password')).toBeVisible();
});

it('lets staff of whom the school asks set one up before anything else', async () => {
  serve({ ...none, required: true });
  const missing = { ...session, user: { ...session.user, second_factor_missing: true } };
  wire.use(
    http.post('/api/v1/auth/login', () => json(missing)),
    http.post('/api/v1/auth/refresh', () => json(session)),
  );
  const { user, router } = renderApp('/lessons', { isSignedIn: false });
  await user.type(await screen.findByLabelText('E-mail'), 'learner@demo.test');
  await user.type(screen.getByLabelText('Password'), 'roadbook-demo');
  await tap.button('Sign in');
  expect(await screen.findByRole('heading', { name: 'Set up a second factor' })).toBeVisible();
  await expectNoAxeFindings();
  await router.navigate({ to: '/lessons' });
  expect(router.state.location.pathname).toBe('/second-factor');
  const section = within(await app());
  await user.click(section.getByRole('button', { name: 'Set up an app' }));
  await user.type(section.getByLabelText('Your password'), 'right');
  await user.click(section.getByRole('button', { name: 'Set up an app' }));
  await user.type(await section.findByLabelText(/code that the app shows/), '123456');
  await user.click(section.getByRole('button', { name: 'Confirm' }));
  await user.click(await section.findByRole('button', { name: 'I have kept them' }));
  await tap.button('Go on to Roadbook');
  expect(await screen.findByRole('heading', { name: 'Book a lesson' })).toBeVisible();
});
