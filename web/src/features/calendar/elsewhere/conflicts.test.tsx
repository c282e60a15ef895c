import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { conflict, connection, serveCalendars } from '../../../../test/calendars';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { json, problem, wire } from '../../../../test/wire';
import { admin, booking } from '../../../../test/world';
import { free, refusal } from '../../../../test/week';

afterEach(() => {
  // Whoever was offline is online again, also for what waits to be sent.
  window.dispatchEvent(new Event('online'));
});

const dialog = () => screen.findByRole('dialog');
const inbox = () => screen.findByRole('region', { name: /for a decision$/ });
const deleted = conflict({ id: 'c2', learner: 'Kim Other', moved_to: null, rules: [] });

describe('the conflict inbox', () => {
  it('says of each lesson what was done to it, and which rules said no', async () => {
    serveCalendars({ conflicts: [conflict(), deleted] });
    renderApp('/calendars');
    const [first, second] = await within(await inbox())
      .findAllByRole('listitem')
      .then((items) => items.filter((item) => within(item).queryByRole('heading')));
    expect(screen.getByRole('heading', { name: '2 lessons wait for a decision' })).toBeVisible();
    expect(first).toHaveTextContent(/Jamie Learner.*Booked.*09:00 – 10:00.*In the calendar.*20:00 – 21:00/);
    expect(first).toHaveTextContent('There the lesson lies outside the hours');
    expect(second).toHaveTextContent(/Kim Other.*In the calendar ?Deleted/);
    expect(within(second as HTMLElement).queryByRole('button', { name: 'Move it all the same' })).toBeNull();
    await expectNoAxeFindings();
  });

  it('has nothing to decide where nothing was changed', async () => {
    serveCalendars();
    renderApp('/calendars');
    expect(await screen.findByText(/^Nothing to decide\. When you drag a lesson/)).toBeVisible();
  });

  it('says what failed and tries again', async () => {
    serveCalendars({ conflicts: [conflict()] });
    wire.use(http.get('/api/v1/calendar/conflicts', () => problem(403, 'forbidden'), { once: true }));
    renderApp('/calendars');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    await tap.button('Try again');
    expect(await screen.findByRole('heading', { name: 'Jamie Learner' })).toBeVisible();
  });

  it('says that it could not follow where no rule tells why', async () => {
    serveCalendars({ conflicts: [conflict({ rules: [] })] });
    renderApp('/calendars');
    expect(await screen.findByText('The lesson could not follow to this time.')).toBeVisible();
  });

  it('stands above the calendars as long as something waits in it, and below them after', async () => {
    serveCalendars({ conflicts: [conflict()] });
    renderApp('/calendars');
    const headings = () => screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent);
    await inbox();
    await screen.findByRole('heading', { name: /^Google Calendar/ });
    await waitFor(() => {
      expect(headings()[0]).toBe('One lesson waits for a decision');
    });
    await tap.button('Put it back');
    await screen.findByText(/^Nothing to decide/);
    expect(headings().slice(0, 2)).toEqual([expect.stringMatching(/^Google/), 'Changed in a calendar']);
  });

  it('puts a lesson back', async () => {
    const sent = serveCalendars({ conflicts: [conflict()] });
    renderApp('/calendars');
    await tap.button('Put it back');
    expect(
      await screen.findByText(/^The lesson of Jamie Learner goes back to Wed,? 11 Mar,? 09:00/),
    ).toBeVisible();
    expect(await screen.findByText(/^Nothing to decide/)).toBeVisible();
    expect(sent).toEqual([{ what: 'POST c1', match: null, body: { how: 'put_back' } }]);
  });

  it('moves it against a soft rule with a reason, and offers to take that back', async () => {
    const sent = serveCalendars({ conflicts: [conflict()] });
    const { user } = renderApp('/calendars');
    await tap.button('Move it all the same');
    const sheet = within(await dialog());
    expect(await sheet.findByText(refusal.message)).toBeVisible();
    await expectNoAxeFindings();
    await user.click(sheet.getByText('Move there all the same'));
    await user.type(sheet.getByRole('textbox'), 'Agreed by phone');
    await user.click(sheet.getByRole('button', { name: 'Set the rule aside' }));
    expect(await screen.findByText(/^Jamie Learner: now/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Undo' })).toBeVisible();
    expect(sent.map(({ body }) => body)).toEqual([
      { how: 'move', override: ['outside-hours'], reason: 'Agreed by phone' },
    ]);
  });

  it('moves it without words where nothing speaks against it any more', async () => {
    const sent = serveCalendars({ conflicts: [conflict()] });
    wire.use(http.get('/api/v1/calendar/explain', () => json({ bookable: true, refusals: [] })));
    renderApp('/calendars');
    await tap.button('Move it all the same');
    await tap.button(/^Move to /);
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(sent.map(({ body }) => body)).toEqual([{ how: 'move' }]);
  });

  it.each(['slot-taken', 'who-may-drive'])('cannot be moved against the hard rule %s', async (rule) => {
    serveCalendars({ conflicts: [conflict({ rules: ['outside-hours', rule] })] });
    renderApp('/calendars');
    expect(await screen.findByText('Nobody can set this aside.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Move it all the same' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Another time' })).toBeEnabled();
  });

  it('says what the server refuses it for', async () => {
    const longer = { start: '2026-03-11T20:00:00Z', end: '2026-03-11T21:30:00Z' };
    serveCalendars({ conflicts: [conflict({ rules: [], moved_to: longer })] });
    const taken = { rule: 'slot-taken' as const, message: 'Another lesson runs 20:00-21:00.' };
    wire.use(
      http.get('/api/v1/calendar/explain', () => json({ bookable: true, refusals: [] })),
      http.post('/api/v1/calendar/conflicts/:id/resolution', () =>
        problem(409, 'slot-taken', { refusals: [taken] }),
      ),
    );
    renderApp('/calendars');
    expect(await screen.findByText('There it has another length than it was booked with.')).toBeVisible();
    await tap.button('Move it all the same');
    await tap.button(/^Move to /);
    expect(await within(await dialog()).findByText(taken.message)).toBeVisible();
    expect(screen.queryByText('Move there all the same')).toBeNull();
  });

  it('finds another time with the times that book', async () => {
    serveCalendars({ conflicts: [conflict()] });
    let wanted: unknown;
    wire.use(
      http.get('/api/v1/calendar/availability', () =>
        json({
          ...free('2026-03-12T09:00:00Z'),
          days: [{ date: '2026-03-12', count: 1 }],
        }),
      ),
      http.patch('/api/v1/calendar/bookings/b1', async ({ request }) => {
        wanted = await request.json();
        return json(booking({ version: 4, start: '2026-03-12T09:00:00Z', end: '2026-03-12T10:00:00Z' }));
      }),
    );
    renderApp('/calendars');
    await tap.button('Another time');
    await tap.time('09:00');
    await tap.button(/^Move to /);
    expect(await screen.findByText(/^Jamie Learner: now Thu/)).toBeVisible();
    expect(wanted).toEqual({ start: '2026-03-12T09:00:00Z' });
  });

  it('cancels with words for the learner', async () => {
    const sent = serveCalendars({ conflicts: [deleted] });
    const { user } = renderApp('/calendars');
    await tap.button('Cancel lesson');
    const sheet = within(await dialog());
    await user.type(await sheet.findByRole('textbox'), 'I am away');
    await expectNoAxeFindings();
    await user.click(sheet.getByRole('button', { name: 'Cancel lesson' }));
    expect(await screen.findByText(/^The lesson of Kim Other on .* is cancelled\.$/)).toBeVisible();
    expect(sent.map(({ body }) => body)).toEqual([{ how: 'cancel', reason: 'I am away' }]);
  });

  it.each([404, 412])('says that somebody else has decided, after a %d', async (status) => {
    serveCalendars({ conflicts: [conflict()] });
    wire.use(
      http.post('/api/v1/calendar/conflicts/:id/resolution', () => {
        wire.use(http.get('/api/v1/calendar/conflicts', () => json({ items: [] })));
        return problem(status, 'stale-version');
      }),
    );
    renderApp('/calendars');
    await tap.button('Put it back');
    expect(await screen.findByText('This is decided already')).toBeVisible();
    expect(await screen.findByText(/^Nothing to decide/)).toBeVisible();
  });

  it('decides nothing without a network', async () => {
    serveCalendars({ conflicts: [conflict()] });
    renderApp('/calendars');
    await inbox();
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    window.dispatchEvent(new Event('offline'));
    for (const name of ['Put it back', 'Move it all the same', 'Another time', 'Cancel lesson'])
      await waitFor(() => {
        expect(screen.getByRole('button', { name })).toBeDisabled();
      });
  });
});

describe('what the diary says of it', () => {
  it('is nothing where all is well', async () => {
    serveCalendars();
    renderApp('/week');
    await screen.findByText('Staff training');
    expect(screen.queryByRole('link', { name: 'See calendars' })).toBeNull();
  });

  it('counts what waits and what is broken, above the week', async () => {
    serveCalendars({
      connections: [connection({ state: 'needs_consent', problem: 'needs_consent' })],
      conflicts: [conflict(), deleted],
    });
    const { user, router } = renderApp('/week');
    const news = await screen.findByRole('region', { name: 'Calendars' });
    await waitFor(() => {
      expect(news).toHaveTextContent(
        /2 lessons were changed in a calendar and wait for a decision\..*The connection with a calendar does not work/,
      );
    });
    await expectNoAxeFindings();
    await user.click(within(news).getByRole('link', { name: 'See calendars' }));
    await inbox();
    expect(router.state.location.pathname).toBe('/calendars');
  });
});

describe('for the office', () => {
  const serveOffice = (world: Parameters<typeof serveCalendars>[0]) => {
    const sent = serveCalendars(world);
    wire.use(
      http.get('/api/v1/me', () => json(admin)),
      http.get('/api/v1/calendar/working-time', () => json({ time_zone: 'Europe/London', items: [] })),
    );
    return sent;
  };

  it('shows how all calendars stand and what waits, by whose it is', async () => {
    const sent = serveOffice({
      connections: [
        connection({ account: '', calendars: [], state: 'needs_consent', problem: 'needs_consent' }),
      ],
      conflicts: [conflict()],
    });
    renderApp('/manage/calendars');
    expect(await screen.findByText(/Standard lesson, in the calendar of Asha Patel/)).toBeVisible();
    const standing = screen.getByRole('region', { name: 'Instructors’ calendars' });
    expect(standing).toHaveTextContent(/Asha Patel.*Not connected any more.*Read 2 minutes ago/);
    expect(standing).toHaveTextContent('Ask Asha Patel to connect it again.');
    expect(standing).toHaveTextContent('Without a connected calendar: Ben Carter.');
    expect(screen.getByRole('link', { name: 'Show in the diary Jamie Learner' })).toHaveAttribute(
      'href',
      '/board?date=2026-03-11&lesson=b1',
    );
    await expectNoAxeFindings();
    await tap.button('Put it back');
    await expect.poll(() => sent.map(({ what }) => what)).toEqual(['POST c1']);
  });

  it.each([
    [true, 'No instructor has connected a calendar'],
    [false, 'Your school has no connection with Google'],
  ])('is empty where there is nothing, with a provider: %s', async (available, words) => {
    serveOffice({ available, connections: [] });
    renderApp('/manage/calendars');
    expect(await screen.findByText(words)).toBeVisible();
    await expectNoAxeFindings();
  });

  it('says what failed, and tries again', async () => {
    serveOffice({});
    wire.use(http.get('/api/v1/calendar/connections', () => problem(403, 'forbidden'), { once: true }));
    renderApp('/manage/calendars');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    await tap.button('Try again');
    expect(await screen.findByText('One calendar takes time, lessons are shown in one')).toBeVisible();
  });

  it('is told on the board', async () => {
    serveOffice({ conflicts: [conflict()] });
    renderApp('/board');
    const news = await screen.findByRole('region', { name: 'Calendars' });
    expect(within(news).getByRole('link')).toHaveAttribute('href', '/manage/calendars');
  });
});
