import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { booking } from '../../../test/world';

type Sent = { key: string | null; body: Record<string, unknown> };

/** Answers each booking in turn, the last one for ever; keeps what was sent. */
function answerBookings(...answers: (() => Response)[]) {
  const sent: Sent[] = [];
  wire.use(
    http.post('/api/v1/calendar/bookings', async ({ request }) => {
      sent.push({
        key: request.headers.get('Idempotency-Key'),
        body: (await request.json()) as Sent['body'],
      });
      return (answers[Math.min(sent.length, answers.length) - 1] as () => Response)();
    }),
  );
  return sent;
}
const booked = () => json(booking(), 201);
const taken = () =>
  problem(409, 'slot-taken', {
    refusals: [
      { rule: 'slot-taken', message: 'Asha Patel already has a lesson then.' },
      { rule: 'learner-weekly-maximum', message: 'At most two lessons a week.' },
    ],
    alternatives: [
      '2026-03-11T09:00:00Z',
      '2026-03-11T13:30:00Z',
      '2026-03-12T09:00:00Z',
      '2026-03-13T09:00:00Z',
    ].map((start) => ({ start, end: start, instructor_id: 'ben', vehicle_id: null })),
  });

const day = (name: RegExp) => screen.findByRole('radio', { name });

describe('booking', () => {
  it('takes two taps for the usual lesson', async () => {
    wire.use(
      http.get('/api/v1/calendar/bookings', () =>
        list([booking({ lesson_type_id: 'double', instructor_id: 'ben', pickup: 'station' })]),
      ),
    );
    const sent = answerBookings(booked);
    const { router } = renderApp('/book');
    await tap.time('09:00');
    await tap.button('Confirm');
    await screen.findByRole('heading', { name: 'You’re booked', level: 1 });
    expect(sent.map((each) => each.body)).toEqual([
      { lesson_type_id: 'double', start: '2026-03-11T09:00:00Z', instructor_id: 'ben', pickup: 'station' },
    ]);
    expect(router.state.location.pathname).toBe('/booked/b1');
  });

  it('takes five taps with every choice changed, and the address remembers them', async () => {
    const sent = answerBookings(booked);
    const { router } = renderApp('/book');
    await userEvent.click(await day(/Double lesson/));
    await userEvent.click(await day(/Asha Patel/));
    await userEvent.click(await day(/Thursday 12 March, 3 free times/));
    await tap.time('18:00');
    expect(router.state.location.search).toEqual({ type: 'double', who: 'asha', day: '2026-03-12' });
    await tap.button('Confirm');
    await screen.findByRole('heading', { name: 'You’re booked' });
    expect(sent[0]?.body).toMatchObject({
      lesson_type_id: 'double',
      start: '2026-03-12T18:00:00Z',
      instructor_id: 'asha',
    });
  });

  it('shows the first free day, times on the clock of the school, and says so', async () => {
    renderApp('/book');
    expect(await day(/Wednesday 11 March, 3 free times/)).toBeChecked();
    expect(screen.getByText('All times are in London')).toBeVisible();
    expect(screen.getByRole('group', { name: 'Afternoon' })).toContainElement(
      screen.getByRole('radio', { name: '13:30' }),
    );
  });

  it('goes over the change of the clock without losing an hour', async () => {
    renderApp('/book?from=2026-03-23&day=2026-03-30');
    expect(await screen.findByRole('radio', { name: '10:00' })).toHaveAttribute(
      'value',
      '2026-03-30T09:00:00Z',
    );
  });

  it('works with the keyboard alone', async () => {
    const sent = answerBookings(booked);
    const { user } = renderApp('/book');
    (await screen.findByRole('radio', { name: '09:00' })).focus();
    await user.keyboard(' ');
    screen.getByRole('button', { name: 'Confirm' }).focus();
    await user.keyboard('{Enter}');
    await screen.findByRole('heading', { name: 'You’re booked' });
    expect(sent).toHaveLength(1);
  });

  it('has nothing that a checker for accessibility objects to', async () => {
    renderApp('/book');
    await tap.time('09:00');
    await expectNoAxeFindings();
  });
});

describe('a time that was just taken', () => {
  it('says so in words, offers three others, and one tap books one', async () => {
    const sent = answerBookings(taken, booked);
    renderApp('/book');
    await tap.time('09:00');
    await tap.button('Confirm');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('09:00 was just taken. Nothing was booked.');
    expect(alert).toHaveTextContent('At most two lessons a week. Choose another week.');
    expect(alert).toHaveFocus();
    const others = within(alert).getAllByRole('button');
    expect(others).toHaveLength(3);
    expect(others[1]).toHaveTextContent('Wed 11 Mar, 13:30 with Ben Carter');
    await expectNoAxeFindings();
    await userEvent.click(others[1] as HTMLElement);
    await screen.findByRole('heading', { name: 'You’re booked' });
    expect(sent[1]?.body).toMatchObject({ start: '2026-03-11T13:30:00Z', instructor_id: 'ben' });
    expect(sent[1]?.key).not.toBe(sent[0]?.key);
  });

  it('says which rule refuses a time that nobody has taken', async () => {
    answerBookings(() =>
      problem(422, 'too-soon', {
        refusals: [{ rule: 'too-soon', message: 'Bookings close 5 hours before.' }],
      }),
    );
    renderApp('/book');
    await tap.time('09:00');
    await tap.button('Confirm');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      '09:00 cannot be booked. Nothing was booked.Bookings close 5 hours before. Choose a later time.',
    );
  });
});

describe('a server that fails', () => {
  it('is asked again with the same key, so that nothing is booked twice', async () => {
    const sent = answerBookings(() => problem(503, 'unavailable'), booked);
    renderApp('/book');
    await tap.time('09:00');
    await tap.button('Confirm');
    await screen.findByRole('heading', { name: 'You’re booked' }, { timeout: 5000 });
    expect(sent).toHaveLength(2);
    expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]?.key).toBe(sent[0]?.key);
  });

  it('lets the person try again after a lost answer, with the same key', async () => {
    const sent = answerBookings(() => HttpResponse.error(), booked);
    renderApp('/book');
    await tap.time('09:00');
    await tap.button('Confirm');
    expect(await screen.findByRole('alert')).toHaveTextContent('No answer');
    await tap.button('Try again');
    await screen.findByRole('heading', { name: 'You’re booked' });
    expect(sent[1]?.key).toBe(sent[0]?.key);
  });

  it('is told with the number of the request', async () => {
    wire.use(http.get('/api/v1/calendar/availability', () => problem(500, 'internal')));
    renderApp('/book');
    const alert = await screen.findByRole('alert', {}, { timeout: 5000 });
    expect(alert).toHaveTextContent('Something went wrong on our side');
    expect(alert).toHaveTextContent('5b1c9f');
  });

  it('leaves the old times on the page, and comes back with one tap', async () => {
    const { client } = renderApp('/book');
    await screen.findByRole('radio', { name: '09:00' });
    wire.use(http.get('/api/v1/calendar/availability', () => problem(500, 'internal'), { once: false }));
    await client.invalidateQueries({ queryKey: ['availability'] });
    expect(await screen.findByRole('alert', {}, { timeout: 5000 })).toBeVisible();
    expect(screen.getByRole('radio', { name: '09:00' })).toBeEnabled();
    wire.resetHandlers();
    await tap.button('Try again');
    await waitFor(() => {
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });
  });
});

it('tells somebody who may not book whom to ask', async () => {
  answerBookings(() => problem(403, 'forbidden'));
  renderApp('/book');
  await tap.time('09:00');
  await tap.button('Confirm');
  expect(await screen.findByRole('alert')).toHaveTextContent('You may not do thisAsk your school');
});

it('shows the size of what is coming while it loads', async () => {
  wire.use(http.get('/api/v1/lesson-types', () => new Promise<never>(() => undefined)));
  renderApp('/book');
  const heading = await screen.findByRole('heading', { name: 'Book a lesson' });
  expect(heading.parentElement).toHaveAttribute('aria-busy', 'true');
});

it('leads from a full day to the next free one, and from full weeks on', async () => {
  renderApp('/book?day=2026-03-09');
  expect(await screen.findByText('No free times on Monday 9 March')).toBeVisible();
  await tap.button('Go to Wed 11 Mar');
  expect(await screen.findByRole('radio', { name: '09:00' })).toBeVisible();
  await tap.button('Later');
  expect(await day(/Monday 23 March/)).toBeInTheDocument();
});

it('says when two weeks are full', async () => {
  wire.use(
    http.get('/api/v1/calendar/availability', () =>
      json({ time_zone: 'Europe/London', version: '1', days: [{ date: '2026-03-09', count: 0 }], slots: [] }),
    ),
  );
  renderApp('/book?who=asha');
  expect(await screen.findByText('No free times in these two weeks')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Look at any instructor' })).toBeVisible();
});

it('offers no confirming without a network', async () => {
  renderApp('/book');
  await tap.time('09:00');
  Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
  window.dispatchEvent(new Event('offline'));
  expect(await screen.findByText(/can be confirmed when it is back/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Confirm' })).toBeDisabled();
  Reflect.deleteProperty(navigator, 'onLine');
  window.dispatchEvent(new Event('online'));
});

it('adds a place to be picked up from, and takes it', async () => {
  wire.use(
    http.get('/api/v1/places', () => list([])),
    http.post('/api/v1/places', async ({ request }) => {
      const place = (await request.json()) as { text: string };
      wire.use(http.get('/api/v1/places', () => list([{ id: 'new', text: place.text, postcode: '' }])));
      return json({ id: 'new', text: place.text, postcode: '' }, 201);
    }),
  );
  const sent = answerBookings(booked);
  const { user } = renderApp('/book');
  await tap.time('09:00');
  await tap.button('Add a pick-up place');
  await user.type(await screen.findByLabelText('Where'), '3 Hill Road');
  await expectNoAxeFindings();
  await tap.button('Save place');
  expect(await screen.findByRole('option', { name: '3 Hill Road' })).toBeInTheDocument();
  await tap.button('Confirm');
  await waitFor(() => {
    expect(sent[0]?.body).toMatchObject({ pickup: 'new' });
  });
});

it('keeps what was chosen when the session ends, and goes on after the sign-in', async () => {
  let isEnded = false;
  const guard = () => (isEnded ? problem(401, 'unauthenticated') : undefined);
  wire.use(
    http.post('/api/v1/auth/refresh', guard),
    http.post('/api/v1/auth/login', () => {
      isEnded = false;
    }),
  );
  let bookings = 0;
  wire.use(http.post('/api/v1/calendar/bookings', () => guard() ?? (++bookings, booked())));
  const { user } = renderApp('/book');
  await tap.time('13:30');
  isEnded = true;
  await tap.button('Confirm');
  const dialog = await screen.findByRole('dialog', { name: 'Sign in again' });
  expect(within(dialog).getByLabelText('E-mail')).toHaveValue('learner@demo.test');
  expect(screen.getByRole('radio', { name: '13:30', hidden: true })).toBeChecked();
  await expectNoAxeFindings();
  await user.type(within(dialog).getByLabelText('Password'), 'roadbook-demo');
  await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
  await screen.findByRole('heading', { name: 'You’re booked' });
  expect(bookings).toBe(1);
});
