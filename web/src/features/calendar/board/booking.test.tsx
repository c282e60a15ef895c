import { fireEvent, screen, within } from '@testing-library/react';
import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lesson, serveBoard, URL_OF_DAY } from '../../../../test/board';
import { expectNoAxeFindings, renderApp } from '../../../../test/renderApp';
import { free } from '../../../../test/week';
import { json, wire } from '../../../../test/wire';
import { booking } from '../../../../test/world';

beforeEach(() => {
  serveBoard();
});

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
});
