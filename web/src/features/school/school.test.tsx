import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectNoAxeFindings, renderApp, tap } from '../../../test/renderApp';
import { json, problem, wire } from '../../../test/wire';
import { admin } from '../../../test/world';

const school = {
  id: 's1',
  slug: 'riverside',
  name: 'Riverside Driving School',
  time_zone: 'Europe/London',
  currency: 'GBP',
  approval: false,
  guardian_consent_required: false,
  guardian_consent_text: '',
  reminders: [1440, 120],
  colour: '',
  notice_texts: { confirmed: 'Bring your licence.' },
  audit_months: 24,
  calendar_check_minutes: 0,
  registration: false,
  guests: false,
  second_factor_required: false,
  version: 4,
};
beforeEach(() => {
  // Each look-up by role asks all options of the page.
  vi.spyOn(Intl, 'supportedValuesOf').mockReturnValue(['Europe/Berlin', 'Europe/London']);
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/school', () => json(school)),
  );
});

it('changes only what was changed', async () => {
  let sent: unknown;
  wire.use(
    http.patch('/api/v1/school', async ({ request }) => {
      sent = [await request.json(), request.headers.get('If-Match')];
      return json({ ...school, approval: true, version: 5 });
    }),
  );
  renderApp('/manage/school');
  await userEvent.click(await screen.findByRole('checkbox', { name: /approves what learners book/ }));
  await expectNoAxeFindings();
  await tap.button('Save');
  expect(await screen.findByText('Saved.')).toBeVisible();
  expect(sent).toEqual([{ approval: true }, '"4"']);
});

it('takes guests where the school says so', async () => {
  let sent: unknown;
  wire.use(
    http.patch('/api/v1/school', async ({ request }) => {
      sent = await request.json();
      return json({ ...school, guests: true, version: 5 });
    }),
  );
  renderApp('/manage/school');
  const guests = await screen.findByRole('checkbox', { name: /without an account/ });
  expect(guests).not.toBeChecked();
  await userEvent.click(guests);
  await tap.button('Save');
  expect(await screen.findByText('Saved.')).toBeVisible();
  expect(sent).toEqual({ guests: true });
});

it('says at the field that the zone is fixed', async () => {
  const errors = [{ pointer: '/time_zone', message: 'There are bookings in the zone as it is.' }];
  wire.use(http.patch('/api/v1/school', () => problem(422, 'invalid-input', { errors })));
  renderApp('/manage/school');
  await userEvent.selectOptions(await screen.findByLabelText('Time zone'), 'Europe/Berlin');
  await tap.button('Save');
  await expect
    .poll(() => screen.getByLabelText('Time zone'))
    .toHaveAccessibleDescription(/There are bookings in the zone as it is/);
});

it('sends reminders and words as the school has them, and says what stands for nothing', async () => {
  let sent: unknown;
  wire.use(
    http.patch('/api/v1/school', async ({ request }) => {
      sent = await request.json();
      return json({ ...school, version: 5 });
    }),
  );
  renderApp('/manage/school');
  const third = await screen.findByLabelText('Third reminder');
  await userEvent.clear(third);
  await userEvent.type(third, '1');
  const moved = screen.getByLabelText('A lesson is moved');
  await userEvent.type(moved, 'Hello {{name}');
  expect(moved).toHaveAccessibleDescription('“{name}” stands for nothing.');
  await userEvent.clear(moved);
  await userEvent.type(moved, 'Hello ');
  await userEvent.click(
    within(screen.getByRole('group', { name: 'Put into: A lesson is moved' })).getByRole('button', {
      name: 'Learner',
    }),
  );
  expect(screen.getByText('Hello Ada Lovelace')).toBeVisible();
  await userEvent.type(screen.getByLabelText('Colour'), '#ffcc00');
  expect(screen.getByLabelText('Colour')).toHaveAccessibleDescription(/Too pale/);
  await userEvent.clear(screen.getByLabelText('Colour'));
  await userEvent.type(screen.getByLabelText('Colour'), '#8a1538');
  await expectNoAxeFindings();
  await tap.button('Save');
  await screen.findByText('Saved.');
  expect(sent).toEqual({
    colour: '#8a1538',
    reminders: [1440, 120, 60],
    notice_texts: { confirmed: 'Bring your licence.', moved: 'Hello {learner}' },
  });
});

it('is not for the office', async () => {
  wire.use(http.get('/api/v1/me', () => json({ ...admin, role: 'office' })));
  renderApp('/manage/school');
  expect(
    await screen.findByText('Only an admin of the school can see and change this page. Ask one of them.'),
  ).toBeVisible();
});
