import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, wire } from '../../../test/wire';
import { learner } from '../../../test/world';

it('makes an address that is shown once, and ends it', async () => {
  const created_at = '2026-03-01T12:00:00Z';
  const asked: string[] = [];
  wire.use(
    http.get('/api/v1/me', () => json(learner)),
    http.get('/api/v1/me/feed', () => json({ created_at: null })),
    http.put('/api/v1/me/feed', () => {
      asked.push('make');
      return json({ created_at, url: 'https://school.example/feeds/secret.ics' });
    }),
    http.delete('/api/v1/me/feed', () => {
      asked.push('end');
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderApp('/feed');
  await tap.button('Make an address');
  expect(await screen.findByLabelText('Address of your calendar feed')).toHaveValue(
    'https://school.example/feeds/secret.ics',
  );
  await expectNoAxeFindings();
  await tap.button('End the feed');
  expect(await screen.findByText('You have no calendar feed yet.')).toBeVisible();
  expect(screen.queryByLabelText('Address of your calendar feed')).toBeNull();
  expect(asked).toEqual(['make', 'end']);
});
