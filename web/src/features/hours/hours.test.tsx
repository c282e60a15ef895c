import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, preview, problem, wire } from '../../../test/wire';
import { admin, booking } from '../../../test/world';

const ASHA = '/api/v1/instructors/asha';
const monday = { weekday: 1, start: '09:00', end: '12:00' };
const dates = { items: [{ date: '2026-04-03', ranges: [] }], version: 2 };
let sent: unknown[];

beforeEach(() => {
  sent = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get(`${ASHA}/hours`, () => json({ items: [monday], version: 2, affected: [] })),
    http.get(`${ASHA}/overrides`, () => json(dates)),
    http.get(`${ASHA}/time-off`, () => list([])),
    http.get('/api/v1/calendar/bookings/:id', () => json(booking())),
    http.put(`${ASHA}/hours`, async ({ request }) => {
      sent.push([await request.json(), request.headers.get('If-Match')]);
      return json({ items: [monday], version: 3, affected: ['b1'] });
    }),
    http.put(`${ASHA}/overrides`, async ({ request }) => {
      sent.push([await request.json(), request.headers.get('If-Match')]);
      return json({ ...dates, version: 3, affected: [] });
    }),
  );
});
const open = async () => {
  renderApp('/manage/instructors/asha/hours');
  await screen.findByLabelText('Monday, from (1)');
};
const setTime = (label: string, value: string) => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};

it('shows the week, the dates and the time off', async () => {
  await open();
  expect(screen.getByRole('heading', { level: 1, name: 'Hours of Asha Patel' })).toBeVisible();
  expect(screen.getByText('3 hours a week.')).toBeVisible();
  expect(await screen.findByRole('group', { name: 'Friday 3 April' })).toHaveTextContent('No lessons');
  expect(await screen.findByText('No time off is planned.')).toBeVisible();
  await expectNoAxeFindings();
});

it('copies a day to others, saves the week, and lists the lessons outside', async () => {
  await open();
  setTime('Monday, to (1)', '00:00');
  await userEvent.selectOptions(screen.getByLabelText('Copy the hours of Monday to'), 'Tuesday');
  await tap.button('Save hours');
  const dialog = await screen.findByRole('dialog', { name: 'One lesson is affected' });
  expect(await within(dialog).findByText(/Wednesday 11 March/)).toBeVisible();
  const whole = { start: '09:00', end: '24:00' };
  expect(sent).toEqual([
    [
      {
        items: [
          { weekday: 1, ...whole },
          { weekday: 2, ...whole },
        ],
      },
      '"2"',
    ],
  ]);
});

it('does not save hours that no day can have', async () => {
  await open();
  await tap.button('Add more hours Monday');
  setTime('Monday, from (2)', '11:00');
  expect(screen.getByText('These hours overlap.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Save hours' })).toBeDisabled();
});

it('shows theirs beside mine, day by day', async () => {
  wire.use(
    http.put(`${ASHA}/hours`, () => {
      const theirs = { ...monday, end: '15:00' };
      wire.use(http.get(`${ASHA}/hours`, () => json({ items: [theirs], version: 9, affected: [] })));
      return problem(412, 'stale-version');
    }),
  );
  await open();
  setTime('Monday, to (1)', '13:00');
  await tap.button('Save hours');
  expect(await screen.findByRole('row', { name: 'Monday 09:00 – 15:00 09:00 – 13:00' })).toBeVisible();
  await tap.button('Keep theirs');
  expect(screen.getByLabelText('Monday, to (1)')).toHaveValue('15:00');
});

it('adds a date with hours of its own', async () => {
  await open();
  const region = await screen.findByRole('region', { name: 'Single dates' });
  fireEvent.change(within(region).getByLabelText('Date'), { target: { value: '2026-03-20' } });
  await tap.button('Add a date');
  await tap.button('Add hours Friday 20 March');
  await tap.button('Save dates');
  await expect.poll(() => sent.length).toBe(1);
  expect(sent[0]).toEqual([
    { items: [{ date: '2026-03-20', ranges: [{ start: '09:00', end: '17:00' }] }, dates.items[0]] },
    '"2"',
  ]);
});

it('adds time off on the clock of the school, and gives it back', async () => {
  const span = {
    id: 't1',
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-02T16:00:00Z',
    version: 1,
    affected: [],
  };
  wire.use(
    http.post(`${ASHA}/time-off`, async ({ request }) => {
      sent.push(await request.json());
      wire.use(http.get(`${ASHA}/time-off`, () => list([span])));
      return json(span, 201);
    }),
    http.delete(`${ASHA}/time-off/t1`, () => {
      wire.use(http.get(`${ASHA}/time-off`, () => list([])));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  await open();
  await tap.button('Add time off');
  setTime('From', '2026-04-01T09:00');
  setTime('Until', '2026-04-02T17:00');
  await tap.button('Add');
  expect((await screen.findAllByText('Wed 1 Apr, 09:00 – Thu 2 Apr, 17:00'))[0]).toBeVisible();
  expect(sent).toEqual([{ start: span.start, end: span.end }]);
  await tap.button(/^Remove Wed 1 Apr/);
  expect(await screen.findByText('No time off is planned.')).toBeVisible();
});

it('changes time off over the version that was seen', async () => {
  const span = {
    id: 't1',
    start: '2026-04-01T08:00:00Z',
    end: '2026-04-02T16:00:00Z',
    title: 'Dentist',
    version: 3,
    affected: [],
  };
  wire.use(
    http.get(`${ASHA}/time-off`, () => list([span])),
    http.patch(`${ASHA}/time-off/t1`, async ({ request }) => {
      sent.push([await request.json(), request.headers.get('If-Match')]);
      return json({ ...span, version: 4, affected: ['b1'] });
    }),
  );
  await open();
  await tap.button(/^Change Wed 1 Apr/);
  expect(screen.getByLabelText('From')).toHaveValue('2026-04-01T09:00');
  setTime('Until', '2026-04-01T17:00');
  await tap.button('Save');
  expect(await screen.findByRole('dialog', { name: 'One lesson is affected' })).toBeVisible();
  expect(sent).toEqual([[{ start: span.start, end: '2026-04-01T16:00:00Z', title: 'Dentist' }, '"3"']]);
});

it('counts before saving what other hours would change', async () => {
  const asked: unknown[] = [];
  wire.use(
    http.post(`${ASHA}/hours/previews`, async ({ request }) => {
      asked.push(await request.json());
      return json(preview());
    }),
  );
  await open();
  setTime('Monday, to (1)', '11:00');
  const week = await screen.findByRole('region', { name: 'Every week' });
  expect(await within(week).findByRole('row', { name: 'Asha Patel 40 31' })).toBeVisible();
  expect(within(week).getByText('No booked lesson would break a rule.')).toBeVisible();
  expect(asked).toEqual([{ hours: { items: [{ ...monday, end: '11:00' }] } }]);
  setTime('Monday, to (1)', '08:00');
  expect(screen.queryByRole('region', { name: 'What would change' })).toBeNull();
  const region = await screen.findByRole('region', { name: 'Single dates' });
  await userEvent.click(within(region).getByRole('button', { name: 'As every week Friday 3 April' }));
  expect(await within(region).findByRole('row', { name: 'Asha Patel 40 31' })).toBeVisible();
  expect(asked.at(-1)).toEqual({ overrides: { items: [] } });
  expect(sent).toEqual([]);
});
