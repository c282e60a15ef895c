import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { connection, serveCalendars, used } from '../../../../test/calendars';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { json, problem, wire } from '../../../../test/wire';

const dialog = () => screen.findByRole('dialog');

describe('choosing calendars', () => {
  it('names all that are used, over the version that was seen', async () => {
    const sent = serveCalendars();
    const { user } = renderApp('/calendars');
    await tap.button('Choose calendars');
    const takes = await screen.findByRole('group', { name: /^Takes my time/ });
    expect(within(takes).getByRole('checkbox', { name: /^Asha/ })).toBeChecked();
    await user.click(within(takes).getByRole('checkbox', { name: /^Team/ }));
    const shows = screen.getByRole('group', { name: /^Shows my lessons/ });
    expect(within(shows).queryByRole('radio', { name: /^Team/ })).toBeNull();
    await user.click(within(shows).getByRole('radio', { name: 'Family' }));
    await expectNoAxeFindings();
    await tap.button('Save');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(sent).toEqual([
      {
        what: 'PATCH g1',
        match: '"4"',
        body: {
          calendars: [
            { id: 'asha@gmail.test', blocks: true, shows: false },
            { id: 'family', blocks: false, shows: true },
            { id: 'team', blocks: true, shows: false },
          ],
        },
      },
    ]);
  });

  it('says which one is gone, and in which account lessons stand now', async () => {
    const other = connection({ id: 'g2', account: 'work@gmail.test' });
    serveCalendars({
      connections: [connection({ calendars: [used({ id: 'old', name: 'Old', shows: false })] }), other],
    });
    renderApp('/calendars');
    const buttons = await screen.findAllByRole('button', { name: 'Choose calendars' });
    buttons[0]?.click();
    expect(await screen.findByText(/No longer in this account: Old/)).toBeVisible();
    expect(screen.getByText(/one of work@gmail\.test; a choice here takes its place/)).toBeVisible();
  });

  it('says that Google does not answer, and asks again', async () => {
    serveCalendars();
    wire.use(http.get('/api/v1/calendar/connections/:id/calendars', () => problem(503, 'unavailable')));
    renderApp('/calendars');
    await tap.button('Choose calendars');
    expect(await screen.findByText('Google does not answer at the moment')).toBeVisible();
    wire.use(http.get('/api/v1/calendar/connections/:id/calendars', () => json({ items: [] })));
    await tap.button('Try again');
    expect(await screen.findByRole('radio', { name: 'None of this account' })).toBeVisible();
  });

  it('offers to connect again where Google does not let it in', async () => {
    serveCalendars();
    wire.use(http.get('/api/v1/calendar/connections/:id/calendars', () => problem(409, 'wrong-status')));
    renderApp('/calendars');
    await tap.button('Choose calendars');
    expect(within(await dialog()).getByText(/Google does not let Roadbook in/)).toBeVisible();
    expect(within(await dialog()).getByRole('button', { name: 'Connect again' })).toBeEnabled();
  });

  it('keeps the choice where somebody was faster, and saves it over what holds then', async () => {
    const sent = serveCalendars();
    let isFirst = true;
    wire.use(
      http.patch('/api/v1/calendar/connections/g1', () => {
        if (!isFirst) return undefined;
        isFirst = false;
        wire.use(
          http.get(
            '/api/v1/calendar/connections',
            () => json({ available: true, items: [connection({ version: 7 })] }),
            { once: true },
          ),
        );
        return problem(412, 'stale-version');
      }),
    );
    const { user } = renderApp('/calendars');
    await tap.button('Choose calendars');
    await user.click(await screen.findByRole('checkbox', { name: /^Family/ }));
    await tap.button('Save');
    expect(await screen.findByText('Changed in the meantime')).toBeVisible();
    expect(screen.getByRole('checkbox', { name: /^Family/ })).toBeChecked();
    await tap.button('Save');
    await expect.poll(() => sent.at(-1)?.match).toBe('"7"');
  });
});

describe('what events say', () => {
  it('is chosen by example, with whether tentative ones count', async () => {
    const sent = serveCalendars();
    const { user } = renderApp('/calendars');
    await tap.button('What events say');
    expect(await screen.findByText('“Driving lesson”')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.click(screen.getByRole('radio', { name: /^With whom, and where/ }));
    await user.click(screen.getByRole('checkbox', { name: 'Tentative events take time, too' }));
    await expectNoAxeFindings();
    await tap.button('Save');
    expect(
      await screen.findByText('Events say with whom the lesson is, and where.', { exact: false }),
    ).toBeVisible();
    expect(sent).toEqual([{ what: 'PATCH g1', match: '"4"', body: { detail: 'learner', tentative: false } }]);
  });
});

describe('disconnecting', () => {
  it('says what becomes of times and events first', async () => {
    const sent = serveCalendars();
    renderApp('/calendars?connected=google');
    await tap.button('Disconnect');
    expect(await dialog()).toHaveTextContent(/free again at once.*stay there and do not change any more/);
    await expectNoAxeFindings();
    expect(sent).toEqual([]);
    await tap.button('Disconnect it');
    expect(await screen.findByRole('heading', { name: 'No calendar is connected yet' })).toBeVisible();
    expect(screen.getByText('asha@gmail.test is disconnected.')).toBeVisible();
    expect(sent.map(({ what }) => what)).toEqual(['DELETE g1']);
  });

  it('is done where another device was faster', async () => {
    serveCalendars();
    wire.use(http.delete('/api/v1/calendar/connections/:id', () => problem(404, 'not-found')));
    renderApp('/calendars');
    await tap.button('Disconnect');
    await tap.button('Disconnect it');
    expect(await screen.findByText('asha@gmail.test is disconnected.')).toBeVisible();
  });

  it('says that it did not work, and may be tried again', async () => {
    serveCalendars();
    wire.use(http.delete('/api/v1/calendar/connections/:id', () => HttpResponse.error()));
    renderApp('/calendars');
    await tap.button('Disconnect');
    await tap.button('Disconnect it');
    expect(await within(await dialog()).findByRole('alert')).toHaveTextContent('No answer');
  });
});
