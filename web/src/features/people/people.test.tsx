import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, booking, instructors } from '../../../test/world';

const jamie = {
  id: 'jamie',
  name: 'Jamie Learner',
  email: 'x@demo.test',
  phone: '',
  active: true,
  version: 1,
};
const others = Array.from({ length: 60 }, (_, index) => ({
  ...jamie,
  id: `l${index}`,
  name: `Learner ${String(index).padStart(2, '0')}`,
}));
beforeEach(() => {
  wire.use(http.get('/api/v1/me', () => json(admin)));
});

it('finds a learner in a long list', async () => {
  wire.use(http.get('/api/v1/learners', () => list([...others, jamie])));
  renderApp('/manage/learners');
  expect(await screen.findByRole('button', { name: 'Show more (11 left)' })).toBeVisible();
  await userEvent.type(screen.getByLabelText('Search'), 'jam learn');
  expect(screen.getAllByRole('heading', { level: 2 })).toHaveLength(1);
  await userEvent.type(screen.getByLabelText('Search'), 'zzz');
  expect(screen.getByText('Nothing matches “jam learnzzz”')).toBeVisible();
  await tap.button('Show all');
  expect(screen.getAllByRole('heading', { level: 2 })).toHaveLength(50);
});

it('shows the welcome link of somebody new, once, to copy', async () => {
  let sent: unknown;
  wire.use(
    http.post('/api/v1/instructors', async ({ request }) => {
      sent = await request.json();
      return json({ ...jamie, id: 'nora', name: 'Nora', welcome_url: 'http://localhost/welcome#abc' }, 201);
    }),
  );
  const { user } = renderApp('/manage/instructors');
  await tap.button('Add an instructor');
  await user.type(await screen.findByLabelText('Name'), 'Nora');
  await user.type(screen.getByLabelText('E-mail'), 'nora@demo.test');
  await tap.button('Add');
  expect(await screen.findByLabelText('Welcome link')).toHaveValue('http://localhost/welcome#abc');
  expect(sent).toEqual({ name: 'Nora', email: 'nora@demo.test', phone: '', languages: [], areas: [] });
  const written = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click(screen.getByRole('button', { name: 'Copy link' }));
  expect(await screen.findByText('Copied.')).toBeVisible();
  expect(written).toHaveBeenCalledWith('http://localhost/welcome#abc');
  await expectNoAxeFindings();
});

it('says in which languages and areas an instructor teaches', async () => {
  const sent: unknown[] = [];
  const polish = { ...instructors[0], email: 'asha@demo.test', languages: ['pl'], areas: ['Camden'] };
  wire.use(
    http.get('/api/v1/instructors', () => list([polish, { ...instructors[1], areas: ['Angel'] }])),
    http.patch('/api/v1/instructors/asha', async ({ request }) => {
      sent.push(await request.json());
      return json({ ...polish, version: 2 });
    }),
  );
  const { user } = renderApp('/manage/instructors');
  expect(await screen.findByText(/Polish, Camden/)).toBeVisible();
  await tap.button('Change Asha Patel');
  const languages = await screen.findByRole('combobox', { name: 'Languages of lessons' });
  const areas = screen.getByRole('combobox', { name: 'Areas' });
  await user.type(languages, 'welsh{Enter}PT-br{Enter}nonsense{Enter}');
  expect(screen.getByRole('alert')).toHaveTextContent('“nonsense” is no language');
  expect(languages).toHaveAccessibleDescription(/is no language/);
  await expectNoAxeFindings();
  await user.clear(languages);
  await tap.button('Remove Polish');
  expect(languages).toHaveFocus();
  // What is still in the field when the form is sent counts.
  await user.type(areas, 'camden{Enter} NW1 ');
  await tap.button('Save');
  await waitFor(() => {
    expect(sent).toEqual([{ languages: ['cy', 'pt-BR'], areas: ['Camden', 'NW1'] }]);
  });
});

it('lets an admin sign somebody out everywhere, and the office not', async () => {
  const ended: unknown[] = [];
  wire.use(
    http.get('/api/v1/learners', () => list([jamie])),
    http.delete('/api/v1/people/:id/sessions', ({ params }) => {
      ended.push(params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { view, user } = renderApp('/manage/learners');
  await tap.button('More Jamie Learner');
  await user.click(screen.getByRole('menuitem', { name: 'Sign out everywhere', hidden: true }));
  expect(await screen.findByText('Jamie Learner is signed out everywhere.')).toBeVisible();
  expect(ended).toEqual(['jamie']);
  view.unmount();
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'office' })));
  renderApp('/manage/learners');
  expect(await screen.findByRole('button', { name: 'Change Jamie Learner' })).toBeVisible();
  await tap.button('More Jamie Learner');
  expect(screen.getByRole('menuitem', { name: 'Invite again', hidden: true })).toBeInTheDocument();
  expect(screen.queryByRole('menuitem', { name: 'Sign out everywhere', hidden: true })).toBeNull();
});

it('says which lessons lie ahead before somebody is switched off', async () => {
  let patch: unknown;
  const asked = vi.fn();
  wire.use(
    http.get('/api/v1/calendar/bookings', ({ request }) => {
      asked(new URL(request.url).searchParams.get('instructor_id'));
      return list([booking(), booking({ id: 'b2' }), booking({ id: 'b3', status: 'cancelled', can: [] })]);
    }),
    http.patch('/api/v1/instructors/asha', async ({ request }) => {
      patch = await request.json();
      return json({ id: 'asha', name: 'Asha Patel', active: false, version: 2 });
    }),
  );
  renderApp('/manage/instructors');
  await tap.button('Switch off Asha Patel');
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/^2 lessons lie ahead/)).toBeVisible();
  expect(within(dialog).getAllByRole('link', { name: 'Move' })).toHaveLength(2);
  await expectNoAxeFindings();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Switch off' }));
  expect(await screen.findByText('Asha Patel is switched off.')).toBeVisible();
  expect(patch).toEqual({ active: false });
  expect(asked).toHaveBeenCalledWith('asha');
});

it('counts the lessons of somebody who cannot be removed', async () => {
  wire.use(http.delete('/api/v1/learners/jamie', () => problem(409, 'in-use', { count: 3 })));
  renderApp('/manage/learners');
  await tap.button('Remove Jamie Learner');
  await tap.button('Remove');
  expect(await screen.findByText('Jamie Learner stays: 3 lessons are kept with the name')).toBeVisible();
  await tap.button('Switch off instead');
  expect(await screen.findByText('No lesson lies ahead.')).toBeVisible();
});

it('erases somebody who has asked for it, with the lessons ahead', async () => {
  const asked: unknown[] = [];
  wire.use(
    http.delete('/api/v1/learners/jamie', () => problem(409, 'in-use', { count: 3 })),
    http.post('/api/v1/people/jamie/erasure', async ({ request }) => {
      const input = (await request.json()) as { cancel_lessons?: boolean };
      asked.push(input);
      return input.cancel_lessons
        ? new HttpResponse(null, { status: 204 })
        : problem(409, 'in-use', { count: 1 });
    }),
  );
  renderApp('/manage/learners');
  await tap.button('Remove Jamie Learner');
  await tap.button('Remove');
  await tap.button('Erase');
  await tap.button('Erase for good');
  expect(await screen.findByText('Jamie Learner has one lesson to come')).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Cancel them and erase');
  expect(await screen.findByText('Jamie Learner is erased.')).toBeVisible();
  expect(asked).toEqual([{}, { cancel_lessons: true }]);
});

it('keeps the last admin and says so', async () => {
  const alex = {
    id: 'u2',
    email: 'a@demo.test',
    name: 'Alex Admin',
    role: 'admin',
    active: true,
    version: 1,
  };
  const errors = [{ pointer: '/role', message: 'The last admin stays one.' }];
  wire.use(
    http.get('/api/v1/users', () => list([alex])),
    http.patch('/api/v1/users/u2', () => problem(422, 'invalid-input', { errors })),
  );
  renderApp('/manage/team');
  await tap.button('Change Alex Admin');
  await userEvent.selectOptions(await screen.findByLabelText('Role'), 'Office');
  await tap.button('Save');
  await expect
    .poll(() => screen.getByLabelText('Role'))
    .toHaveAccessibleDescription(/The last admin stays one/);
});

it('shows the office nothing that only admins may', async () => {
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'office' })));
  renderApp('/manage/team');
  expect(await screen.findByRole('heading', { name: 'For admins' })).toBeVisible();
  expect(screen.queryByRole('link', { name: 'Office team' })).toBeNull();
});

it('says of a vehicle that nobody may drive it, and who may from now on', async () => {
  let patch: unknown;
  const corsa = {
    id: 'v1',
    name: 'Corsa',
    transmission: 'manual',
    turnaround_minutes: 10,
    driver_ids: [],
    active: true,
    version: 3,
  };
  wire.use(
    http.get('/api/v1/vehicles', () => list([corsa])),
    http.patch('/api/v1/vehicles/v1', async ({ request }) => {
      patch = await request.json();
      return json({ ...corsa, driver_ids: ['ben'] });
    }),
  );
  renderApp('/manage/vehicles');
  expect(await screen.findByText('Nobody may drive it, so it is never used.')).toBeVisible();
  await tap.button('Change Corsa');
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Ben Carter' }));
  await expectNoAxeFindings();
  await tap.button('Save');
  await expect.poll(() => patch).toEqual({ driver_ids: ['ben'] });
});

it('says that somebody is removed, although they are no longer in the list', async () => {
  const there = [jamie, { ...jamie, id: 'kim', name: 'Kim New' }];
  wire.use(
    http.get('/api/v1/learners', () => list(there)),
    http.delete('/api/v1/learners/kim', () => {
      there.pop();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderApp('/manage/learners');
  await tap.button('Remove Kim New');
  await tap.button('Remove');
  expect(await screen.findByText('Kim New is removed.')).toBeVisible();
  expect(screen.queryByRole('heading', { name: 'Kim New' })).toBeNull();
});
