import { screen, waitFor } from '@testing-library/react';
import { delay, http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { alternative, asked, lesson, meetsGuests, note, outside, taken } from '../../../test/guests';
import { expectNoAxeFindings, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';

beforeEach(meetsGuests);

it('shows the lesson of a link, whose token is in no address', async () => {
  outside('/lesson#token-of-link');
  await screen.findByRole('heading', { name: 'Your lesson at Riverside Driving School' });
  expect(screen.getByText('Asha Patel')).toBeVisible();
  await expectNoAxeFindings();
  const [seen] = asked('GET /guest/lesson');
  expect(seen?.headers.get('Authorization')).toBe('Guest token-of-link');
});

it('cancels the lesson after it asked, and says so', async () => {
  wire.use(
    http.post('/api/v1/guest/lesson/cancellation', async ({ request }) => {
      await note(request);
      return json({ ...lesson, version: 3, status: 'cancelled', can: [] });
    }),
  );
  outside('/lesson#token-of-link');
  await tap.button('Cancel it');
  await screen.findByRole('dialog');
  await expectNoAxeFindings();
  await tap.button('Keep the lesson');
  expect(asked('POST /guest/lesson/cancellation')).toHaveLength(0);
  await tap.button('Cancel it');
  await tap.button('Cancel lesson');
  await waitFor(() => {
    expect(screen.queryByRole('button', { name: 'Cancel it' })).toBeNull();
  });
  expect(screen.getByText('Your lesson on Wed 11 Mar, 09:00 is cancelled.')).toBeVisible();
  expect(asked('POST /guest/lesson/cancellation')[0]?.headers.get('If-Match')).toBe('"2"');
});

it('moves the lesson, or to one of the times that are offered', async () => {
  let moves = 0;
  wire.use(
    http.patch('/api/v1/guest/lesson', async ({ request }) => {
      await note(request);
      if (++moves === 1) return taken();
      await delay(1);
      return json({ ...lesson, version: 3, start: alternative.start, end: alternative.end });
    }),
  );
  outside('/lesson#token-of-link');
  await tap.button('Move it');
  await tap.time('18:00');
  await expectNoAxeFindings();
  await tap.button('Move lesson');
  expect(await screen.findByRole('alert')).toHaveTextContent('no longer free');
  await tap.button(/13:30/);
  await screen.findByRole('heading', { name: 'Your lesson at Riverside Driving School' });
  expect(screen.getByText('Moved to Wed 11 Mar, 13:30.')).toBeVisible();
  expect(asked('PATCH /guest/lesson')[1]?.body).toEqual({ start: alternative.start, instructor_id: 'ben' });
});

it.each([['/lesson'], ['/lesson#spent']])('says that %s leads nowhere', async (path) => {
  wire.use(http.get('/api/v1/guest/lesson', () => problem(404, 'not-found')));
  outside(path);
  expect(await screen.findByRole('alert')).toHaveTextContent('This link leads to no lesson any more');
  await expectNoAxeFindings();
});
