import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Schema } from '../../lib/api';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const job: Schema['Job'] = {
  id: 'j1',
  kind: 'reminder',
  state: 'dead',
  booking_id: 'b1',
  person_id: 'jamie',
  due_at: '2026-03-08T18:00:00Z',
  attempts: 8,
  problem: "Couldn't connect to server",
};
let dead: Schema['Job'][];
beforeEach(() => {
  dead = [
    job,
    {
      ...job,
      id: 'j2',
      kind: 'notice',
      person_id: 'asha',
      attempts: 1,
      problem: 'the relay refused it with 550',
    },
  ];
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/jobs', ({ request }) =>
      new URL(request.url).searchParams.get('state') === 'dead' ? list(dead) : problem(422, 'invalid-input'),
    ),
    http.post('/api/v1/jobs/:id/retry', ({ params }) => {
      dead = dead.filter(({ id }) => id !== params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

const row = async (name: string) => {
  const heading = await screen.findByRole('heading', { name: new RegExp(name) });
  return heading.closest('li') as HTMLElement;
};

it('says to whom, about which lesson, why and how often', async () => {
  renderApp('/manage/jobs');
  const learner = await row('Mail to Jamie Learner');
  expect(learner).toHaveTextContent('Reminder');
  expect(await within(learner).findByText('Lesson Wed 11 Mar, 09:00 – 10:00, with Asha Patel')).toBeVisible();
  expect(learner).toHaveTextContent('The mail server could not be reached.');
  expect(learner).toHaveTextContent('Tried 8 times, last on Sun 8 Mar, 18:00');
  expect(within(learner).queryByRole('link', { name: /^Correct/ })).not.toBeInTheDocument();
  const instructor = await row('Mail to Asha Patel');
  expect(instructor).toHaveTextContent('Tried once');
  expect(await within(instructor).findByText(/with Jamie Learner$/)).toBeVisible();
  expect(within(instructor).getByRole('link', { name: /^Correct the address/ })).toHaveAttribute(
    'href',
    '/manage/instructors',
  );
  expect(within(instructor).getByRole('link', { name: /^Open lesson/ })).toHaveAttribute(
    'href',
    '/board?date=2026-03-11&lesson=b1',
  );
  await expectNoAxeFindings();
});

it('tries one again, then all, and says when nothing is left', async () => {
  renderApp('/manage/jobs');
  await tap.button('Try again Jamie Learner');
  expect(await screen.findByText(/^It is tried again now/)).toBeVisible();
  await waitFor(() => {
    expect(screen.queryByRole('heading', { name: /Jamie Learner/ })).not.toBeInTheDocument();
  });
  dead = [job, { ...job, id: 'j3' }];
  await tap.button('Try again Asha Patel');
  await tap.button('Try all 2 again');
  expect(await screen.findByText('Nothing has failed')).toBeVisible();
  await expectNoAxeFindings();
});

it('keeps the list when a retry fails, and says so', async () => {
  wire.use(http.post('/api/v1/jobs/j1/retry', () => problem(404, 'not-found')));
  renderApp('/manage/jobs');
  await tap.button('Try again Jamie Learner');
  expect(await screen.findByRole('alert')).toBeVisible();
  expect(await row('Mail to Jamie Learner')).toBeVisible();
});

it('tries nothing without a network', async () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  renderApp('/manage/jobs');
  expect(await screen.findByRole('button', { name: 'Try again Jamie Learner' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Try all 2 again' })).toBeDisabled();
});

it('says of a lesson that Google refuses whose calendar it is, and nothing of mail', async () => {
  dead = [
    { ...job, kind: 'calendar', person_id: 'asha', attempts: 1, problem: 'Google said 403: forbidden' },
  ];
  renderApp('/manage/jobs');
  const calendar = await row('Calendar of Asha Patel');
  expect(calendar).toHaveTextContent('Lesson in a calendar');
  expect(calendar).toHaveTextContent('Google refuses to show this lesson in the calendar as it is booked.');
  expect(within(calendar).queryByRole('link', { name: /^Correct/ })).not.toBeInTheDocument();
  expect(await within(calendar).findByRole('link', { name: /^Open lesson/ })).toBeVisible();
  await expectNoAxeFindings();
});
