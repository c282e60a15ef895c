import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { learner } from '../../../test/world';

beforeEach(() => {
  wire.use(http.get('/api/v1/me', () => json({ ...learner, role: 'admin', learner_id: undefined })));
});

it('publishes a new version over the one that was seen, and keeps what was typed where somebody was faster', async () => {
  const versions = [
    { kind: 'terms', version: 1, text: 'Cancel a day ahead.', published_at: '2026-01-01T09:00:00Z' },
  ];
  const sent: unknown[] = [];
  wire.use(
    http.get('/api/v1/policies', () => json({ items: versions })),
    http.put('/api/v1/policies/:kind', async ({ request, params }) => {
      sent.push([params['kind'], request.headers.get('If-Match'), await request.json()]);
      const theirs = { ...versions[0], version: 2, text: 'Theirs.' } as (typeof versions)[number];
      if (sent.length === 1) {
        versions.unshift(theirs);
        return problem(412, 'stale-version');
      }
      versions.unshift({ ...theirs, version: 3, text: 'Mine.' });
      return json(versions[0] ?? null);
    }),
  );
  const { user } = renderApp('/manage/policies');
  const terms = await screen.findByRole('region', { name: 'Terms' });
  const text = () => within(terms).getByLabelText('Text');
  expect(text()).toHaveValue('Cancel a day ahead.');
  await expectNoAxeFindings();
  await user.clear(text());
  await user.type(text(), 'Mine.');
  const publish = async () => user.click(within(terms).getByRole('button', { name: 'Publish' }));
  await publish();
  expect(await within(terms).findByText('2 versions')).toBeVisible();
  expect(text()).toHaveValue('Mine.');
  await publish();
  expect(await within(terms).findByText('3 versions')).toBeVisible();
  expect(sent).toEqual([
    ['terms', '"1"', { text: 'Mine.' }],
    ['terms', '"2"', { text: 'Mine.' }],
  ]);
});

it('shows what a learner has said', async () => {
  wire.use(
    http.get('/api/v1/learners/jamie/agreements', () =>
      json({
        items: [
          {
            kind: 'photos',
            version: 2,
            text: 'Pictures.',
            published_at: '2026-01-01T09:00:00Z',
            given: true,
            said_version: 1,
            said_at: '2025-03-01T09:00:00Z',
          },
        ],
      }),
    ),
    http.get('/api/v1/guardians', () => new HttpResponse(null, { status: 204 })),
  );
  renderApp('/manage/learners');
  await tap.button(/^More/);
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Agreements', hidden: true }));
  const dialog = await screen.findByRole('dialog', { name: 'Agreements of Jamie Learner' });
  expect(
    await within(dialog).findByText(/Yes, version 1, on 1 March 2025. Version 2 holds now/),
  ).toBeVisible();
  await expectNoAxeFindings();
});
