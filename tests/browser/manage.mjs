// What the office changes on its own pages, and what a learner notices of it. In the order of the pages.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const loaded = (page) => page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
const saved = (page, words = 'Saved.') => page.getByText(words).first().waitFor();

/** Signs the office in, whoever was there before. */
async function asOffice(page, path) {
  await page.goto(path);
  const [me] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/api/v1/me')).catch(() => undefined),
    page.getByRole('heading', { level: 1 }).waitFor(),
  ]);
  if ((await me?.json())?.role !== 'admin') {
    await page.evaluate(() => fetch('/api/v1/auth/logout', { method: 'POST' }));
    await page.evaluate(() => localStorage.clear());
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill('admin@demo.test');
    await page.getByLabel('Password').fill('roadbook-demo');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').first().waitFor();
    await page.goto(path);
  }
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
};
