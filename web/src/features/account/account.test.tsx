import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';

const here = {
  id: 's1',
  browser: 'Firefox on Linux',
  created_at: '2026-03-01T12:00:00Z',
  used_at: '2026-03-09T08:00:00Z',
  current: true,
};
const phone = { ...here, id: 's2', browser: 'Safari on iPhone', current: false };
const unknown = { ...here, id: 's3', browser: '', current: false };

function serve(sessions = [here, phone, unknown]) {
  const ended: string[] = [];
  let left = sessions;
  wire.use(
    http.get('/api/v1/me/sessions', () => json({ items: left })),
    http.delete('/api/v1/me/sessions/:id', ({ params }) => {
      ended.push(String(params['id']));
      left = left.filter(({ id }) => id !== params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('/api/v1/me/sessions', () => {
      ended.push('others');
      left = left.filter(({ current }) => current);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return ended;
}

it('is found from every page and lists where one is signed in', async () => {
  const ended = serve();
  const { user } = renderApp('/lessons');
  await user.click(await screen.findByRole('button', { name: /Account of Jamie/ }));
  await user.click(screen.getByRole('link', { name: 'Your account', hidden: true }));
  const list = await screen.findByRole('region', { name: 'Where you are signed in' });
  expect(await within(list).findByText('Firefox on Linux')).toHaveTextContent('This device');
  expect(within(list).getAllByText('A device we do not know')[0]).toBeVisible();
  expect(within(list).queryByRole('button', { name: 'Sign out Firefox on Linux' })).toBeNull();
  await expectNoAxeFindings();
  await tap.button('Sign out Safari on iPhone');
  expect(await screen.findByText('Signed out there.')).toBeVisible();
  await tap.button('Sign out everywhere else');
  await expect.poll(() => screen.queryByText('A device we do not know')).toBeNull();
  expect(ended).toEqual(['s2', 'others']);
  expect(screen.queryByRole('button', { name: 'Sign out everywhere else' })).toBeNull();
});

it('changes the password, and says which of the two is wrong', async () => {
  serve([here]);
  const sent: unknown[] = [];
  wire.use(
    http.put('/api/v1/me/password', async ({ request }) => {
      const wanted = (await request.json()) as { current_password: string };
      sent.push(wanted);
      if (wanted.current_password === 'the right one') return new HttpResponse(null, { status: 204 });
      return problem(422, 'invalid-input', { errors: [{ pointer: '/current_password', message: 'No.' }] });
    }),
  );
  const { user } = renderApp('/account');
  await user.type(await screen.findByLabelText('Password now'), 'not this one');
  await user.type(screen.getByLabelText('New password'), 'a long enough one');
  await tap.button('Change the password');
  expect(await screen.findByText('This is not your password.')).toBeVisible();
  expect(screen.getByLabelText('New password')).toHaveValue('a long enough one');
  await user.clear(screen.getByLabelText('Password now'));
  await user.type(screen.getByLabelText('Password now'), 'the right one');
  await tap.button('Change the password');
  expect(await screen.findByText(/Your password is changed/)).toBeVisible();
  expect(screen.getByLabelText('New password')).toHaveValue('');
  expect(sent).toHaveLength(2);
});

it('says so when there were too many wrong ones', async () => {
  serve([here]);
  wire.use(http.put('/api/v1/me/password', () => problem(429, 'rate-limited')));
  const { user } = renderApp('/account');
  await user.type(await screen.findByLabelText('Password now'), 'not this one');
  await user.type(screen.getByLabelText('New password'), 'a long enough one');
  await tap.button('Change the password');
  expect(await screen.findByRole('alert')).toHaveTextContent('Too many');
});

it('asks for a link to another address with the password', async () => {
  serve([here]);
  const sent: unknown[] = [];
  wire.use(
    http.post('/api/v1/me/email', async ({ request }) => {
      const wanted = (await request.json()) as { current_password: string };
      sent.push(wanted);
      if (wanted.current_password === 'the right one') return new HttpResponse(null, { status: 202 });
      return problem(422, 'invalid-input', { errors: [{ pointer: '/current_password', message: 'No.' }] });
    }),
  );
  const { user } = renderApp('/account');
  const section = await screen.findByRole('region', { name: 'E-mail address' });
  await user.type(within(section).getByLabelText('New address'), 'new@demo.test');
  await user.type(within(section).getByLabelText('Your password'), 'not this one');
  await tap.button('Change the address');
  expect(await screen.findByText('This is not your password.')).toBeVisible();
  await user.clear(within(section).getByLabelText('Your password'));
  await user.type(within(section).getByLabelText('Your password'), 'the right one');
  await tap.button('Change the address');
  expect(await screen.findByRole('alert')).toHaveTextContent('on its way to new@demo.test');
  expect(sent[1]).toEqual({ current_password: 'the right one', email: 'new@demo.test' });
});
