import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, list, problem, wire } from '../../../test/wire';
import { admin, booking, learner } from '../../../test/world';
import type { Schema } from '../../lib/api';

const lea: Schema['Child'] = {
  id: 'lea',
  name: 'Lea Short',
  since: '2026-01-05T09:00:00Z',
  until: '2028-05-03',
  consent: 'missing',
};

/** A guardian of Lea; whose lessons were asked for is kept. */
function serve(child: Schema['Child'] = lea) {
  const asked: (string | null)[] = [];
  wire.use(
    http.get('/api/v1/me', () =>
      json({ ...learner, name: 'Pat Short', role: 'guardian', learner_id: undefined }),
    ),
    http.get('/api/v1/me/children', () => json({ items: [child] })),
    http.get('/api/v1/school', () =>
      json({ guardian_consent_text: 'I agree that my child drives.', guardian_consent_version: 3 }),
    ),
    http.get('/api/v1/calendar/bookings', ({ request }) => {
      asked.push(request.headers.get('Acting-For'));
      return list([booking({ status: 'booked' })]);
    }),
  );
  return asked;
}

it('shows a guardian each child with what comes next', async () => {
  const asked = serve({ ...lea, consent: 'not_asked' });
  const { router } = renderApp('/');
  expect(await screen.findByRole('heading', { name: 'Lea Short' })).toBeVisible();
  expect(router.state.location.pathname).toBe('/children');
  expect(
    within(await screen.findByRole('list', { name: 'Next lessons' })).getAllByRole('listitem'),
  ).toHaveLength(1);
  expect(asked).toEqual(['lea']);
  expect(screen.queryByRole('button', { name: 'I agree Lea Short' })).toBeNull();
  await expectNoAxeFindings();
});

it('agrees to the very text that was read, and takes it back', async () => {
  serve();
  const sent: unknown[] = [];
  let consent: Schema['Child']['consent'] = 'missing';
  wire.use(
    http.get('/api/v1/me/children', () => json({ items: [{ ...lea, consent }] })),
    http.put('/api/v1/me/children/lea/consent', async ({ request }) => {
      sent.push(await request.json());
      consent = 'given';
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('/api/v1/me/children/lea/consent', () => {
      sent.push('withdrawn');
      consent = 'missing';
      return new HttpResponse(null, { status: 204 });
    }),
  );
  renderApp('/children');
  expect(await screen.findByText('I agree that my child drives.')).toBeVisible();
  await tap.button('I agree Lea Short');
  await tap.button('Withdraw Lea Short');
  expect(await screen.findByRole('button', { name: 'I agree Lea Short' })).toBeVisible();
  expect(sent).toEqual([{ text_version: 3 }, 'withdrawn']);
});

it('says so where the text has changed meanwhile', async () => {
  serve();
  wire.use(
    http.put('/api/v1/me/children/lea/consent', () =>
      problem(409, 'stale', { title: 'The text has changed' }),
    ),
  );
  renderApp('/children');
  await tap.button('I agree Lea Short');
  expect(await screen.findByRole('alert')).toHaveTextContent('The text has changed');
});

it('asks for a child in its name, shows in whose name that is, and comes back', async () => {
  const asked = serve();
  const { router } = renderApp('/children');
  await tap.button('All lessons Lea Short');
  expect(await screen.findByRole('heading', { name: 'My lessons' })).toBeVisible();
  const banner = screen.getByRole('complementary', { name: 'In whose name you act' });
  expect(within(banner).getByText('You act for Lea Short.')).toBeVisible();
  expect(new Set(asked)).toEqual(new Set(['lea']));
  await tap.button('Your children');
  expect(await screen.findByRole('heading', { name: 'Lea Short' })).toBeVisible();
  expect(router.state.location.pathname).toBe('/children');
  expect(screen.queryByRole('complementary', { name: 'In whose name you act' })).toBeNull();
});

it('says to whom nobody is linked, and what failed', async () => {
  serve();
  wire.use(http.get('/api/v1/me/children', () => json({ items: [] })));
  const { view } = renderApp('/children');
  expect(await screen.findByText(/has not linked a learner with you yet/)).toBeVisible();
  view.unmount();
  wire.use(http.get('/api/v1/me/children', () => problem(503, 'unavailable', { title: 'Not available' })));
  renderApp('/children');
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
});

const jamie = {
  id: 'jamie',
  name: 'Jamie Learner',
  email: 'jamie@demo.test',
  phone: '',
  active: true,
  version: 1,
};

/** Opens one of the dialogs about Jamie as an admin. */
async function open(name: string) {
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/learners', () => list([jamie])),
    http.get('/api/v1/guardians', () =>
      list([{ ...jamie, id: 'pat', name: 'Pat Short', email: 'pat@demo.test' }]),
    ),
  );
  const page = renderApp('/manage/learners');
  if (name === 'Guardians') await tap.button('Guardians Jamie Learner');
  else {
    await tap.button('More Jamie Learner');
    await page.user.click(screen.getByRole('menuitem', { name, hidden: true }));
  }
  return page;
}

it('links a guardian who is known, invites one who is not, and ends it', async () => {
  const links: string[] = [];
  const sent: unknown[] = [];
  wire.use(
    http.get('/api/v1/learners/jamie/guardians', () =>
      json({
        items: links.map((id) => ({
          ...jamie,
          id,
          name: id === 'pat' ? 'Pat Short' : 'Robin New',
          since: '2026-03-01T09:00:00Z',
          until: '2028-05-03',
          consent: null,
        })),
      }),
    ),
    http.post('/api/v1/learners/jamie/guardians', async ({ request }) => {
      const { guardian_id } = (await request.json()) as { guardian_id: string };
      expect(request.headers.get('Idempotency-Key')).toBeTruthy();
      links.push(guardian_id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post('/api/v1/guardians', async ({ request }) => {
      sent.push(await request.json());
      return json({ ...jamie, id: 'robin', name: 'Robin New' }, 201);
    }),
    http.delete('/api/v1/learners/jamie/guardians/pat', () => {
      links.splice(links.indexOf('pat'), 1);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = await open('Guardians');
  expect(await screen.findByText('Nobody yet.')).toBeVisible();
  await user.selectOptions(await screen.findByLabelText('Somebody who is a guardian already'), 'pat');
  await tap.button('Add');
  expect(await screen.findByText(/until Wednesday 3 May 2028, has not agreed to lessons/)).toBeVisible();
  await expectNoAxeFindings();
  await tap.button('Invite somebody new');
  await user.type(screen.getByLabelText('Name'), 'Robin New');
  await user.type(screen.getByLabelText('E-mail'), 'robin@demo.test');
  await tap.button('Invite');
  expect(await screen.findByText('They get a mail with a link.')).toBeVisible();
  expect(sent).toEqual([{ name: 'Robin New', email: 'robin@demo.test', phone: '' }]);
  await tap.button('End Pat Short');
  await expect.poll(() => screen.queryByRole('button', { name: 'End Pat Short' })).toBeNull();
  expect(links).toEqual(['robin']);
});

it('lets an admin see as somebody for a reason, and stop', async () => {
  const begun = {
    id: 'i1',
    person_id: 'jamie',
    name: 'Jamie Learner',
    role: 'learner',
    until: '2026-03-09T07:30:00Z',
  };
  const sent: unknown[] = [];
  wire.use(
    http.post('/api/v1/impersonations', async ({ request }) => {
      sent.push(await request.json());
      return json(begun, 201);
    }),
    http.get('/api/v1/impersonations', () => json({ items: [begun] })),
    http.delete('/api/v1/impersonations/i1', () => {
      sent.push('stopped');
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, router } = await open('See as…');
  await user.type(await screen.findByLabelText('Reason'), 'Jamie cannot find a time.');
  await expectNoAxeFindings();
  await tap.button('Begin');
  expect(await screen.findByText(/You see and act as Jamie Learner until 07:30/)).toBeVisible();
  expect(router.state.location.pathname).toBe('/book');
  await tap.button('Stop');
  await expect.poll(() => router.state.location.pathname).toBe('/board');
  expect(sent).toEqual([{ person_id: 'jamie', reason: 'Jamie cannot find a time.' }, 'stopped']);
});
