// Somebody without an account: a lesson from the public page, and that lesson by the link in the mail.
import assert from 'node:assert/strict';
import { asStranger, mailedLink } from './accounts.mjs';
import { look } from './browser.mjs';
import { answerTo, quiet, signIn } from './pages.mjs';
import { call, signIn as tokenOf } from './server.mjs';

const MAIL_SECONDS = 20;
const letters = async (base) => (await fetch(`${base}/demo/mail`)).text();

/** The newest code that was mailed to somebody since `seen`. */
async function mailedCode(base, seen) {
  for (const end = Date.now() + MAIL_SECONDS * 1000; Date.now() < end;) {
    const text = await letters(base);
    const codes = text.match(/Code: \d{6}/g) ?? [];
    const before = (seen.match(/Code: \d{6}/g) ?? []).length;
    if (codes.length > before) return codes[0].slice(6);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no code came');
}

const times = (page) => page.locator('label:has([name=slot])');
/** A day of which nobody else in these journeys books. */
const laterDay = async (page) => {
  await times(page).first().waitFor();
  await page
    .locator('label:has([name=day])')
    .filter({ hasText: /\d free/ })
    .last()
    .click();
  await quiet(page);
};
const keep = async (page) => {
  await times(page).first().click();
  await page.getByRole('button', { name: 'Keep this time' }).click();
};

async function sayWho(page, email) {
  await page.getByLabel('Your name').fill('Rob Noyce');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Phone').fill('07700 900123');
  await page.getByRole('button', { name: 'Send me the code' }).click();
  await page.getByText(`on its way to ${email}`).waitFor();
}

export const guests = {
  'guest: a lesson without an account': async ({ page, view, base, allowed, context }) => {
    const email = `rob-${Math.random()}@guest.test`;
    await asStranger(page, '/sign-in');
    await page.getByRole('link', { name: 'Book without an account' }).click();
    await page.getByLabel('School').fill('nowhere');
    allowed.add('404');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('There is no school of this name here.').waitFor();
    await look(page, 'guest-school', view);
    allowed.clear();
    await page.getByLabel('School').fill('northgate');
    await page.getByRole('button', { name: 'Continue' }).click();
    await laterDay(page);
    await times(page).first().click();
    await look(page, 'guest-choose', view);
    allowed.add('ERR_INTERNET_DISCONNECTED').add('ERR_FAILED');
    await context.setOffline(true);
    await page.getByText('No connection: this can be confirmed').first().waitFor();
    await look(page, 'guest-offline', view);
    await context.setOffline(false);
    allowed.clear();

    // Somebody else is faster.
    await page.route(
      '**/schools/*/holds',
      async (route) => {
        const wish = route.request().postDataJSON();
        await call(base, 'POST', '/api/v1/schools/northgate/holds', { 'Idempotency-Key': email }, wish);
        await route.continue();
      },
      { times: 1 },
    );
    allowed.add('409');
    await chooseFirstInstructor(page);
    await keep(page);
    await page.getByRole('alert').waitFor();
    await look(page, 'guest-taken', view);
    allowed.clear();
    await page.getByRole('alert').getByRole('button').first().click();

    await page.getByText(/^Kept for you for/).waitFor();
    await look(page, 'guest-details', view);
    await page.getByRole('button', { name: 'Five minutes more' }).click();
    await page.getByRole('button', { name: 'Five minutes more' }).waitFor({ state: 'detached' });
    const seen = await letters(base);
    await sayWho(page, email);
    const code = await mailedCode(base, seen);
    allowed.add('422');
    await page.getByLabel('Code from the mail').fill(code === '000000' ? '000001' : '000000');
    await page.getByRole('button', { name: 'Book the lesson' }).click();
    await page.getByText('This is not the code in the mail').waitFor();
    await look(page, 'guest-code', view);
    allowed.clear();
    await page.getByLabel('Code from the mail').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await page.getByRole('button', { name: 'Book the lesson' }).click();
    await page.getByText(`A mail to ${email} follows`).waitFor();
    await look(page, 'guest-booked', view);
    const file = page.waitForEvent('download');
    await page.getByRole('link', { name: /calendar/i }).click();
    assert.equal((await file).suggestedFilename(), 'lesson.ics');

    const link = await mailedLink(base, 'lesson', seen);
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: /^Your lesson at/ }).waitFor();
    await quiet(page);
    await look(page, 'linked', view);
    assert.ok(!(await page.content()).includes(email), 'the link shows nobody');
    await page.getByRole('button', { name: 'Move it' }).click();
    await laterDay(page);
    await times(page).last().click();
    await look(page, 'linked-move', view);
    const moved = answerTo(page, 'PATCH', '/api/v1/guest/lesson');
    await page.getByRole('button', { name: 'Move lesson' }).click();
    assert.equal((await moved).status(), 200);
    await page.getByText(/^Moved to/).waitFor();
    await look(page, 'linked-moved', view);
    await page.getByRole('button', { name: 'Cancel it' }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'linked-cancel', view);
    await page.getByRole('button', { name: 'Cancel lesson' }).click();
    await page.getByText(/is cancelled\.$/).waitFor();
    await look(page, 'linked-cancelled', view);
    allowed.add('404');
    await page.reload();
    await page.getByText('This link leads to no lesson any more').waitFor();
    await look(page, 'linked-gone', view);
    allowed.clear();
    await asStranger(page, '/');
    await signIn(page);
  },

  'guest: an address with an account, and a school that wants none': async ({
    page,
    view,
    base,
    allowed,
  }) => {
    const seen = await letters(base);
    await asStranger(page, '/guest?school=northgate');
    await laterDay(page);
    await keep(page);
    await page.getByText(/^Kept for you for/).waitFor();
    await sayWho(page, 'learner@demo.test');
    allowed.add('409');
    await page.getByLabel('Code from the mail').fill(await mailedCode(base, seen));
    await page.getByRole('button', { name: 'Book the lesson' }).click();
    await page.getByText('You have an account with this address').waitFor();
    await look(page, 'guest-account', view);
    allowed.clear();
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();

    const headers = {
      Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}`,
    };
    const set = async (guests) => {
      const version = (await call(base, 'GET', '/api/v1/school', headers)).headers.get('etag');
      await call(base, 'PATCH', '/api/v1/school', { ...headers, 'If-Match': version }, { guests });
    };
    await set(false);
    await asStranger(page, '/guest?school=northgate');
    await page.getByText('This school wants an account from whoever books').waitFor();
    await look(page, 'guest-closed', view);
    await set(true);
    await asStranger(page, '/');
    await signIn(page);
  },
};

/** With anybody there may be another one who is free. */
async function chooseFirstInstructor(page) {
  const people = page.locator('label:has([name=who])');
  for (let index = 1; index < (await people.count()); ++index) {
    await people.nth(index).click();
    await page.waitForTimeout(300);
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    if (
      (await page
        .locator('label:has([name=day])')
        .filter({ hasText: /\d free/ })
        .count()) > 0
    )
      return laterDay(page);
  }
  throw new Error('no instructor has a free day');
}
