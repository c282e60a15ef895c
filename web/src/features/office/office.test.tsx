import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, booking } from '../../../test/world';
import { byDay } from './byDay';

const request = booking({ id: 'r1', status: 'requested', can: ['approve', 'refuse'] });
const given = booking({
  id: 'g1',
  start: '2026-03-09T05:00:00Z',
  end: '2026-03-09T06:00:00Z',
  can: ['outcome'],
});

beforeEach(() => {
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/calendar/bookings', ({ request: { url } }) =>
      list(new URL(url).searchParams.has('status') ? [request] : [given, request]),
    ),
  );
});

it('groups by day in the order of the list', () => {
  expect(byDay(['a1', 'b1', 'a2'], (item) => item.slice(0, 1))).toEqual([
    ['a', ['a1', 'a2']],
    ['b', ['b1']],
  ]);
});

it('shows the bookings of seven days by day', async () => {
  renderApp('/bookings');
  expect(await screen.findByRole('heading', { name: /Monday 9 March one lesson/ })).toBeVisible();
  expect(screen.getByRole('heading', { name: /Wednesday 11 March/ })).toBeVisible();
  expect(await screen.findAllByText('Jamie Learner')).toHaveLength(2);
  await expectNoAxeFindings();
});

it('approves a request', async () => {
  let match: string | null = null;
  wire.use(
    http.post('/api/v1/calendar/bookings/r1/approval', ({ request: sent }) => {
      match = sent.headers.get('If-Match');
      wire.use(http.get('/api/v1/calendar/bookings', () => list([])));
      return json({ ...request, status: 'booked', can: [] });
    }),
  );
  renderApp('/bookings?show=requests');
  await tap.button('Approve');
  expect(await screen.findByText('No request is waiting.')).toBeVisible();
  expect(match).toBe('"3"');
});

it('refuses a request with a reason', async () => {
  let reason: unknown;
  wire.use(
    http.post('/api/v1/calendar/bookings/r1/refusal', async ({ request: sent }) => {
      reason = await sent.json();
      return json({ ...request, status: 'refused', can: [] });
    }),
  );
  renderApp('/bookings?show=requests');
  await tap.button('Refuse');
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByRole('textbox'), 'The car is in repair');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Refuse' }));
  await expect.poll(() => reason).toEqual({ reason: 'The car is in repair' });
});

it('records how a lesson went', async () => {
  let outcome: unknown;
  wire.use(
    http.post('/api/v1/calendar/bookings/g1/outcome', async ({ request: sent }) => {
      outcome = await sent.json();
      return json({ ...given, status: 'no_show', can: ['undo'] });
    }),
  );
  renderApp('/bookings');
  await tap.button('No-show');
  expect(await screen.findByText('Recorded for Jamie Learner.')).toBeVisible();
  expect(outcome).toEqual({ outcome: 'no_show' });
});

it('says why an approval was refused', async () => {
  wire.use(
    http.post('/api/v1/calendar/bookings/r1/approval', () =>
      problem(409, 'wrong-status', { title: 'This request has been answered' }),
    ),
  );
  renderApp('/bookings?show=requests');
  await tap.button('Approve');
  expect(await screen.findByRole('alert')).toHaveTextContent('This request has been answered');
});

it('is not for learners', async () => {
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'learner' })));
  const { router } = renderApp('/bookings');
  await screen.findByRole('heading', { name: 'My lessons' });
  expect(router.state.location.pathname).toBe('/lessons');
});
