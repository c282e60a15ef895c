import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, preview, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';
import type { Constraint } from './findings';

const PATH = '/api/v1/constraints';
const daily: Constraint = {
  rule: 'learner-daily-maximum',
  enabled: true,
  value: 2,
  scope: { kind: 'school' },
};
const weekly: Constraint = { ...daily, rule: 'learner-weekly-maximum', enabled: false, value: 4 };
let sent: { items: Constraint[]; match: string | null }[];

beforeEach(() => {
  sent = [];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get(PATH, () => json({ items: [daily, weekly], version: 4 })),
    http.put(PATH, async ({ request }) => {
      const { items } = (await request.json()) as { items: Constraint[] };
      sent.push({ items, match: request.headers.get('If-Match') });
      wire.use(http.get(PATH, () => json({ items, version: 5 })));
      return json({ items, version: 5 });
    }),
  );
});
const card = (name: string) => screen.findByRole('region', { name });
const set = async (name: string, value: string) => {
  const input = await screen.findByRole('spinbutton', { name });
  await userEvent.tripleClick(input);
  await userEvent.keyboard(value);
};

it('says every rule as a sentence, also those that were never set', async () => {
  renderApp('/manage/rules');
  expect(await card('Lessons a day')).toHaveTextContent('A learner has at most lessons a day.');
  expect(screen.getByRole('spinbutton', { name: 'Lessons a day, whole school' })).toHaveValue(2);
  expect(screen.getByRole('switch', { name: /Breaks, whole school/ })).not.toBeChecked();
  await expectNoAxeFindings();
});

it('switches a rule on with its number and words, and saves all at once', async () => {
  renderApp('/manage/rules');
  await userEvent.click(await screen.findByRole('switch', { name: /Lessons a week, whole school/ }));
  await set('Lessons a week, whole school', '3');
  await userEvent.type(within(await card('Lessons a week')).getByRole('textbox'), 'Three is enough');
  await tap.button('Save rules');
  expect(await screen.findByText('Saved: 2 rules are on.')).toBeVisible();
  expect(sent[0]?.match).toBe('"4"');
  expect(sent[0]?.items).toContainEqual({ ...weekly, enabled: true, value: 3, message: 'Three is enough' });
  expect(sent[0]?.items).toHaveLength(5);
  expect(screen.queryByRole('button', { name: 'Save rules' })).toBeNull();
});

it('flags a week that allows less than a day before it is saved', async () => {
  renderApp('/manage/rules');
  await userEvent.click(await screen.findByRole('switch', { name: /Lessons a week, whole school/ }));
  await set('Lessons a week, whole school', '1');
  expect(await card('Lessons a week')).toHaveTextContent(
    'Do you mean this? A week allows 1, a day alone allows 2.',
  );
});

it('has another number for one instructor, and gives it back', async () => {
  renderApp('/manage/rules');
  const region = await card('Lessons a day');
  await userEvent.selectOptions(within(region).getByLabelText('Otherwise for one instructor:'), 'Ben Carter');
  expect(region).toHaveTextContent('Changes nothing. Ben Carter: it is the same as for the whole school.');
  await set('Lessons a day, Ben Carter', '1');
  expect(region).not.toHaveTextContent('Changes nothing');
  await tap.button('Save rules');
  await expect
    .poll(() => sent[0]?.items)
    .toContainEqual({
      ...daily,
      value: 1,
      scope: { kind: 'instructor', id: 'ben' },
    });
  await tap.button('As the school Ben Carter');
  await tap.button('Save rules');
  await expect.poll(() => sent[1]?.items.length).toBe(5);
});

it('shows theirs beside mine when somebody was faster', async () => {
  const theirs = { ...daily, value: 4 };
  wire.use(
    http.put(
      PATH,
      () => {
        wire.use(http.get(PATH, () => json({ items: [theirs, weekly], version: 9 })));
        return problem(412, 'stale-version');
      },
      { once: true },
    ),
  );
  renderApp('/manage/rules');
  await screen.findByRole('spinbutton', { name: 'Lessons a day, whole school' });
  await set('Lessons a day, whole school', '3');
  await tap.button('Save rules');
  expect(
    await screen.findByRole('row', { name: 'Lessons a day At most 4 a day At most 3 a day' }),
  ).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Save mine');
  await expect.poll(() => sent[0]?.match).toBe('"9"');
  expect(sent[0]?.items).toContainEqual({ ...daily, value: 3 });
});

it('puts what the server finds wrong beside the rule', async () => {
  const errors = [{ pointer: '/items/0/value', message: 'Must be between 1 and 10080.' }];
  wire.use(http.put(PATH, () => problem(422, 'invalid-input', { errors })));
  renderApp('/manage/rules');
  await set('Lessons a day, whole school', '3');
  await tap.button('Save rules');
  await expect
    .poll(async () => within(await card('Lessons a day')).queryByText('Must be between 1 and 10080.'))
    .toBeVisible();
});

const change = async () => {
  renderApp('/manage/rules');
  await screen.findByRole('spinbutton', { name: 'Lessons a day, whole school' });
  await set('Lessons a day, whole school', '1');
};
const lesson = {
  id: 'b1',
  start: '2026-03-11T09:00:00Z',
  end: '2026-03-11T10:00:00Z',
  instructor_id: 'asha',
  learner_id: 'jamie',
  rule: 'learner-daily-maximum' as const,
};

it('counts before saving what would change, and links to the lessons that would break a rule', async () => {
  const answer = preview({
    instructors: [
      { id: 'asha', before: 40, after: 31, days: [] },
      { id: 'ben', before: 10, after: 10, days: [] },
    ],
    bookings: [lesson],
    bookings_total: 1,
  });
  let asked: unknown;
  wire.use(
    http.post(`${PATH}/previews`, async ({ request }) => {
      asked = await request.json();
      return json(answer);
    }),
  );
  await change();
  const region = await card('What would change');
  expect(await within(region).findByRole('row', { name: 'Asha Patel 40 31' })).toBeVisible();
  expect(within(region).getByRole('row', { name: 'Together 50 41' })).toBeVisible();
  expect(region).toHaveTextContent('9 – 22 March 2026, for “Standard lesson”');
  expect(
    await within(region).findByRole('link', { name: 'Wed 11 Mar, 09:00 – 10:00, Jamie Learner' }),
  ).toHaveAttribute('href', '/board?date=2026-03-11&lesson=b1');
  expect(region).toHaveTextContent('is one more than the learner may have that day');
  expect(
    screen.getByText(/Free times: 50 now, 41 then. One booked lesson would break a rule./),
  ).toBeVisible();
  expect(asked).toMatchObject({ items: expect.arrayContaining([{ ...daily, value: 1 }]) as unknown });
  expect(sent).toEqual([]);
  await expectNoAxeFindings();
});

it('keeps what was counted last when the next count fails, and tries again', async () => {
  await change();
  const region = await card('What would change');
  expect(await within(region).findByRole('row', { name: 'Asha Patel 40 31' })).toBeVisible();
  wire.use(http.post(`${PATH}/previews`, () => problem(500, 'unexpected')));
  await set('Lessons a day, whole school', '3');
  expect(await within(region).findByRole('alert')).toHaveTextContent('Something went wrong on our side');
  expect(within(region).getByRole('row', { name: 'Asha Patel 40 31' })).toBeVisible();
  wire.use(
    http.post(`${PATH}/previews`, () =>
      json(preview({ instructors: [{ id: 'asha', before: 40, after: 44, days: [] }] })),
    ),
  );
  await userEvent.click(within(region).getByRole('button', { name: 'Try again' }));
  expect(await within(region).findByRole('row', { name: 'Asha Patel 40 44' })).toBeVisible();
  expect(within(region).queryByRole('alert')).toBeNull();
});
