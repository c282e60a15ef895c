import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { onGrid, serveWeek } from '../../../test/week';
import { json, list, problem, wire } from '../../../test/wire';
import { booking, instructor } from '../../../test/world';

beforeEach(() => {
  serveWeek();
});

describe('the week of an instructor', () => {
  it('is where they land, with lessons, requests, closures and hours', async () => {
    const { router } = renderApp('/');
    expect(await onGrid()).toHaveTextContent('Standard lesson');
    expect(router.state.location.pathname).toBe('/week');
    expect(screen.getByText(/^9\s–\s15 March 2026$/)).toBeVisible();
    expect(await screen.findByText('Staff training')).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'One request waits for your answer' })).toBeVisible();
    expect(screen.getByRole('button', { name: /13:00 – 14:00 Requested.*Thursday 12 March/ })).toBeVisible();
    expect(within(screen.getByRole('navigation')).getAllByRole('link')).toHaveLength(2);
    await expectNoAxeFindings();
  });

  it('is one tab stop; arrow keys go on in the order of time', async () => {
    const { user } = renderApp('/week');
    const lesson = await onGrid();
    lesson.focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toHaveTextContent('Thursday 12 March');
    await user.keyboard('{ArrowUp}{ArrowUp}');
    expect(document.activeElement).toHaveTextContent('Monday 9 March');
    expect(
      screen.getAllByRole('button').filter((each) => each.dataset['event'] && each.tabIndex === 0),
    ).toHaveLength(1);
  });

  it('keeps its place in the address', async () => {
    const { router } = renderApp('/week?from=2026-03-11&view=day');
    await onGrid();
    expect(screen.queryByText(/Thursday 12 March/)).not.toBeInTheDocument();
    await tap.button('Day after');
    await waitFor(() => {
      expect(router.state.location.search).toEqual({ from: '2026-03-12', view: 'day' });
    });
  });

  it('on a phone is a strip of days and a list with the gaps', async () => {
    serveWeek({ isWide: false });
    renderApp('/week?from=2026-03-11');
    expect(await screen.findByRole('radio', { name: 'Wednesday 11 March, one lesson' })).toBeChecked();
    const day = screen.getByRole('region', { name: /Wednesday 11 March/ });
    expect(day).toHaveTextContent(/08:00 – 09:00 free 1 h.*Jamie Learner.*10:15 – 12:00 free 1 h 45 min/);
    await tap.time('Friday 13 March, no lessons');
    expect(await screen.findByText('Staff training')).toBeVisible();
    await expectNoAxeFindings();
  });

  it.each(['2026-03-29', '2026-10-25'])('shows the time on the wall in the week of %s', async (sunday) => {
    const start = sunday === '2026-03-29' ? `${sunday}T08:00:00Z` : `${sunday}T09:00:00Z`;
    const lesson = booking({
      start,
      end: start.replace(/T0(\d)/, (_, hour) => `T${String(Number(hour) + 1).padStart(2, '0')}`),
    });
    wire.use(http.get('/api/v1/calendar/bookings', () => list([lesson])));
    renderApp(`/week?from=${sunday}`);
    expect(await onGrid()).toHaveTextContent(/Sunday (29 March|25 October)/);
  });

  it('says what failed and keeps the rest, and tries again', async () => {
    wire.use(http.get('/api/v1/closures', () => problem(403, 'forbidden')));
    renderApp('/week');
    await onGrid();
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    wire.use(http.get('/api/v1/closures', () => list([])));
    await tap.button('Try again');
    await waitFor(() => {
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });
  });

  it('says what to do when there is nothing yet', async () => {
    wire.use(http.get('/api/v1/calendar/bookings', () => list([])));
    renderApp('/week');
    expect(await screen.findByText(/No lessons in these days\./)).toBeVisible();
    await expectNoAxeFindings();
  });

  it('is not for learners', async () => {
    wire.use(http.get('/api/v1/me', () => json({ ...instructor, role: 'learner' })));
    const { router } = renderApp('/week');
    await waitFor(() => {
      expect(router.state.location.pathname).toBe('/book');
    });
  });
});
