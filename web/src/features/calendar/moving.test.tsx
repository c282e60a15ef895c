import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { answerMoves, letGo, moved, onGrid, press, refusal, serveWeek } from '../../../test/week';
import { json, problem, wire } from '../../../test/wire';
import { booking } from '../../../test/world';

beforeEach(() => {
  serveWeek();
});

/** Keys while Alt is held. */
describe('moving', () => {
  it('by keys is one change, told, and can be taken back; the focus stays', async () => {
    const moves = answerMoves(() =>
      json(moved({ start: '2026-03-12T09:00:00Z', end: '2026-03-12T10:00:00Z' })),
    );
    const undone = vi.fn(() => json(booking({ version: 5 })));
    wire.use(http.post('/api/v1/calendar/bookings/b1/undo', undone));
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowDown', 'ArrowRight', 'ArrowUp');
    expect(await screen.findByText('Thu 12 Mar, 09:00 – 10:00: free')).toBeInTheDocument();
    letGo(lesson);
    expect(await screen.findByText('Jamie Learner: now Thu 12 Mar, 09:00 – 10:00.')).toBeVisible();
    expect(moves).toEqual([['"3"', { start: '2026-03-12T09:00:00Z' }]]);
    expect(lesson).toHaveFocus();
    await tap.button('Undo');
    await waitFor(() => {
      expect(undone).toHaveBeenCalled();
    });
  });

  it('to where it may not go changes nothing, says why, and offers what is free', async () => {
    const moves = answerMoves(() =>
      json(moved({ start: '2026-03-11T10:00:00Z', end: '2026-03-11T11:00:00Z' })),
    );
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowDown');
    expect(
      await screen.findByText(/09:15 – 10:15: not possible\. The lesson does not lie/),
    ).toBeInTheDocument();
    letGo(lesson);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Wed 11 Mar, 09:15 is not possible. The lesson stays where it is.');
    expect(alert).toHaveTextContent(refusal.message);
    expect(moves).toEqual([]);
    expect(lesson).toHaveFocus();
    await expectNoAxeFindings();
    await tap.button('Wed 11 Mar, 10:00');
    await screen.findByText(/now Wed 11 Mar, 10:00/);
    expect(moves).toEqual([['"3"', { start: '2026-03-11T10:00:00Z' }]]);
  });

  it('may set aside a rule that is no hard one, for a reason', async () => {
    const moves = answerMoves(() =>
      json(moved({ start: '2026-03-11T09:15:00Z', end: '2026-03-11T10:15:00Z' })),
    );
    const { user } = renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowDown');
    await screen.findByText(/not possible/);
    letGo(lesson);
    await user.click(await screen.findByText('Move there all the same'));
    await user.type(screen.getByLabelText(/Why the rule/), 'Agreed by phone');
    await tap.button('Set the rule aside');
    await screen.findByText(/now Wed 11 Mar, 09:15/);
    expect(moves).toEqual([
      ['"3"', { start: '2026-03-11T09:15:00Z', override: ['outside-hours'], reason: 'Agreed by phone' }],
    ]);
  });

  it('springs back when somebody was faster, and offers only own times', async () => {
    const other = { start: '2026-03-11T11:00:00Z', end: '2026-03-11T12:00:00Z', vehicle_id: null };
    answerMoves(() =>
      problem(409, 'slot-taken', {
        refusals: [{ rule: 'slot-taken', message: 'Another lesson runs 09:00-10:00.' }],
        alternatives: [
          { ...other, instructor_id: 'ben' },
          { ...other, start: '2026-03-12T14:00:00Z', instructor_id: 'asha' },
        ],
      }),
    );
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowRight');
    await screen.findByText(/: free$/);
    letGo(lesson);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Another lesson runs');
    expect(
      within(alert)
        .getAllByRole('button')
        .map((each) => each.textContent),
    ).toEqual(['Thu 12 Mar, 14:00', 'Close']);
    expect(within(alert).queryByText('Move there all the same')).not.toBeInTheDocument();
    expect(lesson).toHaveTextContent('Wednesday 11 March');
  });

  it('is forgotten with Escape', async () => {
    const moves = answerMoves(() => json(booking()));
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowRight');
    fireEvent.keyDown(lesson, { key: 'Escape' });
    letGo(lesson);
    expect(lesson).toHaveTextContent('Wednesday 11 March');
    expect(moves).toEqual([]);
  });

  it('changes the length by keys', async () => {
    const moves = answerMoves(() => json(moved({ end: '2026-03-11T10:30:00Z' })));
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'Shift+ArrowDown', 'Shift+ArrowDown');
    letGo(lesson);
    await screen.findByText(/now Wed 11 Mar, 09:00 – 10:30/);
    expect(moves).toEqual([['"3"', { start: '2026-03-11T09:00:00Z', end: '2026-03-11T10:30:00Z' }]]);
  });

  it('is not offered without a network', async () => {
    const moves = answerMoves(() => json(booking()));
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    renderApp('/week');
    const lesson = await onGrid();
    press(lesson, 'ArrowRight');
    letGo(lesson);
    expect(lesson).toHaveTextContent('Wednesday 11 March');
    expect(screen.getByRole('button', { name: 'Ill today' })).toBeDisabled();
    expect(moves).toEqual([]);
  });
});
