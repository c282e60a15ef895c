import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, wire } from '../../../test/wire';
import { availability, booking, instructors } from '../../../test/world';

const teach = (...what: { languages: string[]; areas: string[] }[]) => {
  wire.use(
    http.get('/api/v1/instructors', () =>
      list(instructors.map((each, index) => ({ ...each, ...what[index] }))),
    ),
  );
};
let questions: URLSearchParams[] = [];
const asked = () => Object.fromEntries(questions.at(-1) ?? []);
let sent: unknown;

beforeEach(() => {
  questions = [];
  wire.use(
    http.get('/api/v1/calendar/availability', ({ request }) => {
      const query = new URL(request.url).searchParams;
      questions.push(query);
      return json(availability(query.get('from') ?? '', query.get('to') ?? ''));
    }),
    http.post('/api/v1/calendar/bookings', async ({ request }) => {
      sent = await request.json();
      return json(booking(), 201);
    }),
  );
});

it('asks for no language where it makes no difference', async () => {
  teach({ languages: ['en'], areas: ['Camden'] }, { languages: ['en'], areas: ['Camden'] });
  renderApp('/book');
  await screen.findByRole('radio', { name: '09:00' });
  await tap.time('09:00');
  expect(screen.queryByLabelText('Language')).toBeNull();
  expect(screen.queryByLabelText('Area')).toBeNull();
});

it('lists and books by language and area, and the address remembers them', async () => {
  teach(
    { languages: ['en', 'pl', 'pt-BR'], areas: ['NW10', 'NW1'] },
    { languages: ['en'], areas: ['NW1', 'E8'] },
  );
  const { router } = renderApp('/book');
  const language = await screen.findByLabelText('Language');
  expect(
    within(language)
      .getAllByRole('option')
      .map((each) => each.textContent),
  ).toEqual(['Any language', 'Brazilian Portuguese', 'English', 'Polish']);
  const areas = () =>
    within(screen.getByLabelText('Area'))
      .getAllByRole('option')
      .map((each) => each.textContent);
  expect(areas()).toEqual(['Any area', 'E8', 'NW1', 'NW10']);
  await userEvent.selectOptions(language, 'Polish');
  expect(await screen.findByLabelText('Language')).toHaveValue('pl');
  expect(areas()).toEqual(['Any area', 'NW1', 'NW10']);
  expect(screen.queryByRole('radio', { name: 'Ben Carter' })).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText('Area'), 'NW10');
  expect(router.state.location.search).toEqual({ language: 'pl', area: 'NW10' });
  await waitFor(() => {
    expect(asked()).toMatchObject({ language: 'pl', area: 'NW10' });
  });
  expect(asked()).not.toHaveProperty('instructor_id');
  await expectNoAxeFindings();
  await tap.time('09:00');
  await tap.button('Confirm');
  await screen.findByRole('heading', { name: 'You’re booked' });
  expect(sent).toMatchObject({ language: 'pl', area: 'NW10' });
  expect(sent).not.toHaveProperty('instructor_id');
});

it('lets go of an instructor who does not teach so, and of what nobody teaches any more', async () => {
  teach({ languages: ['en', 'pl'], areas: [] }, { languages: ['en'], areas: [] });
  const { router } = renderApp('/book?who=ben&language=cy');
  expect(await screen.findByLabelText('Language')).toHaveValue('');
  expect(screen.getByRole('radio', { name: 'Ben Carter' })).toBeChecked();
  expect(asked()).toMatchObject({ instructor_id: 'ben' });
  expect(asked()).not.toHaveProperty('language');
  await userEvent.selectOptions(screen.getByLabelText('Language'), 'Polish');
  expect(await screen.findByRole('radio', { name: 'Any instructor' })).toBeChecked();
  await waitFor(() => {
    expect(asked()).toMatchObject({ language: 'pl' });
  });
  expect(asked()).not.toHaveProperty('instructor_id');
  await userEvent.selectOptions(screen.getByLabelText('Language'), 'Any language');
  expect(router.state.location.search).not.toHaveProperty('language');
});
