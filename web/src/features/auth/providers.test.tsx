import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp } from '../../../test/renderApp';
import { json, problem, session, wire } from '../../../test/wire';

const google = { id: 'google', name: 'Google' };
const offer = (...items: object[]) => {
  wire.use(http.get('/api/v1/auth/providers', () => json({ items: items as never })));
};

it('offers the providers that there are, and knows where one was going', async () => {
  offer(google, { id: 'oidc', name: 'School account' });
  renderApp('/sign-in?next=%2Flessons%3Fday%3D2026-03-09', { isSignedIn: false });
  const link = await screen.findByRole('link', { name: 'Sign in with Google' });
  expect(link).toHaveAttribute('href', '/api/v1/auth/google/start?next=%2Flessons%3Fday%3D2026-03-09');
  expect(screen.getByRole('link', { name: 'Sign in with School account' })).toBeVisible();
  await expectNoAxeFindings();
});

it('stays as it was where there is none, or where they cannot be had', async () => {
  renderApp('/sign-in', { isSignedIn: false });
  expect(await screen.findByLabelText('E-mail')).toBeVisible();
  expect(screen.queryByRole('link', { name: /^Sign in with/ })).toBeNull();
  wire.use(http.get('/api/v1/auth/providers', () => HttpResponse.error()));
  expect(screen.queryByRole('alert')).toBeNull();
});

it.each([
  ['unknown', 'There is no account with this address at this school.'],
  ['away', /^Google does not answer at the moment/],
  ['staff', /^Sign in with your password first, and connect Google/],
  ['something new', /^It took too long/],
])('says what became of it: %s', async (what, words) => {
  offer(google);
  renderApp(`/sign-in?problem=${what}&provider=google`, { isSignedIn: false });
  expect(await screen.findByText(words)).toBeVisible();
  expect(await screen.findByRole('heading', { name: 'No sign-in with Google' })).toBeVisible();
  expect(screen.getByLabelText('Password')).toBeVisible();
});

it('asks for the school where there are several', async () => {
  offer(google);
  const { user } = renderApp('/sign-in?problem=school&provider=google', { isSignedIn: false });
  await user.type(await screen.findByLabelText('School'), 'riverside');
  const link = screen.getByRole('link', { name: 'Sign in with Google' });
  expect(link).toHaveAttribute('href', '/api/v1/auth/google/start?next=%2F&school=riverside');
});

it('goes on signed in when it comes back, and says so where that did not work', async () => {
  let refreshed = 0;
  wire.use(
    http.post('/api/v1/auth/refresh', () => {
      ++refreshed;
      return json(session);
    }),
  );
  const { router } = renderApp('/sign-in?done=1&next=%2Flessons', { isSignedIn: false });
  await expect.poll(() => router.state.location.pathname).toBe('/lessons');
  expect(refreshed).toBeGreaterThan(0);
});

it('tells whoever comes back without a session', async () => {
  wire.use(http.post('/api/v1/auth/refresh', () => problem(401, 'unauthenticated')));
  renderApp('/sign-in?done=1', { isSignedIn: false });
  expect(await screen.findByText(/^It took too long/)).toBeVisible();
});
