import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connection, serveCalendars, used } from '../../../../test/calendars';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { json, problem, wire } from '../../../../test/wire';
import { learner } from '../../../../test/world';
import { leaveTo } from '../../../lib/account/leave';

vi.mock('../../../lib/account/leave', () => ({ leaveTo: vi.fn() }));

afterEach(() => {
  vi.mocked(leaveTo).mockClear();
  // Whoever was offline is online again, also for what waits to be sent.
  window.dispatchEvent(new Event('online'));
});

const card = () => screen.findByRole('region', { name: /^Google Calendar/ });

describe('connecting', () => {
  it('is one tap away from every page, and goes to Google', async () => {
    const sent = serveCalendars({ connections: [] });
    const { user } = renderApp('/week');
    await user.click(await screen.findByRole('link', { name: 'Calendars' }));
    expect(await screen.findByRole('heading', { name: 'No calendar is connected yet' })).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'Changed in a calendar' })).toBeNull();
    await expectNoAxeFindings();
    await tap.button('Connect Google Calendar');
    await expect
      .poll(() => vi.mocked(leaveTo).mock.calls)
      .toEqual([['https://accounts.google.test/auth?state=1']]);
    expect(sent).toEqual([{ what: 'POST connections', match: null, body: { provider: 'google' } }]);
  });

  it('says that the school has no connection where there is none', async () => {
    serveCalendars({ available: false, connections: [] });
    renderApp('/calendars');
    expect(await screen.findByText('Your school has no connection with Google')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Connect Google Calendar' })).toBeNull();
    await expectNoAxeFindings();
  });

  it.each([
    ['again', /begun in another window, or too long ago/],
    ['denied', /You said no at Google, and nothing has changed/],
    ['scopes', /tick both of these boxes/],
    ['provider', /tell whoever runs Roadbook/],
    ['away', /Google did not answer\. Wait a minute/],
    ['ended', /Your session ended meanwhile/],
    ['limited', /Wait a quarter of an hour/],
    ['of-tomorrow', /begun in another window, or too long ago/],
  ])('says what to do after the problem "%s"', async (code, words) => {
    serveCalendars({ connections: [] });
    renderApp(`/calendars?problem=${code}`);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Google Calendar is not connected');
    expect(alert).toHaveTextContent(words);
    expect(alert).toHaveFocus();
    expect(within(alert).queryAllByRole('listitem')).toHaveLength(code === 'scopes' ? 2 : 0);
    await expectNoAxeFindings();
  });

  it('says that it worked, and what is used from now on', async () => {
    serveCalendars();
    renderApp('/calendars?connected=google');
    expect(await screen.findByText(/Your main calendar takes time here from now on/)).toBeVisible();
  });

  it('says what failed, and tries again', async () => {
    serveCalendars({ connections: [] });
    wire.use(http.post('/api/v1/calendar/connections', () => problem(503, 'unavailable')));
    renderApp('/calendars');
    await tap.button('Connect Google Calendar');
    expect(await screen.findByRole('alert')).toHaveTextContent('Google does not answer at the moment');
    expect(leaveTo).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'Connect Google Calendar' })).toBeEnabled();
  });

  it('is for instructors', async () => {
    serveCalendars();
    wire.use(http.get('/api/v1/me', () => json(learner)));
    const { router } = renderApp('/calendars');
    await waitFor(() => {
      expect(router.state.location.pathname).toBe('/book');
    });
  });
});

describe('a connection', () => {
  it('tells its account, its state, when it was read, and what is used of it', async () => {
    serveCalendars({
      connections: [
        connection({ calendars: [used(), used({ id: 'team', name: 'Team', shows: false })] }),
        connection({ id: 'g2', account: 'private@gmail.test', calendars: [], last_synced_at: null }),
      ],
    });
    renderApp('/calendars');
    const [main, own] = await screen.findAllByRole('region', { name: /^Google Calendar Connected/ });
    expect(main).toHaveTextContent(/asha@gmail\.test.*Read 2 minutes ago/);
    expect(main).toHaveTextContent(/Asha ?takes your time, shows your lessons.*Team ?takes your time/);
    expect(own).toHaveTextContent(/private@gmail\.test.*Not read yet.*Choose at least one/);
    expect(screen.getByRole('heading', { name: 'Another account' })).toBeVisible();
    await expectNoAxeFindings();
  });

  it('shows boxes while it loads', async () => {
    serveCalendars();
    let answer: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (answer = resolve));
    wire.use(
      http.get('/api/v1/calendar/connections', async () => {
        await waits;
        return json({ available: true, items: [connection()] });
      }),
    );
    renderApp('/calendars');
    const title = await screen.findByRole('heading', { name: 'Calendars' });
    expect(title.parentElement).toHaveAttribute('aria-busy', 'true');
    answer();
    await card();
  });

  it('says what failed and tries again', async () => {
    serveCalendars();
    wire.use(http.get('/api/v1/calendar/connections', () => problem(403, 'forbidden'), { once: true }));
    renderApp('/calendars');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    await tap.button('Try again');
    await card();
  });

  it.each([
    [
      'is not let in any more',
      connection({ state: 'needs_consent', problem: 'needs_consent' }),
      /Google does not let Roadbook in any more.*what was read last goes on taking time/,
      'Connect again',
    ],
    [
      'is not answered',
      connection({ state: 'degraded', problem: 'degraded', failing_since: '2026-03-09T06:30:00Z' }),
      /Google has not answered since Mon,? 9 Mar,? 06:30.*You need not do anything/,
      undefined,
    ],
    [
      'misses a calendar',
      connection({
        problem: 'missing',
        calendars: [used(), used({ id: 'old', problem: 'missing', name: 'Old' })],
      }),
      /Not there any more: Old/,
      'Choose others',
    ],
    [
      'has an event that nobody can read',
      connection({ problem: 'unreadable', calendars: [used({ problem: 'unreadable', name: 'Choir' })] }),
      /An event cannot be read in: Choir.*it may be booked/,
      undefined,
    ],
  ])('that %s says what that means and how to mend it', async (_, broken, words, button) => {
    serveCalendars({ connections: [broken] });
    renderApp('/calendars');
    expect(await card()).toHaveTextContent(words);
    if (button) expect(within(await card()).getByRole('button', { name: button })).toBeEnabled();
    await expectNoAxeFindings();
  });

  it('is connected again where it was given up', async () => {
    serveCalendars({ connections: [connection({ state: 'needs_consent', problem: 'needs_consent' })] });
    renderApp('/calendars');
    expect(within(await card()).queryByRole('button', { name: 'Sync now' })).toBeNull();
    await tap.button('Connect again');
    await expect.poll(() => vi.mocked(leaveTo).mock.calls).toHaveLength(1);
  });

  it('is read now, and says so once it was', async () => {
    const sent = serveCalendars();
    renderApp('/calendars');
    await tap.button('Sync now');
    expect(await screen.findByText('Read just now.')).toBeVisible();
    expect(sent.map(({ what }) => what)).toEqual(['POST g1']);
    expect(await card()).toHaveTextContent('Read this minute');
  });

  it('was read this minute where it was read since the page looked at its clock', async () => {
    serveCalendars({ connections: [connection({ last_synced_at: '2026-03-09T07:00:50Z' })] });
    renderApp('/calendars');
    expect(await card()).toHaveTextContent('Read this minute');
  });

  it('cannot be changed without a network', async () => {
    serveCalendars();
    renderApp('/calendars');
    await card();
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    window.dispatchEvent(new Event('offline'));
    for (const name of ['Choose calendars', 'What events say', 'Sync now', 'Disconnect'])
      await waitFor(() => {
        expect(screen.getByRole('button', { name })).toBeDisabled();
      });
    expect(screen.getByRole('button', { name: 'Connect Google Calendar' })).toBeDisabled();
  });
});
