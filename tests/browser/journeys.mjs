import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { accounts } from './accounts.mjs';
import { acting } from './acting.mjs';
import { data } from './data.mjs';
import { privacy } from './privacy.mjs';
import { boards } from './board.mjs';
import { look } from './browser.mjs';
import { calendars } from './calendars.mjs';
import { factors } from './factors.mjs';
import { first } from './first.mjs';
import { guests } from './guests.mjs';
import { live } from './live.mjs';
import { managing } from './manage.mjs';
import { office } from './office.mjs';
import { openId } from './openid.mjs';
import { answerTo, BOOKINGS, holdBack, kept, signIn } from './pages.mjs';
import { plans } from './plans.mjs';
import { settings } from './settings.mjs';
import { teaching } from './teaching.mjs';
import { week } from './week.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));

const chooseTime = async (page, index = 0) => {
  const slot = page.locator('label:has([name=slot])').nth(index);
  await slot.click();
  return slot.locator('input').inputValue();
};
const confirm = (page) => page.getByRole('button', { name: 'Confirm', exact: true }).click();
const freeTimes = (page) => page.locator('[name=slot]').first().waitFor();
const freeDays = (page) => page.locator('label:has([name=day]:not(:checked))').filter({ hasText: /\d free/ });
/** The last instructor who has free days: not everybody drives a car that fits. */
const chooseWho = async (page) => {
  const people = page.locator('label:has([name=who])');
  for (let index = (await people.count()) - 1; index > 0; --index) {
    await people.nth(index).click();
    await page.waitForTimeout(300);
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    if ((await freeDays(page).count()) > 0) return;
  }
  assert.fail('no instructor has a free day');
};
const alertOf = (page) => page.getByRole('alert').first();

/** In the order of one learner's day; each goes on where the one before it left the page. */
export const journeys = {
  'signing in': async ({ page, allowed, view }) => {
    await page.goto('/lessons');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look(page, 'sign-in', view);
    allowed.add('401');
    await page.getByLabel('E-mail').fill('learner@demo.test');
    await page.getByLabel('Password').fill('not this one');
    const refused = answerTo(page, 'POST', '/api/v1/auth/login');
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.equal((await refused).status(), 401);
    await alertOf(page).waitFor();
    assert.equal(await page.getByLabel('E-mail').inputValue(), 'learner@demo.test');
    allowed.delete('401');
    await signIn(page);
  },

  'the usual lesson in two taps': async ({ page, view }) => {
    await page.goto('/book');
    await freeTimes(page);
    await look(page, 'book', view);
    const start = await chooseTime(page);
    await look(page, 'book-chosen', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await confirm(page);
    assert.equal((await answer).status(), 201);
    assert.equal((await (await answer).json()).start, start);
    await page.getByRole('heading', { level: 1, name: /booked|school/i }).waitFor();
    await page.getByText('Instructor', { exact: true }).waitFor();
    await look(page, 'booked', view);
  },

  'five taps with every choice changed': async ({ page }) => {
    await page.goto('/book');
    await freeTimes(page);
    await page.locator('label:has([name=type]:not(:checked))').first().click();
    await chooseWho(page);
    await freeDays(page).last().click();
    await freeTimes(page);
    await chooseTime(page);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await confirm(page);
    assert.equal((await answer).status(), 201);
    await page.getByRole('heading', { level: 1, name: /booked|school/i }).waitFor();
  },

  'a conflict: somebody was faster': async ({ page, allowed, view, base }) => {
    const others = await office(base);
    await page.goto('/book');
    await freeTimes(page);
    // A named instructor: "any" would quietly find another one.
    await chooseWho(page);
    await freeDays(page).last().click();
    await freeTimes(page);
    const start = await chooseTime(page);
    const wanted = {
      start,
      lesson_type_id: await page.locator('[name=type]:checked').inputValue(),
      instructor_id: await page.locator('[name=who]:checked').inputValue(),
    };
    // Faster than the news of it, after which the page would not offer the time any more.
    const letGo = await holdBack(page, '**/calendar/availability?*');
    await others.takeAway(wanted);
    allowed.add('409');
    const answer = answerTo(page, 'POST', BOOKINGS);
    await confirm(page);
    assert.equal((await answer).status(), 409);
    letGo();
    const problem = await (await answer).json();
    assert.equal(problem.type, '/problems/slot-taken');
    assert.match(await alertOf(page).innerText(), /was just taken\. Nothing was booked\./);
    assert.ok(
      await alertOf(page).evaluate((alert) => alert === document.activeElement),
      'focus is on the alert',
    );
    const offers = alertOf(page).getByRole('button');
    assert.ok((await offers.count()) >= 1 && (await offers.count()) <= 3, 'up to three alternatives');
    await look(page, 'conflict', view);
    const last = await offers.last().boundingBox();
    assert.ok(last.y + last.height <= view.height, 'every alternative is in sight');
    const second = answerTo(page, 'POST', BOOKINGS);
    await offers.first().click();
    assert.equal((await second).status(), 201);
    await page.getByRole('heading', { level: 1, name: /booked|school/i }).waitFor();
    allowed.delete('409');
  },

  'moving a lesson, and taking it back': async ({ page, view }) => {
    await page.goto('/lessons');
    await page.getByRole('region', { name: 'Next lesson' }).waitFor();
    await look(page, 'lessons', view);
    await page.getByRole('link', { name: /^Move/ }).first().click();
    await freeTimes(page);
    await page
      .locator('label:has([name=day])')
      .filter({ hasText: /\d free/ })
      .last()
      .click();
    await freeTimes(page);
    const start = await chooseTime(page);
    await look(page, 'move', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await page.getByRole('button', { name: 'Move lesson' }).click();
    assert.equal((await answer).status(), 200);
    assert.equal((await (await answer).json()).start, start);
    await page.getByText(/^Moved to/).waitFor();
    await look(page, 'moved', view);
    const back = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await back).status(), 200);
    await page.getByText(/^Taken back/).waitFor();
  },

  'cancelling a lesson': async ({ page, view }) => {
    await page.goto('/lessons');
    await page
      .getByRole('button', { name: /^Cancel lesson/ })
      .last()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Free to cancel until/).waitFor();
    await look(page, 'cancel', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await dialog.getByRole('button', { name: 'Cancel lesson' }).click();
    assert.equal((await answer).status(), 200);
    await page.getByText(/is cancelled\.$/).waitFor();
    await page.getByText('Cancelled').first().waitFor();
  },

  'booking with the keyboard alone': async ({ page }) => {
    await page.goto('/book');
    await freeTimes(page);
    let presses = 0;
    const press = async (key) => {
      ++presses;
      await page.keyboard.press(key);
    };
    const focused = (what) => page.evaluate((selector) => document.activeElement.matches(selector), what);
    while (!(await focused('[name=slot]')) && presses < 30) await press('Tab');
    await press('Space');
    const label = (name) => page.evaluate((text) => document.activeElement.textContent === text, name);
    while (!(await label('Confirm')) && presses < 40) await press('Tab');
    const answer = answerTo(page, 'POST', BOOKINGS);
    await press('Enter');
    assert.equal((await answer).status(), 201);
    assert.ok(presses <= 20, `${presses} key presses`);
  },

  'authentication: the session has ended, nothing chosen is lost': async ({ page, allowed, view }) => {
    await page.goto('/book');
    await freeTimes(page);
    const start = await chooseTime(page);
    allowed.add('401');
    // As when the person signed out in another window.
    await page.evaluate(() => fetch('/api/v1/auth/logout', { method: 'POST' }));
    await page.waitForTimeout(1_200);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await confirm(page);
    assert.equal((await answer).status(), 401);
    // The page leaves that answer's body unread, so its like is asked for.
    const problem = await page.evaluate(() => fetch('/api/v1/me').then((refused) => refused.json()));
    assert.equal(problem.type, '/problems/unauthenticated');
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password').fill('roadbook-demo');
    await look(page, 'expired', view);
    assert.equal(await page.locator('[name=slot]:checked').inputValue(), start);
    const booked = answerTo(page, 'POST', BOOKINGS);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    assert.equal((await booked).status(), 201);
    assert.equal((await (await booked).json()).start, start);
    allowed.delete('401');
  },

  'authorization: a booking of somebody else': async ({ page, allowed, base, view }) => {
    const others = await office(base);
    const own = (await others.get('/api/v1/learners?limit=200')).items.find(
      (learner) => learner.email === 'learner@demo.test',
    );
    const theirs = await others.ofAnother(own.id);
    allowed.add('404').add('403');
    const answer = answerTo(page, 'GET', `${BOOKINGS}/${theirs.id}`);
    await page.goto(`/booked/${theirs.id}`);
    assert.ok([403, 404].includes((await answer).status()));
    assert.match((await (await answer).json()).type, /^\/problems\/(forbidden|not-found)$/);
    await alertOf(page).waitFor();
    await look(page, 'not-yours', view);
    allowed.delete('404');
    allowed.delete('403');
  },

  'validation: a time that is no time of the school': async ({ page, allowed, view }) => {
    await page.goto('/book');
    await freeTimes(page);
    await chooseTime(page);
    allowed.add('422');
    await page.route(`**${BOOKINGS}`, async (route) => {
      const body = route.request().postDataJSON();
      const start = new Date(Date.parse(body.start) + 5 * 60_000).toISOString().replace('.000', '');
      await route.continue({ postData: JSON.stringify({ ...body, start }) });
    });
    const answer = answerTo(page, 'POST', BOOKINGS);
    await confirm(page);
    assert.equal((await answer).status(), 422);
    const problem = await (await answer).json();
    assert.equal(problem.type, '/problems/off-grid');
    await alertOf(page).waitFor();
    assert.match(await alertOf(page).innerText(), /Nothing was booked\./);
    assert.ok((await alertOf(page).innerText()).includes(problem.refusals[0].message));
    await look(page, 'refused', view);
    await page.unroute(`**${BOOKINGS}`);
    allowed.delete('422');
  },

  'system: the policy of the pages leaves no way in that is known': async ({ base }) => {
    const policy = (await fetch(base)).headers.get('content-security-policy');
    const { CspParser } = require('csp_evaluator/dist/parser.js');
    const { CspEvaluator } = require('csp_evaluator/dist/evaluator.js');
    const { Severity } = require('csp_evaluator/dist/finding.js');
    const found = new CspEvaluator(new CspParser(policy).csp).evaluate();
    // Not certain and of medium weight: 'self' is no problem where nobody's files are served.
    assert.deepEqual(
      found.filter(({ severity }) => severity < Severity.MEDIUM_MAYBE),
      [],
    );
  },

  'system: the server fails, the old times stay, one tap tries again': async ({ page, allowed, view }) => {
    await page.goto('/book');
    await freeTimes(page);
    allowed.add('500');
    const problem = {
      type: '/problems/internal',
      title: 'Internal error',
      status: 500,
      instance: '/requests/seen-by-nobody',
    };
    await page.route('**/api/v1/calendar/availability*', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify(problem),
      }),
    );
    await page.locator('label:has([name=who]:not(:checked))').first().click();
    await alertOf(page).waitFor();
    assert.match(await alertOf(page).innerText(), /seen-by-nobody/);
    await look(page, 'server-error', view);
    await page.unroute('**/api/v1/calendar/availability*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await freeTimes(page);
    await alertOf(page).waitFor({ state: 'detached' });
    allowed.delete('500');
  },

  'network: none, the diary stays readable': async ({ page, context, allowed, view }) => {
    await page.goto('/lessons');
    await page.getByRole('region', { name: 'Next lesson' }).waitFor();
    await page.evaluate(() =>
      Promise.race([navigator.serviceWorker.ready, new Promise((give) => setTimeout(give, 10_000))]),
    );
    // The second visit is the first one that the service worker answers.
    await page.reload();
    await page.getByRole('region', { name: 'Next lesson' }).waitFor();
    await kept(page);
    allowed.add('ERR_INTERNET_DISCONNECTED').add('ERR_FAILED');
    await context.setOffline(true);
    await page.getByText(/^No connection\./).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'Next lesson' }).waitFor();
    await look(page, 'offline', view);
    await context.setOffline(false);
    await page.getByText(/^No connection\./).waitFor({ state: 'detached' });
    allowed.clear();
  },

  ...accounts,
  ...openId,
  ...calendars,
  ...factors,
  ...privacy,
  ...data,
  ...acting,
  ...guests,
  ...teaching,
  ...live,

  'light and dark by hand, and signing out': async ({ page, view }) => {
    await page.goto('/lessons');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByLabel('Appearance').selectOption(view.scheme === 'dark' ? 'light' : 'dark');
    const painted = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    assert.equal(await painted(), view.scheme === 'dark' ? 'light' : 'dark');
    await page.getByLabel('Appearance').selectOption('system');
    await look(page, 'account', view);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate(() => caches.has('diary')), false, 'nothing of the person is kept');
  },

  'the office: bookings of the week': async ({ page, view }) => {
    await signIn(page, 'admin@demo.test');
    await page.getByRole('heading', { level: 1, name: 'Day board' }).waitFor();
    await page.getByRole('link', { name: 'Bookings' }).click();
    await page.getByRole('heading', { level: 1, name: 'Bookings' }).waitFor();
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await look(page, 'office', view);
    await page.getByRole('button', { name: 'Later' }).click();
    await page.waitForURL(/from=/);
    await page.getByRole('link', { name: 'Move' }).first().click();
    await freeTimes(page);
    await page.getByRole('link', { name: 'Keep this time' }).click();
    await page.getByRole('heading', { level: 1, name: 'Bookings' }).waitFor();
  },

  ...boards,
  ...managing,
  ...plans,
  ...first,
  ...settings,
  // Whoever is signed in after this is an instructor.
  ...week,
};
