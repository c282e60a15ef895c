import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '../../../lib/api';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { answerMoves, free, letGo, moved, press, refusal, serveWeek } from '../../../../test/week';
import { json, list, problem, wire } from '../../../../test/wire';
import { admin, booking, hours } from '../../../../test/world';

const URL_OF_DAY = '/board?date=2026-03-11';
const of = (request: Request, name: string) => new URL(request.url).searchParams.get(name);
const fiesta: Schema['Vehicle'] = {
  id: 'v1',
  name: 'Ford Fiesta',
  transmission: 'manual',
  turnaround_minutes: 15,
  driver_ids: ['asha', 'ben'],
  active: true,
  version: 1,
};

/** The office is signed in: Asha teaches at nine, Ben at ten. */
function serveBoard(options?: { isWide: boolean }) {
  serveWeek(options);
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/vehicles', () => list([fiesta, { ...fiesta, id: 'v2', name: 'Mini' }])),
    http.get('/api/v1/instructors/ben/hours', () => json(hours)),
    http.get('/api/v1/instructors/ben/overrides', () => json({ items: [], version: 1 })),
    http.get('/api/v1/instructors/ben/time-off', () =>
      list([
        { id: 'o1', start: '2026-03-11T15:00:00Z', end: '2026-03-11T17:00:00Z', version: 1, affected: [] },
      ]),
    ),
    http.get('/api/v1/calendar/bookings', ({ request }) =>
      list(
        of(request, 'status')
          ? []
          : [
              booking({ vehicle_id: 'v1' }),
              booking({
                id: 'b2',
                instructor_id: 'ben',
                vehicle_id: null,
                start: '2026-03-11T10:00:00Z',
                end: '2026-03-11T11:00:00Z',
              }),
            ],
      ),
    ),
    http.get('/api/v1/calendar/availability', ({ request }) =>
      json(
        of(request, 'instructor_id') === 'ben'
          ? free('2026-03-11T09:00:00Z', '2026-03-11T14:00:00Z')
          : free('2026-03-11T09:00:00Z', '2026-03-11T13:00:00Z'),
      ),
    ),
  );
}

const lesson = () => screen.findByRole('button', { name: /^Jamie Learner 09:00 – 10:00/ });

beforeEach(() => {
  serveBoard();
});

describe('the board', () => {
  it('is where the office lands: who teaches whom today, with hours, buffers and time off', async () => {
    const { router } = renderApp('/');
    expect(await screen.findByRole('heading', { level: 1, name: 'Day board' })).toBeVisible();
    expect(router.state.location.pathname).toBe('/board');
    expect(screen.getByText('Monday 9 March')).toBeVisible();
    await router.navigate({ to: '/board', search: { date: '2026-03-11' } });
    expect(await lesson()).toHaveTextContent('Standard lesson, Ford Fiesta Asha Patel');
    expect(screen.getByRole('button', { name: /10:00 – 11:00/ })).toHaveTextContent('Ben Carter');
    expect(screen.queryByText('Carl Retired')).not.toBeInTheDocument();
    expect(await screen.findByText('15:00 – 17:00')).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  it('moves a lesson to another instructor by keys, tells it, and offers to take it back', async () => {
    const moves = answerMoves(() => json(moved({ instructor_id: 'ben' })));
    renderApp(URL_OF_DAY);
    const held = await lesson();
    press(held, 'ArrowRight');
    expect(await screen.findByText('Wed 11 Mar, 09:00 – 10:00, Ben Carter: free')).toBeInTheDocument();
    letGo(held);
    expect(
      await screen.findByText('Jamie Learner: now Wed 11 Mar, 09:00 – 10:00, Ben Carter.'),
    ).toBeVisible();
    expect(moves).toEqual([['"3"', { start: '2026-03-11T09:00:00Z', instructor_id: 'ben' }]]);
    expect(screen.getByRole('button', { name: 'Undo' })).toBeVisible();
  });

  it('changes nothing where it may not go, says why, and offers everybody who is free', async () => {
    const asked: (string | null)[] = [];
    wire.use(
      http.get('/api/v1/calendar/explain', ({ request }) => {
        asked.push(of(request, 'instructor_id'));
        return json({ bookable: false, refusals: [refusal] });
      }),
    );
    const moves = answerMoves(() => json(moved({ instructor_id: 'ben' })));
    renderApp(URL_OF_DAY);
    const held = await lesson();
    press(held, 'ArrowRight', 'ArrowDown');
    await screen.findByText(/09:15 – 10:15, Ben Carter: not possible\. The lesson does not lie/);
    letGo(held);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The lesson stays where it is.');
    expect(new Set(asked)).toEqual(new Set(['ben']));
    expect(moves).toEqual([]);
    await userEvent.click(within(alert).getByRole('button', { name: 'Wed 11 Mar, 14:00, Ben Carter' }));
    await screen.findByText(/now Wed 11 Mar/);
    expect(moves).toEqual([['"3"', { start: '2026-03-11T14:00:00Z', instructor_id: 'ben' }]]);
  });

  it('springs back when the server refuses, with its alternatives of anybody', async () => {
    const other = { start: '2026-03-11T14:00:00Z', end: '2026-03-11T15:00:00Z', vehicle_id: null };
    answerMoves(() =>
      problem(409, 'slot-taken', {
        refusals: [{ rule: 'slot-taken', message: 'Another lesson runs then.' }],
        alternatives: [{ ...other, instructor_id: 'ben' }],
      }),
    );
    renderApp(URL_OF_DAY);
    const held = await lesson();
    press(held, 'ArrowRight');
    await screen.findByText(/Ben Carter: free/);
    letGo(held);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Another lesson runs then.');
    expect(within(alert).getByRole('button', { name: 'Wed 11 Mar, 14:00, Ben Carter' })).toBeVisible();
    expect(held).toHaveTextContent('Asha Patel');
  });

  it('has a column for each vehicle, and one for lessons without, into which none may go', async () => {
    const moves = answerMoves(() => json(moved({ vehicle_id: 'v2' })));
    const { router } = renderApp(URL_OF_DAY);
    await tap.time('Vehicles');
    await waitFor(() => {
      expect(router.state.location.search).toMatchObject({ by: 'vehicle', date: '2026-03-11' });
    });
    const held = await screen.findByRole('button', {
      name: /09:00.*Asha Patel, Standard lesson Ford Fiesta/,
    });
    expect(screen.getByRole('button', { name: /10:00 – 11:00/ })).toHaveTextContent(/No vehicle$/);
    press(held, 'ArrowRight', 'ArrowRight');
    expect(
      await screen.findByText(/No vehicle: not possible\. This lesson has a vehicle/),
    ).toBeInTheDocument();
    press(held, 'ArrowLeft');
    await screen.findByText(/Mini: free/);
    letGo(held);
    await screen.findByText(/now Wed 11 Mar, 09:00 – 10:00, Mini/);
    expect(moves).toEqual([['"3"', { start: '2026-03-11T09:00:00Z', vehicle_id: 'v2' }]]);
  });

  it('keeps its filter in the address', async () => {
    const { router, user } = renderApp(URL_OF_DAY);
    await lesson();
    await user.click(screen.getByText('All 2 columns'));
    await user.click(screen.getByRole('checkbox', { name: /Ben Carter/ }));
    expect(router.state.location.search).toMatchObject({ only: 'asha' });
    expect(screen.queryByRole('button', { name: /10:00 – 11:00/ })).not.toBeInTheDocument();
    await tap.button('Show all columns');
    expect(await screen.findByRole('button', { name: /10:00 – 11:00/ })).toBeInTheDocument();
  });

  it('opens the lesson that the address names, and moves it to somebody else without dragging', async () => {
    const moves = answerMoves(() => json(moved({ instructor_id: 'ben' })));
    wire.use(
      http.get('/api/v1/calendar/availability', ({ request }) =>
        json({
          ...free(of(request, 'instructor_id') === 'ben' ? '2026-03-11T14:00:00Z' : '2026-03-11T13:00:00Z'),
          days: [{ date: '2026-03-11', count: 1 }],
        }),
      ),
    );
    const { router, user } = renderApp(`${URL_OF_DAY}&lesson=b1`);
    const sheet = await screen.findByRole('dialog', { name: 'Jamie Learner' });
    await user.click(within(sheet).getByRole('button', { name: 'Move' }));
    await user.selectOptions(await screen.findByLabelText('Instructor'), 'Ben Carter');
    await tap.time('14:00');
    await tap.button('Move to Wed 11 Mar, 14:00');
    await waitFor(() => {
      expect(moves).toEqual([['"3"', { start: '2026-03-11T14:00:00Z', instructor_id: 'ben' }]]);
    });
    await waitFor(() => {
      expect(router.state.location.search).not.toHaveProperty('lesson');
    });
  });

  it('books a learner where it was tapped', async () => {
    const sent: unknown[] = [];
    wire.use(
      http.get('/api/v1/calendar/availability', () =>
        json({ ...free('2026-03-11T14:00:00Z'), days: [{ date: '2026-03-11', count: 1 }] }),
      ),
      http.post('/api/v1/calendar/bookings', async ({ request }) => {
        sent.push(await request.json());
        return json(booking({ id: 'b9', instructor_id: 'ben', can: ['undo'] }), 201);
      }),
    );
    const { user } = renderApp(URL_OF_DAY);
    await lesson();
    const ground = screen.getByRole('list', { name: 'Lessons' }).parentElement as HTMLElement;
    vi.spyOn(ground, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 200, 600));
    // The second column, six of the ten hours from eight on.
    fireEvent.click(ground, { clientX: 150, clientY: 365 });
    const sheet = await screen.findByRole('dialog', { name: 'Book a lesson' });
    expect(within(sheet).getByLabelText('Instructor')).toHaveDisplayValue('Ben Carter');
    expect(await within(sheet).findByRole('radio', { name: '14:00' })).toBeChecked();
    expect(within(sheet).getByRole('button', { name: /^Book/ })).toBeDisabled();
    await user.selectOptions(within(sheet).getByLabelText('Learner'), 'Jamie Learner');
    await expectNoAxeFindings();
    await user.click(await within(sheet).findByRole('button', { name: 'Book Wed 11 Mar, 14:00' }));
    expect(await screen.findByText(/^Jamie Learner is booked: .* with Ben Carter\.$/)).toBeVisible();
    expect(sent).toEqual([
      {
        lesson_type_id: 'standard',
        learner_id: 'jamie',
        start: '2026-03-11T14:00:00Z',
        instructor_id: 'ben',
      },
    ]);
  });

  it('on a phone is a list by instructor, with the gaps to book', async () => {
    serveBoard({ isWide: false });
    const { user } = renderApp(URL_OF_DAY);
    const column = await screen.findByRole('region', { name: /Asha Patel/ });
    expect(await within(column).findByText('Jamie Learner')).toBeVisible();
    await expectNoAxeFindings();
    await user.click(within(column).getByRole('button', { name: /^10:15 – 12:00/ }));
    const sheet = await screen.findByRole('dialog', { name: 'Book a lesson' });
    expect(within(sheet).getByLabelText('Instructor')).toHaveDisplayValue('Asha Patel');
  });

  it('without instructors says what comes next', async () => {
    wire.use(
      http.get('/api/v1/instructors', () => list([])),
      http.get('/api/v1/calendar/bookings', () => list([])),
    );
    renderApp(URL_OF_DAY);
    expect(await screen.findByRole('link', { name: 'Add an instructor' })).toHaveAttribute(
      'href',
      '/manage/instructors',
    );
  });

  it('keeps what it shows when part of it fails, and tries again', async () => {
    wire.use(http.get('/api/v1/instructors/ben/hours', () => problem(403, 'forbidden')));
    renderApp(URL_OF_DAY);
    expect(await lesson()).toBeVisible();
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    wire.use(http.get('/api/v1/instructors/ben/hours', () => json(hours)));
    await tap.button('Try again');
    await waitFor(() => {
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });
  });

  it('without a network can be read, not changed', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    renderApp(URL_OF_DAY);
    const held = await lesson();
    press(held, 'ArrowRight');
    letGo(held);
    expect(held).toHaveTextContent('Asha Patel');
    expect(screen.getByRole('button', { name: 'Book a lesson' })).toBeDisabled();
  });

  it('is not for instructors', async () => {
    serveWeek();
    const { router } = renderApp(URL_OF_DAY);
    await waitFor(() => {
      expect(router.state.location.pathname).toBe('/week');
    });
  });
});
