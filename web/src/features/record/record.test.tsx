import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const item = {
  table: 'people',
  purpose: 'Accounts',
  people: 'learners',
  data: 'name',
  basis: 'contract (b)',
  recipients: 'office; mail server',
  kept: '24 months',
  protection: 'encrypted',
};

beforeEach(() => {
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/privacy/record', () =>
      json({
        school: 'Riverside',
        made_at: '2026-03-09T09:00:00Z',
        items: [item, { ...item, table: 'bookings', purpose: 'Lessons' }, { ...item, table: 'passwords' }],
        recipients: [{ who: 'mail server', what: 'mails', where: 'relay.example:587' }],
        protection: ['TLS'],
      }),
    ),
  );
});

it('shows what is stored by purpose, and to whom it is handed on', async () => {
  renderApp('/manage/record');
  const accounts = await screen.findByRole('region', { name: 'Accounts' });
  expect(within(accounts).getAllByRole('listitem')).toHaveLength(2);
  expect(within(accounts).getAllByText('office; mail server')[0]).toBeVisible();
  expect(within(screen.getByRole('region', { name: 'Lessons' })).getByText('bookings')).toBeVisible();
  expect(screen.getByText(/relay.example:587/)).toBeVisible();
  await expectNoAxeFindings();
});

it('hands it over as a table', async () => {
  let count = 0;
  wire.use(
    http.get('/api/v1/privacy/record.csv', () =>
      ++count === 1 ? problem(503, 'unavailable') : new HttpResponse('table\r\n'),
    ),
  );
  const saved = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:record');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
  renderApp('/manage/record');
  await tap.button('Download as a table');
  expect(await screen.findByRole('alert')).toBeVisible();
  await tap.button('Download as a table');
  await vi.waitFor(() => {
    expect(saved).toHaveBeenCalledOnce();
  });
});
