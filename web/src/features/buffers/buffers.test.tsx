import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, lessonType } from '../../../test/world';

const ONE = '/api/v1/lesson-types/standard';
beforeEach(() => {
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/lesson-types', () => list([lessonType()])),
  );
});
const section = () => screen.findByRole('region', { name: 'Standard lesson' });
const set = async (label: string, value: string) => {
  const input = within(await section()).getByLabelText(label);
  await userEvent.clear(input);
  await userEvent.type(input, value);
};

it('says what a day looks like, before anything is saved', async () => {
  renderApp('/manage/buffers');
  expect(await section()).toHaveTextContent('5 lessons fit between 09:00 and 17:00. 1 hour kept free.');
  expect(screen.getByText(/new bookings and moves only/)).toBeVisible();
  await set('Minutes after', '0');
  expect(await section()).toHaveTextContent('8 lessons fit between 09:00 and 17:00. 3 more than');
  await expectNoAxeFindings();
});

it('saves both buffers and shows them as saved', async () => {
  let sent: unknown;
  wire.use(
    http.patch(ONE, async ({ request }) => {
      sent = [await request.json(), request.headers.get('If-Match')];
      wire.use(http.get('/api/v1/lesson-types', () => list([lessonType({ buffer_before_minutes: 10 })])));
      return json(lessonType({ buffer_before_minutes: 10, version: 2 }));
    }),
  );
  renderApp('/manage/buffers');
  await set('Minutes before', '10');
  await tap.button('Save buffers');
  expect(await screen.findByText('Buffers of Standard lesson are saved.')).toBeVisible();
  expect(sent).toEqual([{ buffer_before_minutes: 10, buffer_after_minutes: 15 }, '"1"']);
  expect(screen.queryByRole('button', { name: 'Save buffers' })).toBeNull();
});

it('shows theirs and mine when somebody was faster', async () => {
  const matches: (string | null)[] = [];
  wire.use(
    http.patch(ONE, ({ request }) => {
      matches.push(request.headers.get('If-Match'));
      if (matches.length > 1) return json(lessonType({ version: 3 }));
      wire.use(
        http.get('/api/v1/lesson-types', () => list([lessonType({ buffer_after_minutes: 30, version: 2 })])),
      );
      return problem(412, 'stale-version');
    }),
  );
  renderApp('/manage/buffers');
  await set('Minutes after', '5');
  await tap.button('Save buffers');
  expect(await screen.findByRole('row', { name: /none before, 30 min after. .*5 min after/ })).toBeVisible();
  await tap.button('Save mine');
  await expect.poll(() => matches).toEqual(['"1"', '"2"']);
});
