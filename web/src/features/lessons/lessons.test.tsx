import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { booking } from '../../../test/world';
import { sortLessons } from './sortLessons';

const later = booking({
  id: 'b2',
  start: '2026-04-01T08:00:00Z',
  end: '2026-04-01T09:00:00Z',
  status: 'requested',
});
const done = booking({
  id: 'b3',
  start: '2026-02-01T09:00:00Z',
  end: '2026-02-01T10:00:00Z',
  status: 'delivered',
  can: [],
});
const gone = booking({
  id: 'b4',
  start: '2026-03-20T09:00:00Z',
  end: '2026-03-20T10:00:00Z',
  status: 'cancelled',
  can: [],
});
const serve = (...bookings: ReturnType<typeof booking>[]) => {
  wire.use(http.get('/api/v1/calendar/bookings', () => list(bookings)));
};

it('puts the next lesson first, and what has ended or will not happen last', () => {
  const sorted = sortLessons([later, done, gone, booking()], new Date('2026-03-09T07:00:00Z'));
  expect(sorted.next?.id).toBe('b1');
  expect(sorted.upcoming.map((each) => each.id)).toEqual(['b2']);
  expect(sorted.past.map((each) => each.id)).toEqual(['b4', 'b3']);
});

it('still shows a lesson as the next one while it is being given', () => {
  expect(sortLessons([booking()], new Date('2026-03-11T09:59:00Z')).next?.id).toBe('b1');
  expect(sortLessons([booking()], new Date('2026-03-11T10:00:00Z')).next).toBeUndefined();
});

describe('my lessons', () => {
  it('shows the next one with all that matters', async () => {
    serve(booking(), later, done);
    renderApp('/lessons');
    const next = await screen.findByRole('region', { name: 'Next lesson' });
    expect(next).toHaveTextContent('in 2 days');
    expect(next).toHaveTextContent('Wednesday 11 March');
    expect(next).toHaveTextContent('09:00 – 10:00');
    expect(await within(next).findByText('Asha Patel')).toBeVisible();
    expect(await within(next).findByText('12 Mill Lane, RB1 2AB')).toBeVisible();
    expect(next).toHaveTextContent('Free to cancel until Mon 9 Mar, 09:00.');
    expect(screen.getByText('Requested')).toBeVisible();
    await expectNoAxeFindings();
  });

  it('leads to the booking page when there is none', async () => {
    serve();
    renderApp('/lessons');
    expect(await screen.findByText('No lesson ahead')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Book a lesson' })).toHaveAttribute('href', '/book');
  });

  it('offers no button for what cannot be done', async () => {
    serve(booking({ can: [] }));
    renderApp('/lessons');
    await screen.findByRole('region', { name: 'Next lesson' });
    expect(screen.queryByRole('link', { name: /Move/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Cancel/ })).not.toBeInTheDocument();
  });
});

describe('cancelling', () => {
  it('says until when it is free, cancels the version that was shown, and can be taken back', async () => {
    serve(booking());
    const seen: unknown[] = [];
    wire.use(
      http.post('/api/v1/calendar/bookings/b1/cancellation', async ({ request }) => {
        seen.push(request.headers.get('If-Match'), await request.json());
        return json(booking({ version: 4, status: 'cancelled', can: ['undo'] }));
      }),
      http.post('/api/v1/calendar/bookings/b1/undo', ({ request }) => {
        seen.push(request.headers.get('If-Match'));
        return json(booking({ version: 5 }));
      }),
    );
    const { user } = renderApp('/lessons');
    await tap.button(/Cancel lesson/);
    const dialog = await screen.findByRole('dialog', { name: 'Cancel this lesson?' });
    expect(dialog).toHaveTextContent('Free to cancel until Mon 9 Mar, 09:00.');
    await expectNoAxeFindings();
    await user.type(within(dialog).getByLabelText('Reason (optional)'), 'Ill');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel lesson' }));
    expect(await screen.findByText('Your lesson on Wed 11 Mar, 09:00 is cancelled.')).toBeVisible();
    await tap.button('Undo');
    expect(await screen.findByText(/Taken back/)).toBeVisible();
    expect(seen).toEqual(['"3"', { reason: 'Ill' }, '"4"']);
  });

  it('says whom to call when it is too late', async () => {
    serve(booking());
    wire.use(http.post('/api/v1/calendar/bookings/b1/cancellation', () => problem(422, 'too-late')));
    const { user } = renderApp('/lessons');
    await tap.button(/Cancel lesson/);
    await user.click(
      within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel lesson' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('too late to cancel');
  });
});

describe('moving', () => {
  const moves: { match: string | null; body: unknown }[] = [];
  const answerMoves = (...answers: (() => Response)[]) => {
    moves.length = 0;
    wire.use(
      http.patch('/api/v1/calendar/bookings/b1', async ({ request }) => {
        moves.push({ match: request.headers.get('If-Match'), body: await request.json() });
        return (answers[Math.min(moves.length, answers.length) - 1] as () => Response)();
      }),
    );
  };

  it('marks the old day, leaves out the old time, and moves to the new one', async () => {
    answerMoves(() => json(booking({ version: 4, start: '2026-03-12T13:30:00Z', can: ['undo'] })));
    const asked: URLSearchParams[] = [];
    wire.events.on('request:start', ({ request }) => {
      if (request.url.includes('/availability')) asked.push(new URL(request.url).searchParams);
    });
    const { user } = renderApp('/lessons/b1/move');
    expect(
      await screen.findByRole('radio', { name: /Wednesday 11 March.*Your lesson is on this day/ }),
    ).toBeChecked();
    expect(screen.queryByRole('radio', { name: '09:00' })).not.toBeInTheDocument();
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      booking_id: 'b1',
      instructor_id: 'asha',
      lesson_type_id: 'standard',
    });
    await user.click(screen.getByRole('radio', { name: /Thursday 12 March/ }));
    await tap.time('13:30');
    await expectNoAxeFindings();
    await tap.button('Move lesson');
    expect(await screen.findByText('Moved to Thu 12 Mar, 13:30.')).toBeVisible();
    expect(moves).toEqual([{ match: '"3"', body: { start: '2026-03-12T13:30:00Z' } }]);
  });

  it('keeps the old time when the new one is refused, and takes an alternative with one tap', async () => {
    answerMoves(
      () =>
        problem(409, 'slot-taken', {
          refusals: [{ rule: 'slot-taken', message: 'Asha Patel already has a lesson then.' }],
          alternatives: [
            {
              start: '2026-03-13T09:00:00Z',
              end: '2026-03-13T10:00:00Z',
              instructor_id: 'ben',
              vehicle_id: null,
            },
          ],
        }),
      () => json(booking({ version: 4, start: '2026-03-13T09:00:00Z' })),
    );
    renderApp('/lessons/b1/move');
    await tap.time('18:00');
    await tap.button('Move lesson');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      '18:00 was just taken. Your lesson stays where it is.',
    );
    await tap.button(/Fri 13 Mar, 09:00/);
    expect(await screen.findByText('Moved to Fri 13 Mar, 09:00.')).toBeVisible();
    expect(moves[1]?.body).toEqual({ start: '2026-03-13T09:00:00Z', instructor_id: 'ben' });
  });

  it('says so when somebody else changed the lesson first', async () => {
    answerMoves(() => problem(412, 'stale-version'));
    renderApp('/lessons/b1/move');
    await tap.time('18:00');
    await tap.button('Move lesson');
    expect(await screen.findByRole('alert')).toHaveTextContent('Changed in the meantime');
  });
});

it('confirms a booking with all its facts and ways into a calendar', async () => {
  renderApp('/booked/b1');
  await screen.findByRole('heading', { name: 'You’re booked' });
  expect(await screen.findByText('Asha Patel')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Add to calendar' })).toHaveAttribute('download', 'lesson.ics');
  expect(screen.getByRole('link', { name: 'Book another' })).toHaveAttribute('href', '/book');
  await expectNoAxeFindings();
});

it('says when the school has yet to answer', async () => {
  wire.use(http.get('/api/v1/calendar/bookings/b1', () => json(booking({ status: 'requested' }))));
  renderApp('/booked/b1');
  expect(await screen.findByRole('heading', { name: 'Sent to the school' })).toBeVisible();
});

it('says when a booking is not there', async () => {
  wire.use(http.get('/api/v1/calendar/bookings/b1', () => problem(404, 'not-found')));
  renderApp('/booked/b1');
  expect(await screen.findByRole('alert')).toHaveTextContent('This is not there');
});
