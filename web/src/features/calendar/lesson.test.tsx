import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { answerMoves, asked, free, given, moved, onGrid, serveWeek } from '../../../test/week';
import { json, list, problem, wire } from '../../../test/wire';
import { booking } from '../../../test/world';

beforeEach(() => {
  serveWeek();
});

describe('a lesson', () => {
  it('shows whom to meet where, and what happened', async () => {
    wire.use(
      http.get('/api/v1/calendar/bookings/b1/history', () =>
        json({
          items: [
            {
              version: 1,
              type: 'booking_made',
              at: '2026-03-01T12:00:00Z',
              actor: 'jamie',
              data: {
                start: '2026-03-11T09:00:00Z',
                end: '2026-03-11T10:00:00Z',
                calendar_unchecked: true,
              },
            },
          ],
        }),
      ),
    );
    const { user } = renderApp('/week');
    await user.click(await onGrid());
    const sheet = await screen.findByRole('dialog', { name: 'Jamie Learner' });
    expect(await within(sheet).findByText('12 Mill Lane, RB1 2AB')).toBeVisible();
    await user.click(within(sheet).getByText('What happened'));
    expect(await within(sheet).findByText('Sun 1 Mar, 12:00, Jamie Learner')).toBeInTheDocument();
    expect(within(sheet).getByText('Google could not say whether the instructor was free.')).toBeVisible();
    await expectNoAxeFindings();
  });

  it('that has begun asks how it went', async () => {
    let outcome: unknown;
    wire.use(
      http.get('/api/v1/calendar/bookings/g1', () => json(given)),
      http.post('/api/v1/calendar/bookings/g1/outcome', async ({ request }) => {
        outcome = await request.json();
        return json({ ...given, status: 'no_show', can: ['undo'] });
      }),
    );
    const { user } = renderApp('/week');
    await user.click(await screen.findByRole('button', { name: /06:00 – 06:45/ }));
    await tap.button('Did not come');
    expect(await screen.findByText('Recorded for Jamie Learner.')).toBeVisible();
    expect(outcome).toEqual({ outcome: 'no_show' });
  });

  it('is cancelled with a reason, and says when somebody changed it first', async () => {
    let reason: unknown;
    wire.use(http.post('/api/v1/calendar/bookings/b1/cancellation', () => problem(412, 'stale-version')));
    const { user } = renderApp('/week');
    await user.click(await onGrid());
    await tap.button('Cancel lesson');
    await user.type(await screen.findByRole('textbox'), 'The car is in repair');
    await tap.button('Cancel lesson');
    expect(await screen.findByRole('alert')).toHaveTextContent('Changed in the meantime');
    wire.use(
      http.post('/api/v1/calendar/bookings/b1/cancellation', async ({ request }) => {
        reason = await request.json();
        return json(booking({ status: 'cancelled', can: ['undo'] }));
      }),
    );
    await tap.button('Cancel lesson');
    expect(await screen.findByText(/on Wed 11 Mar, 09:00 is cancelled/)).toBeVisible();
    expect(reason).toEqual({ reason: 'The car is in repair' });
  });

  it('is moved without dragging to a time of the list', async () => {
    const moves = answerMoves(() =>
      json(moved({ start: '2026-03-12T09:00:00Z', end: '2026-03-12T10:00:00Z' })),
    );
    wire.use(
      http.get('/api/v1/calendar/availability', () =>
        json({ ...free('2026-03-12T09:00:00Z'), days: [{ date: '2026-03-12', count: 1 }] }),
      ),
    );
    const { user } = renderApp('/week');
    await user.click(await onGrid());
    await tap.button('Move');
    await tap.time('09:00');
    await expectNoAxeFindings();
    await tap.button('Move to Thu 12 Mar, 09:00');
    await screen.findByText(/now Thu 12 Mar, 09:00/);
    expect(moves).toEqual([['"3"', { start: '2026-03-12T09:00:00Z' }]]);
  });
});

describe('a request', () => {
  it('is approved in one tap', async () => {
    const approved = vi.fn(() => json({ ...asked, status: 'booked' }));
    wire.use(http.post('/api/v1/calendar/bookings/r1/approval', approved));
    renderApp('/week');
    await tap.button('Approve');
    expect(await screen.findByText('Jamie Learner has the lesson on Thu 12 Mar, 13:00.')).toBeVisible();
    expect(approved).toHaveBeenCalledOnce();
  });

  it('is refused with a reason', async () => {
    let reason: unknown;
    wire.use(
      http.get('/api/v1/calendar/bookings/r1', () => json(asked)),
      http.post('/api/v1/calendar/bookings/r1/refusal', async ({ request }) => {
        reason = await request.json();
        return json({ ...asked, status: 'refused', can: [] });
      }),
    );
    const { user } = renderApp('/week');
    await tap.button('Refuse');
    const sheet = await screen.findByRole('dialog', { name: 'Refuse this request?' });
    await user.type(within(sheet).getByRole('textbox'), 'No car');
    await user.click(within(sheet).getByRole('button', { name: 'Refuse' }));
    await waitFor(() => {
      expect(reason).toEqual({ reason: 'No car' });
    });
  });
});

describe('time off', () => {
  const off = {
    id: 'o1',
    start: '2026-03-11T00:00:00Z',
    end: '2026-03-12T00:00:00Z',
    version: 1,
    affected: ['b1'],
  };

  it('is added by days, and asks what becomes of the lessons in it', async () => {
    const sent: unknown[] = [];
    wire.use(
      http.post('/api/v1/instructors/asha/time-off', async ({ request }) => {
        sent.push(await request.json());
        return json(off, 201);
      }),
      http.post('/api/v1/calendar/bookings/b1/cancellation', async ({ request }) => {
        sent.push(await request.json());
        return json(booking({ version: 4, status: 'cancelled', can: ['undo'] }));
      }),
    );
    const { user } = renderApp('/week');
    await tap.button('Time off');
    fireEvent.change(await screen.findByLabelText('First day'), { target: { value: '2026-03-11' } });
    fireEvent.change(screen.getByLabelText('Last day'), { target: { value: '2026-03-11' } });
    await expectNoAxeFindings();
    await tap.button('Add time off');
    const sheet = await screen.findByRole('dialog', { name: 'Lessons in your time off' });
    expect(await within(sheet).findByText(/Wed 11 Mar, 09:00 – 10:00/)).toBeVisible();
    await expectNoAxeFindings();
    await user.click(within(sheet).getByRole('button', { name: 'Cancel lesson' }));
    expect(await within(sheet).findByRole('button', { name: 'Undo' })).toBeVisible();
    expect(sent).toEqual([
      { start: '2026-03-11T00:00:00Z', end: '2026-03-12T00:00:00Z' },
      { reason: 'Your instructor is not available.' },
    ]);
  });

  it('is refused where the end is before the start', async () => {
    renderApp('/week');
    await tap.button('Time off');
    fireEvent.change(await screen.findByLabelText('Last day'), { target: { value: '2026-03-01' } });
    await tap.button('Add time off');
    expect(await screen.findByRole('alert')).toHaveTextContent('This is before the start.');
  });

  it('is listed and removed, and comes back with Undo', async () => {
    const added = vi.fn(() => json(off, 201));
    wire.use(
      http.get('/api/v1/instructors/asha/time-off', () => list([off])),
      http.delete('/api/v1/instructors/asha/time-off/o1', () => new HttpResponse(null, { status: 204 })),
      http.post('/api/v1/instructors/asha/time-off', added),
    );
    renderApp('/week');
    await tap.button('Time off');
    expect(await screen.findByRole('button', { name: 'One lesson in it' })).toBeVisible();
    await tap.button('Remove');
    await tap.button('Undo');
    await waitFor(() => {
      expect(added).toHaveBeenCalledOnce();
    });
  });

  it('is changed over the version that was seen', async () => {
    const sent: unknown[] = [];
    wire.use(
      http.get('/api/v1/instructors/asha/time-off', () => list([{ ...off, title: 'Dentist' }])),
      http.patch('/api/v1/instructors/asha/time-off/o1', async ({ request }) => {
        sent.push([await request.json(), request.headers.get('If-Match')]);
        return json({ ...off, version: 2, affected: [] });
      }),
    );
    renderApp('/week');
    await tap.button('Time off');
    await tap.button('Change');
    expect(screen.getByLabelText('First day')).toHaveValue('2026-03-11');
    expect(screen.getByLabelText('Last day')).toHaveValue('2026-03-11');
    fireEvent.change(screen.getByLabelText('Last day'), { target: { value: '2026-03-12' } });
    await tap.button('Save the change');
    expect(await screen.findByRole('button', { name: 'Add time off' })).toBeVisible();
    const span = { start: off.start, end: '2026-03-13T00:00:00Z' };
    expect(sent).toEqual([[{ ...span, title: 'Dentist' }, '"1"']]);
  });

  it('when ill takes the rest of today with one tap', async () => {
    let sent: unknown;
    wire.use(
      http.post('/api/v1/instructors/asha/time-off', async ({ request }) => {
        sent = await request.json();
        return json({ ...off, affected: ['b1'] }, 201);
      }),
    );
    renderApp('/week');
    await tap.button('Ill today');
    expect(await screen.findByRole('dialog', { name: 'Lessons in your time off' })).toBeVisible();
    expect(sent).toEqual({ start: '2026-03-09T07:00:00Z', end: '2026-03-10T00:00:00Z' });
  });
});
