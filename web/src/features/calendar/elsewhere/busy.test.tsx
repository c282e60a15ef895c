import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { of, serveBoard, URL_OF_DAY } from '../../../../test/board';
import { serveWeek } from '../../../../test/week';
import { expectNoAxeFindings, renderApp, tap } from '../../../../test/renderApp';
import { json, list, problem, wire } from '../../../../test/wire';
import { merged } from './elsewhere';

const at = (from: string, to: string, instructor_id = 'asha') => ({
  instructor_id,
  start: `2026-03-11T${from}:00Z`,
  end: `2026-03-11T${to}:00Z`,
});

describe('overlapping times', () => {
  it.each([
    ['none', [], []],
    ['apart', [at('09:00', '10:00'), at('11:00', '12:00')], [at('09:00', '10:00'), at('11:00', '12:00')]],
    ['touching', [at('10:00', '11:00'), at('09:00', '10:00')], [at('09:00', '11:00')]],
    ['one in the other', [at('09:00', '12:00'), at('10:00', '11:00')], [at('09:00', '12:00')]],
    [
      'of two people',
      [at('09:00', '11:00'), at('10:00', '12:00', 'ben'), at('10:30', '11:30')],
      [at('09:00', '11:30'), at('10:00', '12:00', 'ben')],
    ],
  ])('are one where they are of one person: %s', (_, times, joined) => {
    expect(merged(times)).toEqual(joined);
  });
});

describe('busy elsewhere', () => {
  const serveBusy = (...items: ReturnType<typeof at>[]) => {
    const asked: (string | null)[] = [];
    wire.use(
      http.get('/api/v1/calendar/busy', ({ request }) => {
        asked.push(['from', 'to', 'instructor_id'].map((name) => of(request, name)).join(' '));
        return json({ items });
      }),
    );
    return asked;
  };

  it('stands in the week, in words, and is nothing to tap', async () => {
    serveWeek();
    const asked = serveBusy(at('13:00', '14:00'), at('13:30', '14:30'));
    renderApp('/week?from=2026-03-11');
    const busy = await screen.findByText(/^Busy elsewhere/);
    expect(busy).toHaveTextContent('Busy elsewhere 13:00 – 14:30');
    expect(busy.closest('button')).toBeNull();
    expect(asked).toEqual(['2026-03-09 2026-03-16 asha']);
    await expectNoAxeFindings();
  });

  it('on a phone is a row of the day, and is not free', async () => {
    serveWeek({ isWide: false });
    serveBusy(at('13:00', '14:00'));
    renderApp('/week?from=2026-03-11');
    const day = await screen.findByRole('region', { name: /Wednesday 11 March/ });
    await waitFor(() => {
      expect(day).toHaveTextContent(/Busy elsewhere 13:00 – 14:00/);
    });
    expect(day).toHaveTextContent(/12:45 – 13:00 free/);
    expect(day).toHaveTextContent(/14:00 – 17:00 free/);
    await expectNoAxeFindings();
  });

  it('stands on the board in the column of whom it is, a week at once', async () => {
    serveBoard();
    const asked = serveBusy(at('14:00', '15:00', 'ben'));
    renderApp(URL_OF_DAY);
    expect(await screen.findByText(/^Busy elsewhere/)).toHaveTextContent('14:00 – 15:00');
    await tap.button('Day after');
    await waitFor(() => {
      expect(screen.queryByText(/^Busy elsewhere/)).toBeNull();
    });
    expect(asked).toEqual(['2026-03-09 2026-03-16 ']);
    await expectNoAxeFindings();
  });

  it('says that it is not known, and asks again', async () => {
    serveWeek();
    wire.use(
      http.get('/api/v1/calendar/bookings', () => list([])),
      http.get('/api/v1/calendar/busy', () => problem(403, 'forbidden')),
    );
    renderApp('/week?from=2026-03-11');
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do this');
    serveBusy(at('13:00', '14:00'));
    await tap.button('Try again');
    expect(await screen.findByText(/^Busy elsewhere/)).toBeVisible();
    expect(within(screen.getByRole('main')).queryByRole('alert')).toBeNull();
  });
});
