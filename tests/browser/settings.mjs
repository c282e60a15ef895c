// What a school says in its own words, where its colour shows; an instructor's calendar feed and personal events.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { asOffice } from './manage.mjs';
import { quiet, signIn } from './pages.mjs';
import { signIn as tokenOf } from './server.mjs';

const MAIL_SECONDS = 20;

async function become(page, email) {
  await quiet(page);
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.context().clearCookies();
  await signIn(page, email);
}

/** A lesson that the demo's learner books over the API, in the next weeks. */
async function book(base) {
  const headers = {
    Authorization: `Bearer ${await tokenOf(base, 'learner@demo.test')}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': `settings-${Math.random()}`,
  };
  const get = async (path) => (await fetch(`${base}/api/v1${path}`, { headers })).json();
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const [type] = (await get('/lesson-types')).items;
  const { slots } = await get(
    `/calendar/availability?lesson_type_id=${type.id}&from=${day(5)}&to=${day(20)}`,
  );
  const body = JSON.stringify({ lesson_type_id: type.id, start: slots.at(-1).start });
  const answer = await fetch(`${base}/api/v1/calendar/bookings`, { method: 'POST', headers, body });
  assert.equal(answer.status, 201, await answer.text());
}

export const settings = {
  'managing: the words and the colour of the school': async ({ page, view, base }) => {
    await asOffice(page, '/manage/school');
    const moved = page.getByRole('textbox', { name: 'A lesson is booked' });
    for (const wrong of ['Hello {name}', 'Hello {learner']) {
      await moved.fill(wrong);
      await page.getByText('stands for nothing').waitFor();
    }
    await page.getByLabel('Colour', { exact: true }).fill('#ffcc00');
    await page.getByText('Too pale to be read on white').waitFor();
    await look(page, 'manage-words-mistake', view);
    await moved.fill('Bring your licence, ');
    await page
      .getByRole('group', { name: 'Put into: A lesson is booked' })
      .getByRole('button', { name: 'Learner' })
      .click();
    await page.getByText('Bring your licence, Ada Lovelace').waitFor();
    await page.getByLabel('Colour', { exact: true }).fill('#8a1538');
    await page.getByText('Links will look like this.').waitFor();
    await look(page, 'manage-words', view);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await moved.waitFor();
    assert.equal(
      await page.locator('header > div').first().evaluate((stripe) => stripe.style.backgroundColor),
      'rgb(138, 21, 56)',
    );
    await book(base);
    const told = async () => (await (await fetch(`${base}/demo/mail`)).text()).includes('Bring your licence, Maya');
    for (const end = Date.now() + MAIL_SECONDS * 1000; !(await told()); )
      assert.ok(Date.now() < end, 'the words of the school stand in the mail');
  },

  'the instructor: a calendar feed, and a personal event': async ({ page, view }) => {
    await become(page, 'instructor@demo.test');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('link', { name: 'Calendar feed' }).click();
    await page.getByRole('button', { name: 'Make an address' }).click();
    const url = await page.getByLabel('Address of your calendar feed').inputValue();
    await look(page, 'feed', view);
    const feed = await (await fetch(url)).text();
    assert.match(feed, /^BEGIN:VCALENDAR\r\n/);
    assert.match(feed, /BEGIN:VEVENT/);
    await page.getByRole('button', { name: 'End the feed' }).click();
    await page.getByText('You have no calendar feed yet.').waitFor();
    assert.equal((await fetch(url)).status, 404);

    await page.goto('/week');
    await page.getByRole('button', { name: 'Time off' }).click();
    const dialog = page.getByRole('dialog');
    const far = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    await dialog.getByLabel('What it is (optional)').fill('Dentist');
    await dialog.getByLabel('First day').fill(far);
    await dialog.getByLabel('Last day').fill(far);
    await dialog.getByRole('button', { name: 'Add time off' }).click();
    await dialog.getByText('Dentist').first().waitFor();
    await look(page, 'week-event', view);
    await page.goto(`/week?from=${far}`);
    await page.getByText('Dentist').first().waitFor();
    await look(page, 'week-event-shown', view);
  },
};
