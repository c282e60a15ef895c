import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { serveWeek } from '../../../test/week';
import { json, list, problem, session, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const fillIn = async (user: ReturnType<typeof renderApp>['user'], password = 'roadbook-demo') => {
  await user.type(await screen.findByLabelText('E-mail'), 'learner@demo.test');
  await user.type(screen.getByLabelText('Password'), password);
  await tap.button('Sign in');
};

it('signs in and goes to where the person wanted to be', async () => {
  const { user, router } = renderApp('/lessons', { isSignedIn: false });
  await screen.findByRole('heading', { name: 'Sign in' });
  await expectNoAxeFindings();
  await fillIn(user);
  await screen.findByRole('heading', { name: 'My lessons' });
  expect(router.state.location.pathname).toBe('/lessons');
});

it('brings each role to its own first page', async () => {
  serveWeek();
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/instructors', () => list([])),
  );
  const { user } = renderApp('/', { isSignedIn: false });
  await fillIn(user);
  expect(await screen.findByRole('heading', { name: 'Day board' })).toBeVisible();
});

it('never leaves the site after the sign-in', async () => {
  const { user, router } = renderApp('/sign-in?next=%2F%2Fevil.example', { isSignedIn: false });
  await fillIn(user);
  await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(router.state.location.pathname).toBe('/book');
});

it('keeps the e-mail when the password is wrong', async () => {
  wire.use(http.post('/api/v1/auth/login', () => problem(401, 'unauthenticated')));
  const { user } = renderApp('/sign-in', { isSignedIn: false });
  await fillIn(user, 'wrong');
  expect(await screen.findByRole('alert')).toHaveTextContent('E-mail or password is not right');
  expect(screen.getByLabelText('E-mail')).toHaveValue('learner@demo.test');
});

it('asks for the school when the server cannot tell', async () => {
  const seen: unknown[] = [];
  wire.use(
    http.post('/api/v1/auth/login', async ({ request }) => {
      const login = (await request.json()) as { school?: string };
      seen.push(login.school);
      if (login.school) return json(session);
      return problem(422, 'invalid-input', { errors: [{ pointer: '/school', message: 'Which school?' }] });
    }),
  );
  const { user } = renderApp('/sign-in', { isSignedIn: false });
  await fillIn(user);
  await user.type(await screen.findByLabelText('School'), 'riverside');
  await tap.button('Sign in');
  await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(seen).toEqual([undefined, 'riverside']);
});

it('signs out and shows nothing of the person any more', async () => {
  const { user } = renderApp('/lessons');
  await user.click(await screen.findByRole('button', { name: /Account of Jamie/ }));
  await user.click(screen.getByRole('button', { name: 'Sign out', hidden: true }));
  await screen.findByRole('heading', { name: 'Sign in' });
  expect(screen.queryByText('Jamie Learner')).not.toBeInTheDocument();
});

it('sets a first password with a one-time link', async () => {
  let sent: unknown;
  wire.use(
    http.post('/api/v1/auth/password', async ({ request }) => {
      sent = await request.json();
      return json(session);
    }),
  );
  location.hash = '#one-time-token';
  const { user } = renderApp('/welcome#one-time-token', { isSignedIn: false });
  await user.type(await screen.findByLabelText('New password'), 'a long enough one');
  await expectNoAxeFindings();
  await tap.button('Save and sign in');
  await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(sent).toEqual({ token: 'one-time-token', password: 'a long enough one' });
});

it('says what to do when the link was used before', async () => {
  wire.use(
    http.post('/api/v1/auth/password', () =>
      problem(422, 'invalid-input', { errors: [{ pointer: '/token', message: 'spent' }] }),
    ),
  );
  location.hash = '#spent';
  const { user } = renderApp('/welcome#spent', { isSignedIn: false });
  await user.type(await screen.findByLabelText('New password'), 'a long enough one');
  await tap.button('Save and sign in');
  expect(await screen.findByRole('alert')).toHaveTextContent('Ask your school for a new one');
});

const askForLink = async (path = '/forgot') => {
  const page = renderApp(path, { isSignedIn: false });
  if (path === '/sign-in')
    await page.user.click(await screen.findByRole('link', { name: 'Forgot your password?' }));
  await screen.findByRole('heading', { name: 'Forgot your password?' });
  await page.user.type(screen.getByLabelText('E-mail'), 'learner@demo.test');
  await tap.button('Send the link');
  return page;
};

it('sends a link to whoever forgot the password, and says nothing of who has an account', async () => {
  let sent: unknown;
  wire.use(
    http.post('/api/v1/auth/password-reset', async ({ request }) => {
      sent = await request.json();
      return new HttpResponse(null, { status: 202 });
    }),
  );
  await askForLink('/sign-in');
  expect(await screen.findByRole('alert')).toHaveTextContent('If there is an account with learner@demo.test');
  expect(sent).toEqual({ email: 'learner@demo.test' });
  await expectNoAxeFindings();
});

it('says when the next mail can be asked for', async () => {
  wire.use(
    http.post('/api/v1/auth/password-reset', () =>
      HttpResponse.json(
        { type: '/problems/rate-limited', title: 'x', status: 429 },
        { status: 429, headers: { 'Retry-After': '540' } },
      ),
    ),
  );
  await askForLink();
  expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 9 minutes');
  expect(screen.getByLabelText('E-mail')).toHaveValue('learner@demo.test');
});

it('keeps the address when there is no network', async () => {
  wire.use(http.post('/api/v1/auth/password-reset', () => HttpResponse.error()));
  await askForLink();
  expect(await screen.findByRole('alert')).toHaveTextContent('Check the connection');
  expect(screen.getByLabelText('E-mail')).toHaveValue('learner@demo.test');
});

it('asks for the school where there are several before it sends a link', async () => {
  const seen: unknown[] = [];
  wire.use(
    http.post('/api/v1/auth/password-reset', async ({ request }) => {
      const { school } = (await request.json()) as { school?: string };
      seen.push(school);
      if (school === 'riverside') return new HttpResponse(null, { status: 202 });
      return problem(422, 'invalid-input', { errors: [{ pointer: '/school', message: 'No such school.' }] });
    }),
  );
  const { user } = await askForLink();
  await user.type(await screen.findByLabelText('School'), 'nowhere');
  await tap.button('Send the link');
  expect(await screen.findByText('No such school.')).toBeVisible();
  await user.clear(screen.getByLabelText('School'));
  await user.type(screen.getByLabelText('School'), 'riverside');
  await tap.button('Send the link');
  expect(await screen.findByRole('alert')).toHaveTextContent('Look into your mail');
  expect(seen).toEqual([undefined, 'nowhere', 'riverside']);
});

it('leads from a reset link that was used to a new one', async () => {
  wire.use(
    http.post('/api/v1/auth/password', () =>
      problem(422, 'invalid-input', { errors: [{ pointer: '/token', message: 'spent' }] }),
    ),
  );
  location.hash = '#spent';
  const { user } = renderApp('/reset#spent', { isSignedIn: false });
  await screen.findByRole('heading', { name: 'A new password' });
  await user.type(await screen.findByLabelText('New password'), 'a long enough one');
  await tap.button('Save and sign in');
  await user.click(await screen.findByRole('link', { name: 'Ask for a new link' }));
  await screen.findByRole('heading', { name: 'Forgot your password?' });
});

it('says so when an address leads nowhere', async () => {
  renderApp('/nowhere');
  expect(await screen.findByRole('heading', { name: 'No such page' })).toBeVisible();
});
