import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lesson, of, serveBoard, URL_OF_DAY, workingTimes } from '../../../../test/board';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { answerMoves, free, letGo, moved, press, refusal, serveWeek } from '../../../../test/week';
import { json, list, problem, wire } from '../../../../test/wire';

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

  it('asks once for the working time of everybody, and not again for a day of the same week', async () => {
    const asked: string[] = [];
    wire.use(
      http.get('/api/v1/calendar/working-time', ({ request }) => {
        asked.push(`${of(request, 'from')} ${of(request, 'to')}`);
        return json(workingTimes(of(request, 'from') ?? ''));
      }),
    );
    const { router } = renderApp(URL_OF_DAY);
    await lesson();
    await router.navigate({ to: '/board', search: { date: '2026-03-15' } });
    await screen.findByText('Sunday 15 March');
    await router.navigate({ to: '/board', search: { date: '2026-03-16' } });
    await waitFor(() => {
      expect(asked).toEqual(['2026-03-09 2026-03-16', '2026-03-16 2026-03-23']);
    });
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
    wire.use(http.get('/api/v1/calendar/working-time', () => problem(403, 'forbidden')));
    renderApp(URL_OF_DAY);
    expect(await lesson()).toBeVisible();
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    wire.use(http.get('/api/v1/calendar/working-time', () => json(workingTimes('2026-03-09'))));
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
