import { screen } from '@testing-library/react';
import { http } from 'msw';
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

it('says so when an address leads nowhere', async () => {
  renderApp('/nowhere');
  expect(await screen.findByRole('heading', { name: 'No such page' })).toBeVisible();
});
