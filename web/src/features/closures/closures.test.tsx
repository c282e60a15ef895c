import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, booking } from '../../../test/world';

const PATH = '/api/v1/closures';
const christmas = {
  id: 'c1',
  name: 'Christmas',
  from: '2026-12-24',
  to: '2026-12-27',
  affected: [],
  version: 1,
};
beforeEach(() => {
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get(PATH, () =>
      list([{ ...christmas, id: 'c0', name: 'Snow', from: '2026-01-05', to: '2026-01-06' }, christmas]),
    ),
  );
});
const fill = async (label: string, value: string) => {
  const input = await screen.findByLabelText(label);
  await userEvent.clear(input);
  await userEvent.type(input, value);
};

it('says the last day on which it is closed, what lies ahead first', async () => {
  renderApp('/manage/closures');
  const names = await screen.findAllByRole('heading', { level: 2 });
  expect(names.map((name) => name.textContent)).toEqual(['Christmas', 'SnowOver']);
  expect(screen.getByText('Thu 24 Dec – Sat 26 Dec 2026, 3 days')).toBeVisible();
  await expectNoAxeFindings();
});

it('shows the lessons in a new closure: one is kept, one cancelled with a reason, one can be moved', async () => {
  let sent: unknown;
  let reason: unknown;
  wire.use(
    http.post(PATH, async ({ request }) => {
      sent = await request.json();
      return json({ ...christmas, id: 'c2', name: 'Outing', affected: ['b1', 'b2'] }, 201);
    }),
    http.get('/api/v1/calendar/bookings/:id', ({ params }) => json(booking({ id: params['id'] as string }))),
    http.post('/api/v1/calendar/bookings/b2/cancellation', async ({ request }) => {
      reason = await request.json();
      const cancelled = booking({ id: 'b2', status: 'cancelled', can: [] });
      wire.use(http.get('/api/v1/calendar/bookings/b2', () => json(cancelled)));
      return json(cancelled);
    }),
  );
  renderApp('/manage/closures');
  await tap.button('Add a closure');
  await fill('Why', 'Outing');
  await fill('First day closed', '2026-03-11');
  await fill('Last day closed', '2026-03-12');
  await tap.button('Add');
  const dialog = await screen.findByRole('dialog', { name: '2 lessons are affected' });
  expect(sent).toEqual({ name: 'Outing', from: '2026-03-11', to: '2026-03-13' });
  const [first, second] = await within(dialog).findAllByRole('listitem');
  expect(first).toHaveTextContent('Wednesday 11 March, 09:00 – 10:00');
  expect(within(first as HTMLElement).getByRole('link', { name: 'Move' })).toHaveAttribute(
    'href',
    '/lessons/b1/move',
  );
  await expectNoAxeFindings();
  await userEvent.click(within(first as HTMLElement).getByRole('button', { name: 'Keep' }));
  expect(first).toHaveTextContent('Stays as it is');
  await userEvent.click(within(second as HTMLElement).getByRole('button', { name: 'Cancel' }));
  const ask = await screen.findByRole('dialog', { name: 'Cancel this lesson?' });
  await userEvent.type(within(ask).getByRole('textbox'), 'Closed');
  await userEvent.click(within(ask).getByRole('button', { name: 'Cancel lesson' }));
  await expect.poll(() => second?.textContent).toContain('Cancelled');
  expect(reason).toEqual({ reason: 'Closed' });
});

it('marks the last day when it lies before the first', async () => {
  const errors = [{ pointer: '/to', message: 'Must be after the first day.' }];
  wire.use(http.patch(`${PATH}/c1`, () => problem(422, 'invalid-input', { errors })));
  renderApp('/manage/closures');
  await tap.button('Change Christmas');
  await fill('Last day closed', '2026-12-01');
  await tap.button('Save');
  await expect
    .poll(() => screen.getByLabelText('Last day closed'))
    .toHaveAccessibleDescription('Must be after the first day.');
  expect(screen.getByLabelText('Last day closed')).toHaveValue('2026-12-01');
});

it('says that there is none', async () => {
  wire.use(http.get(PATH, () => list([])));
  renderApp('/manage/closures');
  expect(await screen.findByText(/^No closure/)).toBeVisible();
});

const addClosure = async (hit: string[]) => {
  wire.use(http.post(PATH, () => json({ ...christmas, id: 'c2', name: 'Outing', affected: hit }, 201)));
  renderApp('/manage/closures');
  await tap.button('Add a closure');
  await fill('Why', 'Outing');
  await fill('First day closed', '2026-03-11');
  await fill('Last day closed', '2026-03-11');
  await tap.button('Add');
  return screen.findByRole('dialog', { name: /affected$/ });
};
const byId = new Map<string, ReturnType<typeof booking>>();
const serveLessons = (...ids: string[]) => {
  byId.clear();
  for (const id of ids) byId.set(id, booking({ id }));
  wire.use(
    http.get('/api/v1/calendar/bookings/:id', ({ params }) => json(byId.get(params['id'] as string) ?? {})),
  );
};

it('cancels all with one reason, one after the other; what fails says why and can be tried again', async () => {
  const reasons: unknown[] = [];
  let isBroken = true;
  serveLessons('b1', 'b2', 'b3');
  wire.use(
    http.post('/api/v1/calendar/bookings/:id/cancellation', async ({ request, params }) => {
      const id = params['id'] as string;
      reasons.push([id, await request.json(), request.headers.get('If-Match')]);
      if (id === 'b2' && isBroken) return problem(503, 'unavailable');
      const cancelled = booking({ id, status: 'cancelled', can: [] });
      byId.set(id, cancelled);
      return json(cancelled);
    }),
  );
  const dialog = await addClosure(['b1', 'b2', 'b3']);
  const rows = await within(dialog).findAllByRole('listitem');
  await within(rows[2] as HTMLElement).findByRole('button', { name: 'Keep' });
  await userEvent.click(within(rows[2] as HTMLElement).getByRole('button', { name: 'Keep' }));
  await userEvent.type(within(dialog).getByLabelText(/^Reason for cancelling/), 'Closed');
  await tap.button('Cancel all with this reason');
  expect(await within(rows[1] as HTMLElement).findByRole('alert')).toHaveTextContent('The service is busy');
  await expect.poll(() => rows[0]?.textContent).toContain('Cancelled');
  expect(rows[2]).toHaveTextContent('Stays as it is');
  isBroken = false;
  await expect.poll(() => screen.getByRole('button', { name: 'Cancel all with this reason' })).toBeEnabled();
  await tap.button('Cancel all with this reason');
  await expect.poll(() => rows[1]?.textContent).toContain('Cancelled');
  expect(within(dialog).queryByRole('alert')).toBeNull();
  expect(reasons).toEqual(['b1', 'b2', 'b2'].map((id) => [id, { reason: 'Closed' }, '"3"']));
});

it('shows the next free times of the same instructor, moves what is confirmed, and says what was refused', async () => {
  const moves: unknown[] = [];
  serveLessons('b1', 'b2');
  wire.use(
    http.patch('/api/v1/calendar/bookings/:id', async ({ request, params }) => {
      const id = params['id'] as string;
      const { start } = (await request.json()) as { start: string };
      moves.push([id, start, request.headers.get('If-Match')]);
      const refusals = [{ rule: 'slot-taken' as const, message: 'The time is taken.' }];
      if (id === 'b2') return problem(409, 'slot-taken', { refusals });
      byId.set(id, booking({ id, start, version: 4 }));
      return json(byId.get(id) ?? {});
    }),
  );
  const dialog = await addClosure(['b1', 'b2']);
  await tap.button('Move all to the next free time…');
  const proposals = await within(dialog).findByRole('region', { name: 'The next free times' });
  expect(moves).toEqual([]);
  expect(within(proposals).getAllByRole('checkbox')).toHaveLength(2);
  await expectNoAxeFindings();
  await userEvent.click(within(proposals).getByRole('button', { name: 'Move 2 lessons' }));
  expect(await within(dialog).findByText('The time is taken.')).toBeVisible();
  expect(within(dialog).getByText('Moved')).toBeVisible();
  expect(moves).toEqual([
    ['b1', '2026-03-13T09:00:00Z', '"3"'],
    ['b2', '2026-03-13T13:30:00Z', '"3"'],
  ]);
});
