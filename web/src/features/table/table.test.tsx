import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, booking } from '../../../test/world';
import { questionOf } from './filter';
import type { Event } from '../../lib/history';

let asked: URLSearchParams[];
beforeEach(() => {
  asked = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/calendar/bookings', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const second = query.get('cursor') === 'c2';
      return json({
        items: [booking({ id: second ? 'b2' : 'b1', learner_id: second ? 'gone' : 'jamie' })],
        next_cursor: second ? null : 'c2',
      });
    }),
  );
});

it('asks for what the address says, and says it in the address', async () => {
  const { router } = renderApp('/manage/bookings?from=2026-03-01&to=2026-03-31&status=booked');
  expect(await screen.findByRole('row', { name: /Jamie Learner/ })).toBeVisible();
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    from: '2026-03-01',
    to: '2026-04-01',
    status: 'booked',
  });
  await expectNoAxeFindings();
  await userEvent.selectOptions(screen.getByLabelText('Instructor'), 'Ben Carter');
  await expect.poll(() => asked.at(-1)?.get('instructor_id')).toBe('ben');
  expect(router.state.location.search).toMatchObject({ instructor: 'ben', status: 'booked' });
});

it('turns pages and begins anew with another question', async () => {
  renderApp('/manage/bookings');
  await tap.button('Next');
  expect(await screen.findByText('Page 2')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Next' })).toBeDisabled();
  await tap.button('Previous');
  expect(await screen.findByText('Page 1')).toBeVisible();
  await tap.button('Next');
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'Missed');
  expect(await screen.findByText('Page 1')).toBeVisible();
});

it('downloads every page of what is filtered', async () => {
  const made = vi.fn();
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: made.mockReturnValue('blob:x'), revokeObjectURL: vi.fn() }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  renderApp('/manage/bookings');
  await screen.findByRole('row', { name: /Jamie Learner/ });
  await tap.button('Download CSV');
  await expect.poll(() => made.mock.calls.length).toBe(1);
  const text = await (made.mock.calls[0]?.[0] as Blob).text();
  expect(text.split('\r\n').slice(0, 2)).toEqual([
    'Date,Start,End,Learner,Instructor,Lesson,Vehicle,Status,Price,Currency',
    '2026-03-11,09:00,10:00,Jamie Learner,Asha Patel,Standard lesson,,Booked,38.00,GBP',
  ]);
  expect(text.split('\r\n')).toHaveLength(4);
});

it('tells the whole history of a booking', async () => {
  const state = { start: '2026-03-11T09:00:00Z', end: '2026-03-11T10:00:00Z', instructor_id: 'asha' };
  const moved = { start: '2026-03-12T11:00:00Z', end: '2026-03-12T12:00:00Z', instructor_id: 'ben' };
  const items: Event[] = [
    { version: 1, type: 'booking_made', at: '2026-03-01T12:00:00Z', actor: 'jamie', data: state },
    { version: 2, type: 'booking_moved', at: '2026-03-02T12:00:00Z', actor: 'u2', data: moved },
    {
      version: 3,
      type: 'booking_cancelled',
      at: '2026-03-03T12:00:00Z',
      actor: 'u7',
      actor_name: 'Priya Nair',
      reason: 'The car is in repair',
      data: moved,
    },
  ];
  wire.use(http.get('/api/v1/calendar/bookings/b1/history', () => json({ items })));
  renderApp('/manage/bookings');
  await tap.button('History Jamie Learner');
  const dialog = await screen.findByRole('dialog');
  const entries = await within(dialog).findAllByRole('listitem');
  expect(entries[0]).toHaveTextContent('Booked');
  expect(entries[0]).toHaveTextContent('Jamie Learner');
  expect(entries[1]).toHaveTextContent('Moved');
  expect(entries[1]).toHaveTextContent('you');
  expect(entries[1]).toHaveTextContent('Wed 11 Mar, 09:00 – 10:00 → Thu 12 Mar, 11:00 – 12:00');
  expect(entries[1]).toHaveTextContent('Asha Patel → Ben Carter');
  expect(entries[2]).toHaveTextContent('Priya Nair“The car is in repair”');
  await expectNoAxeFindings();
});

it('says when nothing is like that', async () => {
  wire.use(http.get('/api/v1/calendar/bookings', () => list([])));
  renderApp('/manage/bookings?status=refused');
  expect(await screen.findByText('No booking is like that')).toBeVisible();
});

it('keeps what it shows when the next page fails', async () => {
  renderApp('/manage/bookings');
  await screen.findByRole('row', { name: /Jamie Learner/ });
  wire.use(http.get('/api/v1/calendar/bookings', () => problem(500, 'internal')));
  await tap.button('Next');
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
  expect(screen.getByRole('row', { name: /Jamie Learner/ })).toBeVisible();
});

it('never asks for a window that ends before it begins', () => {
  expect(questionOf({ from: '2026-03-10', to: '2026-03-01' }, '2026-03-09')).toEqual({
    from: '2026-03-10',
    to: '2026-03-11',
  });
  expect(questionOf({ status: 'no such' }, '2026-03-09')).toEqual({ from: '2026-03-09', to: '2026-04-06' });
});
