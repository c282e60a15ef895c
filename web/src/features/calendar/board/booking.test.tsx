import { fireEvent, screen, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lesson, of, serveBoard, URL_OF_DAY } from '../../../../test/board';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { free, refusal } from '../../../../test/week';
import { json, problem, wire } from '../../../../test/wire';
import { booking } from '../../../../test/world';

beforeEach(() => {
  serveBoard();
  wire.use(
    http.get('/api/v1/calendar/availability', () =>
      json({ ...free('2026-03-11T13:00:00Z'), days: [{ date: '2026-03-11', count: 1 }] }),
    ),
  );
});

/** With a learner chosen. */
async function openSheet(user: UserEvent) {
  await lesson();
  await user.click(screen.getByRole('button', { name: 'Book a lesson' }));
  const sheet = await screen.findByRole('dialog', { name: 'Book a lesson' });
  await user.selectOptions(within(sheet).getByLabelText('Learner'), 'Jamie Learner');
  return sheet;
}

describe('booking from the board', () => {
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

  it('cancels what was just booked from its notice, and takes that back too', async () => {
    const sent: string[] = [];
    const made = booking({ id: 'b9', version: 1 });
    wire.use(
      http.post('/api/v1/calendar/bookings', () => json(made, 201)),
      http.post('/api/v1/calendar/bookings/b9/:verb', ({ request, params }) => {
        sent.push(`${String(params['verb'])} ${request.headers.get('If-Match') ?? ''}`);
        const isOver = params['verb'] === 'cancellation';
        return json({ ...made, status: isOver ? 'cancelled' : 'booked', version: 2, can: ['undo'] });
      }),
    );
    const { user } = renderApp(URL_OF_DAY);
    const sheet = await openSheet(user);
    await user.click(await within(sheet).findByRole('radio', { name: '13:00' }));
    await user.click(within(sheet).getByRole('button', { name: 'Book Wed 11 Mar, 13:00' }));
    await tap.button('Cancel lesson');
    await screen.findByText('The lesson of Jamie Learner on Wed 11 Mar, 09:00 is cancelled.');
    await tap.button('Undo');
    await screen.findByText(/^Taken back/);
    expect(sent).toEqual(['cancellation "1"', 'undo "2"']);
  });

  it('at a time that is not offered says what speaks against it, and books all the same for a reason', async () => {
    const asked: (string | null)[] = [];
    const sent: unknown[] = [];
    wire.use(
      http.get('/api/v1/calendar/explain', ({ request }) => {
        asked.push(['instructor_id', 'learner_id', 'start'].map((name) => of(request, name)).join(' '));
        return json({ bookable: false, refusals: [refusal] });
      }),
      http.post('/api/v1/calendar/bookings', async ({ request }) => {
        sent.push(await request.json());
        return json(booking({ id: 'b9', instructor_id: 'ben' }), 201);
      }),
    );
    const { user } = renderApp(URL_OF_DAY);
    const sheet = await openSheet(user);
    await user.selectOptions(within(sheet).getByLabelText('Instructor'), 'Ben Carter');
    await user.click(within(sheet).getByText('Another time'));
    fireEvent.change(within(sheet).getByLabelText('Time'), { target: { value: '07:00' } });
    const alert = await within(sheet).findByRole('alert');
    await within(alert).findByText('Wed 11 Mar, 07:00 is not possible.');
    expect(alert).toHaveTextContent(refusal.message);
    await expectNoAxeFindings();
    expect(asked.at(-1)).toBe('ben jamie 2026-03-11T07:00:00Z');
    await user.click(within(sheet).getByText('Book it all the same'));
    await user.type(within(sheet).getByLabelText(/Why the rule/), 'Before the test');
    await user.click(within(sheet).getByRole('button', { name: 'Set the rule aside' }));
    await screen.findByText(/^Jamie Learner is booked/);
    expect(sent).toEqual([
      {
        lesson_type_id: 'standard',
        learner_id: 'jamie',
        instructor_id: 'ben',
        start: '2026-03-11T07:00:00Z',
        override: ['outside-hours'],
        reason: 'Before the test',
      },
    ]);
  });

  it('refused by the server is booked all the same, unless a rule is a hard one', async () => {
    const sent: unknown[] = [];
    const daily = { rule: 'learner-daily-maximum' as const, message: 'One lesson a day.' };
    const taken = { rule: 'slot-taken' as const, message: 'Another lesson runs then.' };
    wire.use(
      http.post('/api/v1/calendar/bookings', async ({ request }) => {
        sent.push(await request.json());
        const refusals = sent.length === 1 ? [daily] : [daily, taken];
        return problem(409, refusals.at(-1)?.rule ?? '', { refusals });
      }),
    );
    const { user } = renderApp(URL_OF_DAY);
    const sheet = await openSheet(user);
    await user.click(await within(sheet).findByRole('radio', { name: '13:00' }));
    await user.click(within(sheet).getByRole('button', { name: 'Book Wed 11 Mar, 13:00' }));
    await user.click(await within(sheet).findByText('Book it all the same'));
    await user.type(within(sheet).getByLabelText(/Why the rule/), 'Agreed');
    await user.click(within(sheet).getByRole('button', { name: 'Set the rule aside' }));
    await within(sheet).findByText('Another lesson runs then.');
    expect(within(sheet).queryByText('Book it all the same')).not.toBeInTheDocument();
    expect(sent.at(-1)).toMatchObject({ override: ['learner-daily-maximum'], reason: 'Agreed' });
  });

  it('asks for a learner before it says anything of another time', async () => {
    const { user } = renderApp(URL_OF_DAY);
    await lesson();
    await user.click(screen.getByRole('button', { name: 'Book a lesson' }));
    const sheet = await screen.findByRole('dialog', { name: 'Book a lesson' });
    await user.click(within(sheet).getByText('Another time'));
    expect(within(sheet).getAllByText('Choose a learner first.')).toHaveLength(2);
    expect(within(sheet).queryByRole('alert')).not.toBeInTheDocument();
  });
});
