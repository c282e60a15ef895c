import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { alternative, asked, hold, meetsGuests, note, outside, school, taken } from '../../../test/guests';
import { expectNoAxeFindings, tap, type renderApp } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { availability } from '../../../test/world';

beforeEach(meetsGuests);

const keepATime = async () => {
  await tap.time('09:00');
  await tap.button('Keep this time');
  await screen.findByText(/^Kept for you for/);
};
const sayWho = async (user: ReturnType<typeof renderApp>['user']) => {
  await user.type(screen.getByLabelText('Your name'), 'Rob Noyce');
  await user.type(screen.getByLabelText('E-mail'), 'rob@demo.test');
  await user.type(screen.getByLabelText('Phone'), '07700 900123');
  await tap.button('Send me the code');
  await screen.findByText(/on its way to rob@demo.test/);
};
const enter = async (user: ReturnType<typeof renderApp>['user'], code = '042 771') => {
  await user.type(screen.getByLabelText('Code from the mail'), code);
  await tap.button('Book the lesson');
};

it('books a lesson with a code, and says what happens next', async () => {
  const { user } = outside('/guest?school=riverside');
  await keepATime();
  await expectNoAxeFindings();
  await sayWho(user);
  await expectNoAxeFindings();
  await enter(user);
  await screen.findByRole('heading', { name: 'You’re booked' });
  expect(screen.getByText(/A mail to rob@demo.test follows/)).toBeVisible();
  expect(screen.getByRole('link', { name: /calendar/i })).toHaveAttribute('download', 'lesson.ics');
  await expectNoAxeFindings();
  expect(asked('POST /schools/riverside/holds')[0]?.body).toEqual({
    lesson_type_id: 'standard',
    start: hold.start,
  });
  expect(asked('POST /guest/hold/code')[0]?.body).toEqual({
    name: 'Rob Noyce',
    email: 'rob@demo.test',
    phone: '07700 900123',
  });
  const [booked] = asked('POST /guest/hold/booking');
  expect(booked?.body).toEqual({ code: '042771' });
  expect(booked?.headers.get('Authorization')).toBe('Guest token-of-hold');
});

it('keeps a time with whoever teaches in the language and the area', async () => {
  const [asha, ben] = school.instructors;
  const questions: URLSearchParams[] = [];
  wire.use(
    http.get('/api/v1/schools/:slug', () =>
      json({
        ...school,
        instructors: [
          { ...asha, languages: ['en', 'pl'], areas: ['Camden'] },
          { ...ben, languages: ['en'], areas: ['Camden', 'NW1'] },
        ],
      }),
    ),
    http.get('/api/v1/schools/:slug/availability', ({ request }) => {
      const query = new URL(request.url).searchParams;
      questions.push(query);
      return json(availability(query.get('from') ?? '', query.get('to') ?? ''));
    }),
  );
  const { user } = outside('/guest?school=riverside');
  await user.click(await screen.findByRole('radio', { name: 'Ben Carter' }));
  await user.selectOptions(await screen.findByLabelText('Language'), 'Polish');
  await user.selectOptions(screen.getByLabelText('Area'), 'Camden');
  expect(screen.queryByRole('radio', { name: 'Ben Carter' })).toBeNull();
  expect(screen.getByRole('radio', { name: 'Any instructor' })).toBeChecked();
  await expectNoAxeFindings();
  await waitFor(() => {
    expect(Object.fromEntries(questions.at(-1) ?? [])).toMatchObject({ language: 'pl', area: 'Camden' });
  });
  await keepATime();
  const wish = { lesson_type_id: 'standard', start: hold.start, language: 'pl', area: 'Camden' };
  expect(asked('POST /schools/riverside/holds')[0]?.body).toEqual(wish);
  await sayWho(user);
  await enter(user);
  await screen.findByRole('heading', { name: 'You’re booked' });
  expect(asked('POST /guest/hold/booking')[0]?.body).toEqual({
    code: '042771',
    language: 'pl',
    area: 'Camden',
  });
});

it('asks for the school where the address names none, or one that is not there', async () => {
  wire.use(
    http.get('/api/v1/schools/:slug', ({ params }) =>
      params.slug === 'riverside' ? json(school) : problem(404, 'not-found'),
    ),
  );
  const { user } = outside('/guest');
  await user.type(await screen.findByLabelText(/School/), 'nowhere');
  await tap.button('Continue');
  expect(await screen.findByText('There is no school of this name here.')).toBeVisible();
  await user.clear(screen.getByLabelText(/School/));
  await user.type(screen.getByLabelText(/School/), 'riverside');
  await tap.button('Continue');
  await screen.findByRole('heading', { name: 'Book at Riverside Driving School' });
});

it('says where a school takes no guests', async () => {
  wire.use(http.get('/api/v1/schools/:slug', () => json({ ...school, guests: false })));
  outside('/guest?school=riverside');
  expect(await screen.findByRole('alert')).toHaveTextContent('wants an account from whoever books');
  await expectNoAxeFindings();
});

it('offers other times where one was just taken, one tap away', async () => {
  let holds = 0;
  wire.use(
    http.post('/api/v1/schools/:slug/holds', async ({ request }) => {
      await note(request);
      return ++holds === 1 ? taken() : json({ ...hold, ...alternative }, 201);
    }),
  );
  outside('/guest?school=riverside');
  await tap.time('09:00');
  await tap.button('Keep this time');
  expect(await screen.findByRole('alert')).toHaveTextContent('Nothing was booked');
  await expectNoAxeFindings();
  await tap.button(/13:30 with Ben Carter/);
  await screen.findByText(/^Kept for you for/);
  expect(asked('POST /schools/riverside/holds')[1]?.body).toMatchObject({
    start: alternative.start,
    instructor_id: 'ben',
  });
});

it('asks again with the same key where the answer was lost', async () => {
  let holds = 0;
  wire.use(
    http.post('/api/v1/schools/:slug/holds', async ({ request }) => {
      await note(request);
      return ++holds === 1 ? HttpResponse.error() : json(hold, 201);
    }),
  );
  outside('/guest?school=riverside');
  await tap.time('09:00');
  await tap.button('Keep this time');
  await screen.findByRole('alert');
  await tap.button('Keep this time');
  await screen.findByText(/^Kept for you for/);
  const keys = asked('POST /schools/riverside/holds').map(({ headers }) => headers.get('Idempotency-Key'));
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

it('says when too many times are kept', async () => {
  wire.use(http.post('/api/v1/schools/:slug/holds', () => problem(409, 'too-many-holds')));
  outside('/guest?school=riverside');
  await tap.time('09:00');
  await tap.button('Keep this time');
  expect(await screen.findByRole('alert')).toHaveTextContent('Five times are being kept for you already');
});

it('keeps the time longer once, and says when it is over', async () => {
  outside('/guest?school=riverside');
  await keepATime();
  await tap.button('Five minutes more');
  await waitFor(() => {
    expect(screen.queryByRole('button', { name: 'Five minutes more' })).toBeNull();
  });
  expect(screen.getByRole('timer')).toHaveTextContent(/10:00|9:5\d/);
  vi.setSystemTime(Date.now() + 11 * 60_000);
  expect(await screen.findByRole('alert', {}, { timeout: 3000 })).toHaveTextContent(
    'The time is no longer kept for you',
  );
  await tap.button('Choose a time');
  await screen
    .findByRole('button', { name: /09:00/ })
    .catch(() => screen.findByRole('radio', { name: '09:00' }));
  expect(asked('DELETE /guest/hold')).toHaveLength(1);
});

it('points at what is wrong, and at a code that is not the one', async () => {
  let codes = 0;
  wire.use(
    http.post('/api/v1/guest/hold/code', () =>
      ++codes === 1
        ? problem(422, 'invalid-input', { errors: [{ pointer: '/email', message: 'No address.' }] })
        : new HttpResponse(null, { status: 202 }),
    ),
    http.post('/api/v1/guest/hold/booking', () =>
      problem(422, 'invalid-input', { errors: [{ pointer: '/code', message: 'This is not the code.' }] }),
    ),
  );
  const { user } = outside('/guest?school=riverside');
  await keepATime();
  await user.type(screen.getByLabelText('Your name'), 'Rob');
  await user.type(screen.getByLabelText('E-mail'), 'rob@demo.test');
  await user.type(screen.getByLabelText('Phone'), '1');
  await tap.button('Send me the code');
  expect(await screen.findByText('No address.')).toBeVisible();
  expect(screen.getByLabelText('Your name')).toHaveValue('Rob');
  await tap.button('Send me the code');
  await screen.findByText(/on its way/);
  await enter(user, '000000');
  expect(await screen.findByText('This is not the code.')).toBeVisible();
  await expectNoAxeFindings();
});

it('says when no more mails are sent for now', async () => {
  wire.use(
    http.post('/api/v1/guest/hold/code', () =>
      problem(429, 'rate-limited', { detail: 'Try again in 10 minutes.' }),
    ),
  );
  const { user } = outside('/guest?school=riverside');
  await keepATime();
  await user.type(screen.getByLabelText('Your name'), 'Rob');
  await user.type(screen.getByLabelText('E-mail'), 'rob@demo.test');
  await user.type(screen.getByLabelText('Phone'), '1');
  await tap.button('Send me the code');
  expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 10 minutes.');
});

it('tells whoever proved an address with an account to sign in', async () => {
  wire.use(http.post('/api/v1/guest/hold/booking', () => problem(409, 'account-exists')));
  const { user } = outside('/guest?school=riverside');
  await keepATime();
  await sayWho(user);
  await enter(user);
  expect(await screen.findByRole('alert')).toHaveTextContent('You have an account with this address');
  await user.click(screen.getByRole('link', { name: 'Sign in' }));
  await screen.findByRole('heading', { name: 'Sign in' });
  expect(asked('DELETE /guest/hold')).toHaveLength(1);
});

it('offers other times where the rules of the one who books refuse, and keeps what was typed', async () => {
  wire.use(http.post('/api/v1/guest/hold/booking', taken));
  const { user } = outside('/guest?school=riverside');
  await keepATime();
  await sayWho(user);
  await enter(user);
  expect(await screen.findByRole('alert')).toHaveTextContent('This time is no longer free.');
  wire.use(
    http.post('/api/v1/schools/:slug/holds', () =>
      json({ ...hold, ...alternative, id: 'h2', token: 'token-of-other' }, 201),
    ),
  );
  await tap.button(/13:30 with Ben Carter/);
  expect(await screen.findByDisplayValue('rob@demo.test')).toBeVisible();
});
