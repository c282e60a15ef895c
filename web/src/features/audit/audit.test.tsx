import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Schema } from '../../lib/api';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const seen: Schema['AuditEntry'] = {
  id: 'a1',
  at: '2026-03-09T06:30:00Z',
  action: 'seen',
  who: { id: 'olive', name: 'Olive Office' },
  guest: false,
  whose: [
    { id: 'jamie', name: 'Jamie Learner' },
    { id: 'gone', name: '' },
  ],
  what: 'GET /api/v1/learners',
  changes: [],
  network: '203.0.113.0/24',
  address: 'AbC123',
  correlation_id: 'r1',
};
const failed: Schema['AuditEntry'] = { ...seen, id: 'a2', action: 'sign_in_failed', who: null, whose: [] };
const changed: Schema['AuditEntry'] = {
  ...seen,
  id: 'a3',
  action: 'lesson_type_changed',
  what: 'lesson-type/standard',
  whose: [],
  changes: [
    { field: 'price_minor', before: 3800, after: 4200 },
    { field: 'name', before: null, after: null },
  ],
};
let asked: URLSearchParams[];
beforeEach(() => {
  asked = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/users', () =>
      list([
        { id: 'olive', name: 'Olive Office', email: 'o@demo.test', role: 'office', active: true, version: 1 },
      ]),
    ),
    http.get('/api/v1/audit', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      return query.has('cursor') ? list([changed]) : json({ items: [seen, failed], next_cursor: 'older' });
    }),
  );
});

const row = async (name: string, index = 0) => {
  const headings = await screen.findAllByRole('heading', { name: new RegExp(name) });
  return headings[index]?.closest('li') as HTMLElement;
};

it('says who did what, whose data it was, from where, and what was before', async () => {
  renderApp('/manage/audit');
  const first = await row('Olive Office');
  expect(first).toHaveTextContent('Saw data');
  expect(first).toHaveTextContent('Jamie Learner, Erased person');
  expect(first).toHaveTextContent('203.0.113.0/24');
  expect(await row('Nobody who is known')).toHaveTextContent('Could not sign in');
  await tap.button('Look further back');
  const third = await row('Olive Office', 1);
  expect(third).toHaveTextContent('Changed: Lesson type');
  expect(third).toHaveTextContent('price_minor: 3800 4200');
  expect(screen.queryByRole('button', { name: 'Look further back' })).not.toBeInTheDocument();
  await expectNoAxeFindings();
});

it('asks for what is chosen, with the last day in it, and keeps it in the address', async () => {
  const { router } = renderApp('/manage/audit?to=2026-03-09');
  await row('Olive Office');
  await userEvent.selectOptions(await screen.findByLabelText('Whose data'), 'Jamie Learner');
  await userEvent.selectOptions(screen.getByLabelText('What'), 'Was refused');
  await expect
    .poll(() => Object.fromEntries(asked.at(-1) ?? []))
    .toEqual({ to: '2026-03-10', whose: 'jamie', action: 'refused', limit: '50' });
  expect(router.state.location.search).toMatchObject({ whose: 'jamie', action: 'refused' });
  await tap.button('Show all');
  await expect.poll(() => Object.keys(Object.fromEntries(asked.at(-1) ?? []))).toEqual(['limit']);
});

it('says whose data somebody saw', async () => {
  wire.use(
    http.get('/api/v1/audit/people', ({ request }) =>
      new URL(request.url).searchParams.get('who') === 'olive'
        ? json({
            items: [
              {
                person: { id: 'jamie', name: 'Jamie Learner' },
                first_at: '2026-03-08T06:30:00Z',
                last_at: '2026-03-09T06:30:00Z',
                times: 3,
              },
            ],
          })
        : problem(422, 'invalid-input'),
    ),
  );
  renderApp('/manage/audit?who=olive');
  await tap.button('Whose data did they see?');
  const section = (await screen.findByRole('heading', { name: 'Whose data did they see?' })).parentElement;
  expect(await within(section as HTMLElement).findByText(/^3 times, last on/)).toBeVisible();
  await expectNoAxeFindings();
});

it('downloads what is shown, and says when that failed', async () => {
  const saved = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
  wire.use(http.get('/api/v1/audit.csv', () => new HttpResponse('at,action\r\n', { status: 200 })));
  renderApp('/manage/audit');
  await row('Olive Office');
  await tap.button('Download as a table');
  await expect.poll(() => saved.mock.calls.length).toBe(1);
  wire.use(http.get('/api/v1/audit.csv', () => problem(422, 'invalid-input')));
  await tap.button('Download as a table');
  expect(await screen.findByRole('alert')).toBeVisible();
});

it('says when there is nothing, and when it cannot be had', async () => {
  wire.use(http.get('/api/v1/audit', () => list([])));
  renderApp('/manage/audit');
  expect(await screen.findByText('Nothing was done that fits')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Download as a table' })).toBeDisabled();
});

it('keeps a way to try again when it cannot be had', async () => {
  wire.use(http.get('/api/v1/audit', () => problem(500, 'internal')));
  renderApp('/manage/audit');
  expect(await screen.findByRole('alert')).toBeVisible();
  wire.use(http.get('/api/v1/audit', () => list([seen])));
  await tap.button('Try again');
  expect(await row('Olive Office')).toBeVisible();
});

it('is not for the office', async () => {
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'office' })));
  renderApp('/manage/audit');
  expect(await screen.findByText(/^Only an admin of the school/)).toBeVisible();
});
