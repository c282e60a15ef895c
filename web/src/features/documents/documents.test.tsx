import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { admin, instructor } from '../../../test/world';
import type { Document } from '../../components/documents/documents';

const PAPERS = '/api/v1/learners/jamie/documents';
const permit: Document = {
  id: 'd1',
  kind: 'permit',
  media_type: 'image/jpeg',
  bytes: 1_500_000,
  valid_until: '2027-05-03',
  uploaded_by: 'learner',
  uploaded_at: '2026-03-01T12:00:00Z',
};
const form: Document = {
  ...permit,
  id: 'd2',
  kind: 'consent_form',
  media_type: 'application/pdf',
  bytes: 300,
  valid_until: '2026-01-31',
  uploaded_by: 'school',
};
const photo = (size = 3, type = 'image/png') => new File([new Uint8Array(size)], 'permit.png', { type });

function serve(...items: Document[]) {
  wire.use(
    http.get(PAPERS, () => json({ items })),
    http.get('/api/v1/me/sessions', () => json({ items: [] })),
  );
}

it('shows learners what there is, and lets them remove what they brought', async () => {
  let removed = '';
  serve(permit, form);
  wire.use(
    http.delete(`${PAPERS}/:id`, ({ params }) => {
      removed = String(params['id']);
      serve(form);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderApp('/account');
  const list = await screen.findByRole('region', { name: 'Documents' });
  expect(
    await within(list).findByText(/Valid until 3 May 2027, added by the learner on 1 Mar 2026, 1.5/),
  ).toBeVisible();
  expect(within(list).getByText('Out of date')).toBeVisible();
  await expectNoAxeFindings();
  expect(within(list).getAllByRole('button', { name: 'Remove' })).toHaveLength(1);
  await tap.button('Remove');
  const dialog = await screen.findByRole('dialog', { name: 'Remove this document?' });
  await expectNoAxeFindings();
  within(dialog).getByRole('button', { name: 'Remove' }).click();
  expect(await screen.findByText('The document is removed.')).toBeVisible();
  expect(removed).toBe('d1');
});

it('adds a file with what was said of it, and the same again with the same key', async () => {
  const sent: unknown[] = [];
  const keys = new Set<string | null>();
  serve();
  wire.use(
    http.post(PAPERS, async ({ request }) => {
      const query = Object.fromEntries(new URL(request.url).searchParams);
      keys.add(request.headers.get('Idempotency-Key'));
      sent.push([request.headers.get('Content-Type'), query, (await request.arrayBuffer()).byteLength]);
      if (sent.length === 1) return problem(503, 'unavailable');
      serve(permit);
      return json(permit, 201);
    }),
  );
  const { user } = renderApp('/account');
  expect(await screen.findByText('There are none yet.')).toBeVisible();
  await tap.button('Add it');
  expect(await screen.findByText('Choose a file first.')).toBeVisible();
  await user.upload(screen.getByLabelText('Photo or PDF'), photo());
  await user.type(screen.getByLabelText('Valid until, if it says so'), '2027-05-03');
  await tap.button('Add it');
  expect(await screen.findByText('The service is busy')).toBeVisible();
  await tap.button('Add it');
  expect(await screen.findByText('The document is kept, encrypted.')).toBeVisible();
  expect(await screen.findByText('Driving permit', { selector: 'h3' })).toBeVisible();
  const once = ['image/png', { kind: 'permit', valid_until: '2027-05-03' }, 3];
  expect(sent).toEqual([once, once]);
  expect(keys.size).toBe(1);
  expect(screen.getByLabelText<HTMLInputElement>('Photo or PDF').files).toHaveLength(0);
});

it('says without asking the server what cannot be kept', async () => {
  serve();
  const { user } = renderApp('/account');
  const field = await screen.findByLabelText('Photo or PDF');
  await user.upload(field, photo(8 * 1024 * 1024 + 1));
  expect(await screen.findByText('This file has more than 8 MB. A smaller photo will do.')).toBeVisible();
  await user.upload(field, photo(0));
  expect(await screen.findByText('This file is empty.')).toBeVisible();
  await user.upload(field, photo());
  expect(screen.queryByText('This file is empty.')).toBeNull();
});

it('repeats what the server says about a file', async () => {
  serve();
  const detail = 'This is no whole PDF, JPEG or PNG file, or not of the type that Content-Type says.';
  wire.use(http.post(PAPERS, () => problem(415, 'unsupported-media-type', { detail })));
  const { user } = renderApp('/account');
  await user.upload(await screen.findByLabelText('Photo or PDF'), photo());
  await tap.button('Add it');
  expect(await screen.findByText(detail)).toBeVisible();
});

it('lets the office remove all, and hands a file over under a name that says what it is', async () => {
  serve(permit, form);
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get(
      `${PAPERS}/d2`,
      () => new HttpResponse('%PDF', { headers: { 'Content-Type': 'application/pdf' } }),
    ),
    http.get(`${PAPERS}/d1`, () => problem(404, 'not-found')),
  );
  const names: string[] = [];
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:paper');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  renderApp('/learners/jamie/documents');
  expect(await screen.findByRole('heading', { name: 'Documents of Jamie Learner' })).toBeVisible();
  expect(await screen.findAllByRole('button', { name: 'Remove' })).toHaveLength(2);
  await expectNoAxeFindings();
  const [first, second] = screen.getAllByRole('button', { name: 'Download' });
  second?.click();
  await vi.waitFor(() => {
    expect(names).toEqual(['Consent form 2026-03-01.pdf']);
  });
  first?.click();
  expect(await screen.findByRole('alert')).toBeVisible();
});

it('lets instructors look only', async () => {
  serve(permit);
  wire.use(http.get('/api/v1/me', () => json(instructor)));
  renderApp('/learners/jamie/documents');
  expect(await screen.findByRole('button', { name: 'Download' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull();
  expect(screen.queryByLabelText('Photo or PDF')).toBeNull();
  expect(screen.queryByText('Back to the learners')).toBeNull();
});

it('says that there is no such learner', async () => {
  wire.use(http.get('/api/v1/me', () => json(admin)));
  renderApp('/learners/nobody/documents');
  expect(await screen.findByRole('heading', { name: 'No such page' })).toBeVisible();
});
