import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { booking } from '../../../test/world';

const termsAsked = (version: number) =>
  problem(422, 'invalid-input', {
    version,
    errors: [{ pointer: '/terms_version', message: 'Read and accept the terms.' }],
  });

/** The school asks for these versions in turn, then books; what was sent is kept. */
function bookUnder(...versions: number[]) {
  const sent: { key: string | null; version: unknown }[] = [];
  wire.use(
    http.post('/api/v1/calendar/bookings', async ({ request }) => {
      const { terms_version } = (await request.json()) as { terms_version?: number };
      sent.push({ key: request.headers.get('Idempotency-Key'), version: terms_version });
      const asked = versions[sent.length - 1];
      return asked ? termsAsked(asked) : json(booking(), 201);
    }),
  );
  return sent;
}

it('asks for the terms with what the school says, and books under another key', async () => {
  const sent = bookUnder(2, 3);
  let version = 2;
  wire.use(
    http.get('/api/v1/schools/:slug/policies', () =>
      json({
        items: [{ kind: 'terms', version, text: `Terms, ${version}`, published_at: '2026-01-01T09:00:00Z' }],
      }),
    ),
  );
  renderApp('/book');
  await tap.time('09:00');
  await tap.button('Confirm');
  const dialog = await screen.findByRole('dialog', { name: 'Terms of your school' });
  expect(await within(dialog).findByText('Terms, 2')).toBeVisible();
  await expectNoAxeFindings();
  version = 3;
  await tap.button('Accept and book');
  expect(await screen.findByText('Terms, 3')).toBeVisible();
  await tap.button('Accept and book');
  await screen.findByRole('heading', { name: 'You’re booked', level: 1 });
  expect(sent.map((each) => each.version)).toEqual([undefined, 2, 3]);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
});

it('books nothing where the terms are not accepted', async () => {
  const sent = bookUnder(1, 1);
  wire.use(http.get('/api/v1/schools/:slug/policies', () => problem(503, 'unavailable')));
  renderApp('/book');
  await tap.time('09:00');
  await tap.button('Confirm');
  expect(await screen.findByText('The service is busy')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Accept and book' })).toBeDisabled();
  await tap.button('Not now');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(sent).toHaveLength(1);
});
