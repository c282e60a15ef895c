// What the office changes on its own pages, and what a learner notices of it. In the order of the pages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { look } from './browser.mjs';
import { quiet, signIn } from './pages.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const loaded = (page) => page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
const saved = (page, words = 'Saved.') => page.getByText(words).first().waitFor();

/** Signs the office in, whoever was there before. */
export async function asOffice(page, path) {
  await quiet(page);
  if ((await page.getByRole('link', { name: 'Manage', exact: true }).count()) === 0) {
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.context().clearCookies();
    await signIn(page, 'admin@demo.test');
    await quiet(page);
  }
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await loaded(page);
}

async function asLearner(base) {
  const json = { 'Content-Type': 'application/json' };
  const account = { email: 'learner@demo.test', password: 'roadbook-demo' };
  const call = async (method, path, body, headers) => {
    const answer = await fetch(base + path, {
      method,
      headers: { ...json, ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const { access_token: token } = (await call('POST', '/api/v1/auth/login', account)).body;
  const bearer = { Authorization: `Bearer ${token}` };
  return {
    get: async (path) => (await call('GET', path, undefined, bearer)).body,
    post: (path, body) =>
      call('POST', path, body, {
        ...bearer,
        'Idempotency-Key': `key-${Math.random()}`,
      }),
  };
}
const dayAfter = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Free times of the first lesson type in a window of days from today. */
async function freeTimes(learner, from, to) {
  const [type] = (await learner.get('/api/v1/lesson-types')).items;
  const path = `/api/v1/calendar/availability?lesson_type_id=${type.id}&from=${dayAfter(from)}&to=${dayAfter(to)}`;
  return { type, ...(await learner.get(path)) };
}

export const managing = {
  'managing: lesson types, one added': async ({ page, view }) => {
    await asOffice(page, '/manage/lesson-types');
    await heading(page, 'Lesson types');
    await look(page, 'manage-types', view);
    if (view.width < 1024) {
      await page.getByText(/^Manage: /).click();
      await page.getByRole('link', { name: 'School settings' }).waitFor();
      await look(page, 'manage-menu', view);
      await page.getByText(/^Manage: /).click();
    }
    await page.getByRole('button', { name: 'Add a lesson type' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Motorway, two hours');
    await dialog.getByLabel('Length').fill('120');
    await dialog.getByLabel('Price').fill('76.50');
    await look(page, 'manage-types-add', view);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await saved(page);
    await page.getByText('2 hours, £76.50').waitFor();
  },

  'managing: buffers, the picture follows': async ({ page, view }) => {
    await asOffice(page, '/manage/buffers');
    const section = page.getByRole('region', { name: 'Motorway, two hours' });
    await section.getByLabel('Minutes after').fill('0');
    await section.getByText(/^4 lessons fit/).waitFor();
    await section.getByLabel('Minutes after').fill('45');
    await section.getByText(/^3 lessons fit/).waitFor();
    await section.scrollIntoViewIfNeeded();
    await look(page, 'manage-buffers', view);
    await section.getByRole('button', { name: 'Save buffers' }).click();
    await saved(page, /^Buffers of/);
    await page.reload();
    assert.equal(await section.getByLabel('Minutes after').inputValue(), '45');
  },

  'managing: a rule that is switched on refuses a booking': async ({ page, view, base }) => {
    const learner = await asLearner(base);
    const { type, slots } = await freeTimes(learner, 8, 15);
    await asOffice(page, '/manage/rules');
    await look(page, 'manage-rules', view);
    const day = page.getByRole('region', { name: 'Lessons a day' });
    const week = page.getByRole('region', { name: 'Lessons a week' });
    const open = page.getByRole('region', { name: 'Lessons booked ahead' });
    await day.getByRole('switch').check();
    await day.getByRole('spinbutton').fill('3');
    await week.getByRole('switch').check();
    await week.getByRole('spinbutton').fill('2');
    await week.getByText(/^Do you mean this\?/).waitFor();
    await look(page, 'manage-rules-conflict', view);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await open.getByRole('switch').check();
    await open.getByRole('spinbutton').fill('1');
    await open.getByRole('textbox').fill('One lesson at a time, please.');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await saved(page, /^Saved: /);
    const refused = await learner.post('/api/v1/calendar/bookings', {
      lesson_type_id: type.id,
      start: slots[0].start,
    });
    assert.equal(refused.status, 409);
    const why = refused.body.refusals.find((refusal) => refusal.rule === 'open-bookings');
    assert.equal(why.message, 'One lesson at a time, please.');
    await open.getByRole('switch').uncheck();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByRole('button', { name: 'Save rules' }).waitFor({ state: 'detached' });
  },

  'managing: a closure takes the times of its day': async ({ page, view, base }) => {
    const learner = await asLearner(base);
    const before = await freeTimes(learner, 8, 15);
    const date = before.days.find((day) => day.count > 0).date;
    await asOffice(page, '/manage/closures');
    await look(page, 'manage-closures', view);
    await page.getByRole('button', { name: 'Add a closure' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill('Staff outing');
    await dialog.getByLabel('First day closed').fill(date);
    await dialog.getByLabel('Last day closed').fill(date);
    await dialog.getByRole('button', { name: 'Add' }).click();
    const affected = page.getByRole('dialog', { name: /affected$/ });
    await affected.getByRole('button', { name: 'Keep' }).first().waitFor();
    await look(page, 'manage-affected', view);
    const after = await freeTimes(learner, 8, 15);
    assert.equal(after.days.find((day) => day.date === date).count, 0);
    await affected.getByRole('button', { name: 'Keep' }).first().click();
    await affected.getByText('Stays as it is').waitFor();
    await affected.getByRole('button', { name: 'Cancel', exact: true }).first().click();
    const reason = page.getByRole('dialog', { name: 'Cancel this lesson?' });
    await reason.getByRole('textbox').fill('The school is closed on that day.');
    await reason.getByRole('button', { name: 'Cancel lesson' }).click();
    await affected.getByText('Cancelled').waitFor();
    await affected.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Staff outing').first().waitFor();
    await look(page, 'manage-closures-one', view);
    await page.getByRole('button', { name: 'Remove Staff outing' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await saved(page, 'Staff outing is removed.');
    const again = await freeTimes(learner, 8, 15);
    assert.ok(again.days.find((day) => day.date === date).count > 0, 'the times are free again');
  },

  'managing: an instructor is added and signs in by the welcome link': async ({ page, view, allowed }) => {
    await asOffice(page, '/manage/instructors');
    await look(page, 'manage-instructors', view);
    await page.getByRole('button', { name: 'Add an instructor' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Nora Quist');
    await dialog.getByLabel('E-mail').fill('instructor@demo.test');
    allowed.add('422');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByRole('alert').first().waitFor();
    await look(page, 'manage-people-mistake', view);
    allowed.delete('422');
    await dialog.getByLabel('E-mail').fill('nora.quist@demo.test');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const link = await page.getByLabel('Welcome link').inputValue();
    await look(page, 'manage-welcome', view);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Nora Quist' }).waitFor();
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByLabel('New password').fill('a sentence of some length');
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('button', { name: 'Account of Nora Quist' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Manage' }).count(), 0);
  },

  'managing: somebody with lessons is not removed but switched off': async ({ page, view, allowed }) => {
    await asOffice(page, '/manage/learners');
    await page.getByLabel('Search').fill('thompson');
    await page.getByRole('heading', { name: 'Maya Thompson' }).waitFor();
    await look(page, 'manage-learners', view);
    await page.getByRole('button', { name: 'Remove Maya Thompson' }).click();
    const dialog = page.getByRole('dialog');
    allowed.add('409');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText(/stays: .* kept/).waitFor();
    await look(page, 'manage-in-use', view);
    allowed.delete('409');
    await dialog.getByRole('button', { name: 'Switch off instead' }).click();
    await dialog.getByText(/ahead/).waitFor();
    await look(page, 'manage-switch-off', view);
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).last().click();
  },

  'managing: a vehicle and who may drive it': async ({ page, view }) => {
    await asOffice(page, '/manage/vehicles');
    await look(page, 'manage-vehicles', view);
    await page.getByRole('button', { name: 'Add a vehicle' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Skoda Fabia (NG25 RDH)');
    await dialog.getByLabel('Imran Qureshi').check();
    await look(page, 'manage-vehicle-add', view);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await saved(page);
    await page.getByRole('heading', { name: 'Skoda Fabia (NG25 RDH)' }).waitFor();
  },

  'managing: the team is for admins': async ({ page, view }) => {
    await asOffice(page, '/manage/team');
    await look(page, 'manage-team', view);
    await page
      .getByRole('button', { name: /^Change/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Helen Marsh-Cole');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await saved(page);
    await page.getByRole('heading', { name: 'Helen Marsh-Cole' }).waitFor();
  },

  'managing: the hours of an instructor, lessons that fall outside are listed': async ({ page, view }) => {
    await asOffice(page, '/manage/instructors');
    await page.getByRole('link', { name: 'Hours Daniel Okafor' }).click();
    await heading(page, 'Hours of Daniel Okafor');
    await loaded(page);
    await look(page, 'manage-hours', view);
    const week = page.getByRole('region', { name: 'Every week' });
    const friday = week.getByRole('group', { name: 'Friday' });
    await friday.getByRole('button', { name: /^Remove hours 2/ }).click();
    await friday.getByRole('button', { name: /^Remove hours 1/ }).click();
    await friday.getByText('No lessons').waitFor();
    await week.getByLabel('Copy the hours of Thursday to').selectOption({ label: 'Saturday' });
    await week.getByRole('button', { name: 'Save hours' }).click();
    const affected = page.getByRole('dialog', { name: /affected$/ });
    await affected
      .getByText(/^Friday/)
      .first()
      .waitFor();
    await look(page, 'manage-hours-affected', view);
    await affected.getByRole('button', { name: 'Done' }).click();
    await week.getByText(/outside the hours$/).waitFor();
    await page.reload();
    await friday.getByText('No lessons').waitFor();
    await week.getByLabel('Saturday, from (1)').waitFor();

    const dates = page.getByRole('region', { name: 'Single dates' });
    await dates.getByLabel('Date', { exact: true }).fill(dayAfter(40));
    await dates.getByRole('button', { name: 'Add a date' }).click();
    await dates.getByRole('button', { name: 'Save dates' }).click();
    await page.getByText('Hours are saved.').waitFor();
    const off = page.getByRole('region', { name: 'Time off' });
    await off.getByRole('button', { name: 'Add time off' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('From').fill(`${dayAfter(50)}T09:00`);
    await dialog.getByLabel('Until').fill(`${dayAfter(52)}T17:00`);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await off
      .getByText(/09:00 – .*17:00/)
      .first()
      .waitFor();
    // What lies half below the header is too small for axe.
    await page.evaluate(() => scrollTo(0, 0));
    await look(page, 'manage-hours-time-off', view);
    await off.getByRole('button', { name: /^Remove/ }).click();
    await saved(page, 'The time is free again.');
  },

  'managing: all bookings, filtered, downloaded, with their history': async ({ page, view }) => {
    await asOffice(page, '/manage/bookings');
    await page.getByRole('row').nth(1).waitFor();
    await look(page, 'manage-bookings', view);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByLabel('Learner').selectOption({ label: 'Amelia Clarke' });
    await page.waitForURL(/learner=/);
    await page.getByText('Page 1').waitFor();
    await loaded(page);
    await page.getByRole('cell', { name: 'Amelia Clarke' }).first().waitFor();
    assert.equal(await page.getByRole('row', { name: /Oliver Hughes/ }).count(), 0);
    await page.reload();
    await page.getByRole('row').nth(1).waitFor();
    const rows = (await page.getByRole('row').count()) - 1;
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const lines = readFileSync(await (await file).path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    assert.equal(lines.length, rows + 1);
    assert.match(lines[1], /Amelia Clarke/);
    await page
      .getByRole('button', { name: /^History/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    await look(page, 'manage-history', view);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('Status').selectOption({ label: 'Refused' });
    await page.getByText('No booking is like that').waitFor();
    await look(page, 'manage-bookings-none', view);
  },

  'managing: the school approves what learners book': async ({ page, view, base, allowed }) => {
    const learner = await asLearner(base);
    await asOffice(page, '/manage/school');
    await page.getByLabel('Name of the school').waitFor();
    await look(page, 'manage-school', view);
    allowed.add('422');
    await page.getByLabel('Currency').fill('EUR');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'One thing to put right' }).waitFor();
    await look(page, 'manage-school-mistake', view);
    allowed.delete('422');
    await page.getByLabel('Currency').fill('GBP');
    await page.getByRole('checkbox', { name: 'The office approves' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await saved(page);
    const { type, slots } = await freeTimes(learner, 15, 22);
    const asked = await learner.post('/api/v1/calendar/bookings', {
      lesson_type_id: type.id,
      start: slots.at(-1).start,
    });
    assert.equal(asked.body.status, 'requested');
    await page.getByRole('checkbox', { name: 'The office approves' }).uncheck();
    const back = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.equal((await back).status(), 200);
  },

  'managing: who saw what is there to be read and downloaded': async ({ page, view }) => {
    await asOffice(page, '/manage/learners');
    await asOffice(page, '/manage/audit');
    const seen = page.getByRole('listitem').filter({ hasText: 'Saw data' }).first();
    // What is seen is written a moment later.
    for (let tries = 0; tries < 20 && (await seen.count()) === 0; ++tries) {
      await page.reload();
      await loaded(page);
    }
    await seen.locator('summary').click();
    await seen.getByText('GET /api/v1/').waitFor();
    await look(page, 'manage-audit', view);
    await page.getByLabel('What', { exact: true }).selectOption({ label: 'Signed in' });
    await page.waitForURL(/action=signed_in/);
    await page.getByRole('listitem').filter({ hasText: 'Signed in' }).first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as a table' }).click();
    const table = readFileSync(await (await download).path(), 'utf8');
    assert.match(table, /^at,action,who,.*\r\n.*,signed_in,/);
  },
};
