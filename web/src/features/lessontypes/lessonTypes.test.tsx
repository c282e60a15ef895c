import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, lessonType } from '../../../test/world';

const PATH = '/api/v1/lesson-types';
beforeEach(() => {
  wire.use(http.get('/api/v1/me', () => json(admin)));
});

it('lists what can be booked and says the notices as a person would', async () => {
  renderApp('/manage/lesson-types');
  const row = (await screen.findByRole('heading', { name: 'Standard lesson' })).closest('li') as HTMLElement;
  expect(row).toHaveTextContent('1 hour, £38.00, Manual, starts every 30 min');
  expect(row).toHaveTextContent('Book until 5 hours before, move until 1 day before, cancel until 2 days');
  await expectNoAxeFindings();
});

it('is not for learners', async () => {
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'learner' })));
  const { router } = renderApp('/manage/lesson-types');
  await expect.poll(() => router.state.location.pathname).toBe('/book');
});

it('adds one with its own key and everything that was asked', async () => {
  const sent = vi.fn();
  wire.use(
    http.post(PATH, async ({ request }) => {
      sent(await request.json(), request.headers.get('Idempotency-Key')?.length);
      return json(lessonType({ id: 'new' }), 201);
    }),
  );
  renderApp('/manage/lesson-types');
  await tap.button('Add a lesson type');
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText('Name'), 'Night drive');
  await userEvent.clear(within(dialog).getByLabelText('Price (GBP)'));
  await userEvent.type(within(dialog).getByLabelText('Price (GBP)'), '42.5');
  await expectNoAxeFindings();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Add' }));
  expect(await screen.findByText('Saved.')).toBeVisible();
  const [body, key] = sent.mock.calls[0] as [object, number];
  expect(body).toMatchObject({
    name: 'Night drive',
    price: { amount_minor: 4250, currency: 'GBP' },
    notice_book_minutes: 300,
    notice_cancel_minutes: 2880,
    needs_vehicle: true,
  });
  expect(key).toBe(32);
});

it('sends only what was changed', async () => {
  let sent: unknown;
  wire.use(
    http.patch(`${PATH}/standard`, async ({ request }) => {
      sent = [await request.json(), request.headers.get('If-Match')];
      return json(lessonType({ version: 2 }));
    }),
  );
  renderApp('/manage/lesson-types');
  await tap.button('Change Standard lesson');
  const amount = await screen.findByLabelText('Book until');
  await userEvent.clear(amount);
  await userEvent.type(amount, '3');
  await userEvent.selectOptions(screen.getByLabelText('Book until: unit'), 'days');
  await tap.button('Save');
  await expect.poll(() => sent).toEqual([{ notice_book_minutes: 4320 }, '"1"']);
});

it('marks what the server finds wrong at its field', async () => {
  const errors = [{ pointer: '/length_minutes', message: 'Must be a multiple of five.' }];
  wire.use(http.patch(`${PATH}/standard`, () => problem(422, 'invalid-input', { errors })));
  renderApp('/manage/lesson-types');
  await tap.button('Change Standard lesson');
  const length = await screen.findByLabelText('Length (minutes)');
  await userEvent.clear(length);
  await userEvent.type(length, '65');
  await tap.button('Save');
  expect(await screen.findByRole('heading', { name: 'One thing to put right' })).toBeVisible();
  expect(await screen.findByLabelText('Length (minutes)')).toHaveAccessibleDescription(
    'Must be a multiple of five.',
  );
  expect(screen.getByLabelText('Length (minutes)')).toHaveValue(65);
});

it('shows theirs beside mine when somebody was faster, and saves mine over it when told to', async () => {
  const theirs = lessonType({ name: 'Hour lesson', version: 7 });
  const matches: (string | null)[] = [];
  wire.use(
    http.get(`${PATH}/standard`, () => json(theirs)),
    http.patch(`${PATH}/standard`, ({ request }) => {
      matches.push(request.headers.get('If-Match'));
      return matches.length === 1 ? problem(412, 'stale-version') : json({ ...theirs, version: 8 });
    }),
  );
  renderApp('/manage/lesson-types');
  await tap.button('Change Standard lesson');
  const name = await screen.findByLabelText('Name');
  await userEvent.clear(name);
  await userEvent.type(name, 'Usual lesson');
  await tap.button('Save');
  const row = await screen.findByRole('row', { name: /Name Hour lesson Usual lesson/ });
  expect(row).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Save mine');
  expect(await screen.findByText('Saved.')).toBeVisible();
  expect(matches).toEqual(['"1"', '"7"']);
});

it('keeps what has lessons, says how many, and offers to switch it off', async () => {
  let patch: unknown;
  wire.use(
    http.delete(`${PATH}/standard`, () => problem(409, 'in-use', { count: 14 })),
    http.patch(`${PATH}/standard`, async ({ request }) => {
      patch = await request.json();
      return json(lessonType({ active: false }));
    }),
  );
  renderApp('/manage/lesson-types');
  await tap.button('Remove Standard lesson');
  await tap.button('Remove');
  expect(await screen.findByText('Standard lesson stays: 14 lessons are kept with the name')).toBeVisible();
  await tap.button('Switch off instead');
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Can be booked' }));
  await tap.button('Save');
  await expect.poll(() => patch).toEqual({ active: false });
});

it('removes what nobody needs', async () => {
  wire.use(http.delete(`${PATH}/double`, () => new HttpResponse(null, { status: 204 })));
  renderApp('/manage/lesson-types');
  await tap.button('Remove Double lesson');
  wire.use(http.get(PATH, () => list([lessonType()])));
  await tap.button('Remove');
  expect(await screen.findByText('Double lesson is removed.')).toBeVisible();
  await expect.poll(() => screen.queryByRole('heading', { name: 'Double lesson' })).toBeNull();
});

it('says why there is nothing and what to do', async () => {
  wire.use(http.get(PATH, () => list([])));
  renderApp('/manage/lesson-types');
  expect(await screen.findByText('No lesson type yet, so nobody can book')).toBeVisible();
  expect(screen.getAllByRole('button', { name: 'Add a lesson type' })).toHaveLength(1);
});

it('keeps the old list under a failure', async () => {
  const { client } = renderApp('/manage/lesson-types');
  await screen.findByRole('heading', { name: 'Standard lesson' });
  wire.use(http.get(PATH, () => problem(503, 'unavailable')));
  void client.invalidateQueries({ queryKey: ['lesson-types'] });
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
  expect(screen.getByRole('heading', { name: 'Standard lesson' })).toBeVisible();
});

it('saves nothing without a network', async () => {
  renderApp('/manage/lesson-types');
  await tap.button('Add a lesson type');
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  dispatchEvent(new Event('offline'));
  expect(await screen.findByText('No connection: this can be saved when it is back.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Add' })).toBeDisabled();
});
