// An instructor's week: read it, move lessons by keyboard, mouse and dialog, answer requests, take time off.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { answerTo, BOOKINGS, kept, quiet, signIn } from './pages.mjs';
import { teacher } from './teacher.mjs';

const isPhone = (view) => view.width < 768;
const dialog = (page) => page.getByRole('dialog');
const lesson = (page, booking) => page.locator(`[data-event="${booking.id}"]`);

const signedIn = new WeakSet();

/** Whoever was here before leaves first, so that each of these can be run alone. */
async function become(page) {
  if (signedIn.has(page)) return;
  await page.goto('/');
  const account = page.getByRole('button', { name: /^Account of/ });
  await account.or(page.getByLabel('E-mail')).waitFor();
  if (await account.isVisible()) {
    await account.click();
    await page.getByRole('button', { name: 'Sign out' }).click();
  }
  await signIn(page, 'instructor@demo.test');
  signedIn.add(page);
}

/** The week of a booking, with that booking in it; on a phone its day. */
async function open(page, booking) {
  await become(page);
  await page.goto(`/week?from=${booking.local_start.slice(0, 10)}`);
  await lesson(page, booking).waitFor();
}

export const week = {
  'the instructor: the week': async ({ page, base, view }) => {
    await become(page);
    await page.getByRole('heading', { level: 1, name: 'My week' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/week');
    const { lessons } = await teacher(base);
    await open(page, lessons[0]);
    assert.ok((await page.locator('[data-event]').count()) >= 1);
    await look(page, 'week', view);
    await page.getByRole('button', { name: 'Week after' }).click();
    await page.waitForURL(/from=/);
    if (isPhone(view)) return;
    await page.getByRole('radio', { name: 'Day' }).check();
    await page.waitForURL(/view=day/);
    await look(page, 'week-day', view);
    await page.getByRole('radio', { name: 'List' }).check();
    await look(page, 'week-list', view);
  },

  'the instructor: a lesson, opened with the keyboard': async ({ page, base, view }) => {
    const { lessons } = await teacher(base);
    await open(page, lessons[0]);
    await lesson(page, lessons[0]).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('button', { name: 'Move', exact: true }).waitFor();
    await dialog(page).getByText('What happened').click();
    await dialog(page)
      .getByText(/^Booked/)
      .first()
      .waitFor();
    await look(page, 'week-lesson', view);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(
      await page.evaluate(() => document.activeElement.dataset.event),
      lessons[0].id,
      'focus is back on the lesson',
    );
  },

  'the instructor: moving with the keyboard, and taking it back': async ({ page, base, view }) => {
    if (isPhone(view)) return;
    const { movable } = await teacher(base);
    const { booking, quarters, days } = await movable();
    await open(page, booking);
    await lesson(page, booking).focus();
    await quiet(page);
    await page.keyboard.down('Alt');
    for (let step = 0; step < Math.abs(days); ++step)
      await page.keyboard.press(days > 0 ? 'ArrowRight' : 'ArrowLeft');
    for (let step = 0; step < Math.abs(quarters); ++step)
      await page.keyboard.press(quarters > 0 ? 'ArrowDown' : 'ArrowUp');
    await page.getByText(/: free$/).waitFor();
    await look(page, 'week-keys', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await page.keyboard.up('Alt');
    assert.equal((await answer).status(), 200);
    await page.getByText(/: now /).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.event), booking.id);
    await look(page, 'week-moved', view);
    const back = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await back).status(), 200);
    await page.getByText(/^Taken back/).waitFor();
  },

  'the instructor: moving by drag, and a place that is refused': async ({ page, base, view }) => {
    if (isPhone(view)) return;
    const { movable } = await teacher(base);
    const { booking, quarters, days } = await movable();
    await open(page, booking);
    const box = await lesson(page, booking).boundingBox();
    const grid = await page.getByRole('list', { name: 'Lessons' }).locator('..').boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + 12];
    const there = { x: x + (days * grid.width) / 7, y: y + quarters * 16 };
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 20, y + 20, { steps: 4 });
    await page.locator('[data-spot]').first().waitFor();
    await page.mouse.move(there.x, there.y, { steps: 8 });
    await page.getByText(/: free$/).waitFor();
    await look(page, 'week-drag', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await page.mouse.up();
    assert.equal((await answer).status(), 200);
    await page.getByText(/: now /).waitFor();

    await quiet(page);
    await page.mouse.move(there.x, there.y);
    await page.mouse.down();
    await page.mouse.move(there.x, there.y + 20, { steps: 2 });
    await page.locator('[data-spot]').first().waitFor();
    // The last quarter of the day: outside the hours, whoever teaches.
    await page.mouse.move(there.x, grid.y + grid.height - 60, { steps: 8 });
    await page.getByText(/not possible\./).waitFor();
    await look(page, 'week-illegal', view);
    await page.mouse.up();
    const alert = page.getByRole('alert');
    await alert.getByText(/The lesson stays where it is\./).waitFor();
    await look(page, 'week-refused', view);
    const second = answerTo(page, 'PATCH', BOOKINGS);
    await alert.getByRole('button').first().click();
    assert.equal((await second).status(), 200);
    await alert.waitFor({ state: 'detached' });
  },

  'the instructor: moving in the dialog': async ({ page, base, view }) => {
    const { lessons } = await teacher(base);
    const booking = lessons.at(-1);
    await open(page, booking);
    await lesson(page, booking).click();
    await dialog(page).getByRole('button', { name: 'Move', exact: true }).click();
    await dialog(page).locator('label:has([name=slot])').last().click();
    await look(page, 'week-move', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await dialog(page)
      .getByRole('button', { name: /^Move to/ })
      .click();
    assert.equal((await answer).status(), 200);
    await dialog(page).waitFor({ state: 'detached' });
  },

  'the instructor: somebody else was faster': async ({ page, base, allowed, view }) => {
    const { lessons, touch } = await teacher(base);
    const booking = lessons.at(-1);
    await open(page, booking);
    await lesson(page, booking).click();
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).click();
    allowed.add('412');
    // At the last moment: a page that hears of it before knows the new version.
    const cancellation = `**${BOOKINGS}/*/cancellation`;
    await page.route(cancellation, async (route) => {
      await touch(booking);
      await route.continue();
    });
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).click();
    await dialog(page).getByRole('alert').getByText('Changed in the meantime').waitFor();
    await page.unroute(cancellation);
    await look(page, 'week-stale', view);
    allowed.delete('412');
  },

  'the instructor: cancelling with a reason': async ({ page, base, view }) => {
    const booking = await (await teacher(base)).restorable();
    await open(page, booking);
    await lesson(page, booking).click();
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).click();
    await dialog(page).getByRole('textbox').fill('The car is in repair');
    await look(page, 'week-cancel', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).click();
    assert.equal((await answer).status(), 200);
    await page.getByText(/is cancelled\.$/).waitFor();
    await lesson(page, booking).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await lesson(page, booking).waitFor();
  },

  'the instructor: a request': async ({ page, base, view }) => {
    const { request } = await teacher(base);
    const booking = await request();
    await open(page, booking);
    await page.getByRole('heading', { name: /waits? for your answer/ }).waitFor();
    await look(page, 'week-request', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Approve' }).first().click();
    assert.equal((await answer).status(), 200);
    await page.getByText(/has the lesson on/).waitFor();
  },

  'the instructor: time off, and the lessons in it': async ({ page, base, view }) => {
    const { lessons } = await teacher(base);
    const booking = lessons[0];
    const date = booking.local_start.slice(0, 10);
    await open(page, booking);
    await page.getByRole('button', { name: 'Time off' }).click();
    await dialog(page).getByLabel('First day').fill(date);
    await dialog(page).getByLabel('Last day').fill(date);
    await look(page, 'week-off', view);
    const answer = answerTo(page, 'POST', '/api/v1/instructors');
    await dialog(page).getByRole('button', { name: 'Add time off' }).click();
    assert.equal((await answer).status(), 201);
    assert.ok((await (await answer).json()).affected.includes(booking.id));
    await dialog(page).getByRole('heading', { name: 'Lessons in your time off' }).waitFor();
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).first().waitFor();
    await look(page, 'week-affected', view);
    const ended = answerTo(page, 'POST', BOOKINGS);
    await dialog(page).getByRole('button', { name: 'Cancel lesson' }).first().click();
    assert.equal((await ended).status(), 200);
    await dialog(page).getByRole('button', { name: 'Undo' }).waitFor();
    await look(page, 'week-affected-undo', view);
    const rest = dialog(page).getByRole('button', { name: 'Keep it' });
    while ((await rest.count()) > 0) await rest.first().click();
    // What was cancelled can be taken back for ten seconds, then nothing is left to decide.
    await dialog(page).getByRole('button', { name: 'Done' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByText('Time off', { exact: false }).first().waitFor();
    await look(page, 'week-off-shown', view);
  },

  'the instructor: ill today': async ({ page, view }) => {
    await become(page);
    await page.goto('/week');
    const answer = answerTo(page, 'POST', '/api/v1/instructors');
    await page.getByRole('button', { name: 'Ill today' }).click();
    assert.equal((await answer).status(), 201);
    // By the clock: with lessons ahead today each waits for a decision, in the evening there is nothing to decide.
    const lessons = page.getByRole('dialog', { name: 'Lessons in your time off' });
    await lessons.or(page.getByText(/^Time off added/)).first().waitFor();
    await look(page, 'week-ill', view);
    const undone = answerTo(page, 'DELETE', '/api/v1/instructors');
    if (await lessons.isVisible()) await lessons.getByRole('button', { name: 'Remove the time off' }).click();
    else await page.getByRole('button', { name: 'Undo' }).click({ force: true });
    assert.equal((await undone).status(), 204);
    await lessons.waitFor({ state: 'detached' });
  },

  'the instructor: without a network the week stays readable': async ({
    page,
    base,
    context,
    allowed,
    view,
  }) => {
    const { lessons } = await teacher(base);
    await open(page, lessons[0]);
    await kept(page);
    await page.reload();
    await lesson(page, lessons[0]).waitFor();
    await kept(page);
    allowed.add('ERR_INTERNET_DISCONNECTED').add('ERR_FAILED');
    await context.setOffline(true);
    await page.reload();
    await lesson(page, lessons[0]).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Ill today' }).isDisabled());
    await look(page, 'week-offline', view);
    await context.setOffline(false);
    await page.getByText(/^No connection\./).waitFor({ state: 'detached' });
    allowed.clear();
  },
};
