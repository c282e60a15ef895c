// The office's day board: whose day it is, lessons that change hands, booking where it is tapped, what others do.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { asOffice } from './manage.mjs';
import { office } from './office.mjs';
import { answerTo, BOOKINGS, kept, quiet } from './pages.mjs';

const DAYS_AHEAD = 14;
const isPhone = (view) => view.width < 768;
const dateOf = (offsetDays) => new Date(Date.now() + offsetDays * 86_400_000).toISOString().slice(0, 10);
const dialog = (page) => page.getByRole('dialog');
const lesson = (page, booking) => page.locator(`[data-event="${booking.id}"]`);
const grid = (page) => page.getByRole('list', { name: 'Lessons' }).locator('..');
const board = (date, more = '') => `/board?date=${date}${more}`;

async function open(page, booking, more) {
  await asOffice(page, board(booking.local_start.slice(0, 10), more));
  await lesson(page, booking).waitFor();
  await quiet(page);
}

/** A lesson that somebody else could give on its day, who that is, and how far away that stands on the board. */
async function handover(base) {
  const { get } = await office(base);
  const people = (await get('/api/v1/instructors?limit=200')).items
    .filter((each) => each.active)
    .sort((a, b) => a.name.localeCompare(b.name));
  for (let ahead = 2; ahead < DAYS_AHEAD; ++ahead) {
    const window = `from=${dateOf(ahead)}&to=${dateOf(ahead + 1)}`;
    const { items } = await get(`/api/v1/calendar/bookings?limit=200&status=booked&${window}`);
    for (const booking of items) {
      for (const [column, other] of people.entries()) {
        if (other.id === booking.instructor_id) continue;
        const { slots } = await get(
          `/api/v1/calendar/availability?${window}&lesson_type_id=${booking.lesson_type_id}` +
            `&instructor_id=${other.id}&learner_id=${booking.learner_id}&booking_id=${booking.id}`,
        );
        if (slots.length === 0) continue;
        const steps = column - people.findIndex(({ id }) => id === booking.instructor_id);
        const quarters = (Date.parse(slots[0].start) - Date.parse(booking.start)) / 900_000;
        return { booking, other, steps, quarters, columns: people.length };
      }
    }
  }
  throw new Error('no lesson could be given by somebody else');
}

const instructorOf = async (base, booking) => {
  const { get } = await office(base);
  return (await get(`${BOOKINGS}/${booking.id}`)).instructor_id;
};

export const boards = {
  'the board: where the office lands, whose columns it shows': async ({ page, base, view }) => {
    const { booking } = await handover(base);
    await asOffice(page, '/');
    await page.getByRole('heading', { level: 1, name: 'Day board' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/board');
    await open(page, booking);
    await look(page, 'board', view);
    await page.getByText(/^All \d+ columns$/).click();
    const boxes = page.getByRole('group', { name: 'Show these columns' }).getByRole('checkbox');
    await boxes.nth(1).uncheck();
    await page.waitForURL(/only=/);
    await look(page, 'board-filter', view);
    await page.getByRole('button', { name: 'Show all columns' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'Vehicles' }).check();
    await page.waitForURL(/by=vehicle/);
    await lesson(page, booking).waitFor();
    await look(page, 'board-vehicles', view);
    await page.getByRole('button', { name: 'Day after' }).click();
    await page.waitForURL((url) => !url.search.includes(booking.local_start.slice(0, 10)));
    await page.getByRole('button', { name: 'Today' }).click();
    await quiet(page);
    await look(page, 'board-today', view);
  },

  'the board: a lesson changes hands by keys, and comes back': async ({ page, base, view }) => {
    if (isPhone(view)) return;
    const { booking, other, steps, quarters } = await handover(base);
    await open(page, booking);
    await lesson(page, booking).focus();
    await page.keyboard.down('Alt');
    for (let step = 0; step < Math.abs(steps); ++step)
      await page.keyboard.press(steps > 0 ? 'ArrowRight' : 'ArrowLeft');
    for (let step = 0; step < Math.abs(quarters); ++step)
      await page.keyboard.press(quarters > 0 ? 'ArrowDown' : 'ArrowUp');
    await page.getByText(`${other.name}: free`).waitFor();
    await look(page, 'board-keys', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await page.keyboard.up('Alt');
    assert.equal((await answer).status(), 200);
    await page.getByText(/: now /).waitFor();
    assert.equal(await instructorOf(base, booking), other.id);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.event), booking.id);
    const back = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await back).status(), 200);
    await page.getByText(/^Taken back/).waitFor();
    assert.equal(await instructorOf(base, booking), booking.instructor_id);
  },

  'the board: by drag; where it may not go it says why and who is free': async ({ page, base, view }) => {
    if (isPhone(view)) return;
    const { booking, columns } = await handover(base);
    await open(page, booking);
    const box = await lesson(page, booking).boundingBox();
    const ground = await grid(page).boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + 12];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 20, y + 20, { steps: 4 });
    await page.locator('[data-spot]').first().waitFor();
    await quiet(page);
    const places = await page.locator('[data-spot]').evaluateAll((spots) =>
      spots.map((spot) => {
        const { left, top, width } = spot.getBoundingClientRect();
        return { x: left + width / 2, y: top };
      }),
    );
    assert.ok(
      new Set(places.map((place) => Math.round(place.x))).size > 1,
      'more than one column is offered',
    );
    await look(page, 'board-drag', view);
    const column = ground.width / columns;
    await page.mouse.move(x < ground.x + column ? x + column : x - column, y + 20, { steps: 6 });
    const said = page.getByText(/: free$|not possible\./).first();
    await said.waitFor();
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await lesson(page, booking).focus();
    await quiet(page);
    await page.keyboard.down('Alt');
    const no = page.getByText(/not possible\./);
    for (let step = 0; step < 12 && (await no.count()) === 0; ++step) {
      await page.keyboard.press('ArrowDown');
      await page.waitForTimeout(200);
    }
    await no.waitFor();
    await page.keyboard.up('Alt');
    const alert = page.getByRole('alert');
    await alert.getByText(/The lesson stays where it is\./).waitFor();
    await look(page, 'board-refused', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await alert.getByRole('button').first().click();
    assert.equal((await answer).status(), 200);
    await alert.waitFor({ state: 'detached' });
    const back = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await back).status(), 200);
  },

  'the board: somebody was faster, the lesson springs back': async ({ page, base, view, allowed }) => {
    if (isPhone(view)) return;
    const { booking, other, steps, quarters } = await handover(base);
    const { takeAway } = await office(base);
    await open(page, booking);
    await lesson(page, booking).focus();
    await page.keyboard.down('Alt');
    for (let step = 0; step < Math.abs(steps); ++step)
      await page.keyboard.press(steps > 0 ? 'ArrowRight' : 'ArrowLeft');
    for (let step = 0; step < Math.abs(quarters); ++step)
      await page.keyboard.press(quarters > 0 ? 'ArrowDown' : 'ArrowUp');
    await page.getByText(`${other.name}: free`).waitFor();
    // The page hears of what is taken away: what it knows is kept from it.
    await page.context().route('**/calendar/availability?*', (route) => route.abort());
    allowed.add('409').add('ERR_FAILED');
    const start = new Date(Date.parse(booking.start) + quarters * 900_000).toISOString().replace('.000', '');
    await takeAway({ ...booking, start, instructor_id: other.id }, booking.learner_id);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await page.keyboard.up('Alt');
    assert.equal((await answer).status(), 409);
    const alert = page.getByRole('alert').filter({ hasText: 'The lesson stays where it is.' });
    await alert.waitFor();
    await page.context().unroute('**/calendar/availability?*');
    await look(page, 'board-conflict', view);
    assert.equal(await instructorOf(base, booking), booking.instructor_id);
    await alert.getByRole('button', { name: 'Close' }).click();
    allowed.clear();
  },

  'the board: a lesson changes hands in the dialog, its history tells': async ({ page, base, view }) => {
    const { booking, other } = await handover(base);
    await open(page, booking);
    await lesson(page, booking).click();
    await dialog(page).getByRole('button', { name: 'Move', exact: true }).click();
    await dialog(page).getByLabel('Instructor').selectOption({ label: other.name });
    await quiet(page);
    await dialog(page).locator('label:has([name=slot])').first().click();
    await look(page, 'board-move', view);
    const answer = answerTo(page, 'PATCH', BOOKINGS);
    await dialog(page)
      .getByRole('button', { name: /^Move to/ })
      .click();
    assert.equal((await (await answer).json()).instructor_id, other.id);
    await dialog(page).waitFor({ state: 'detached' });
    const moved = await (await answer).json();
    await open(page, moved);
    await lesson(page, moved).click();
    await dialog(page).getByText('What happened').click();
    await dialog(page).getByText(other.name).first().waitFor();
    await look(page, 'board-history', view);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
  },

  'the board: a lesson is booked where it was tapped': async ({ page, base, view }) => {
    const { get } = await office(base);
    const { booking } = await handover(base);
    const date = booking.local_start.slice(0, 10);
    await open(page, booking);
    if (isPhone(view)) await page.getByRole('button', { name: /Book$/ }).first().click();
    else {
      const free = await grid(page).boundingBox();
      const spot = { x: free.width / 2, y: 6 };
      await grid(page).click({ position: spot });
    }
    await dialog(page).waitFor();
    const learners = (await get('/api/v1/learners?limit=200')).items.filter((each) => each.active);
    await dialog(page).getByLabel('Learner').selectOption(learners.at(-1).id);
    await dialog(page).getByLabel('Instructor').selectOption('');
    await dialog(page).getByLabel('Car').selectOption('');
    await quiet(page);
    await dialog(page).locator('label:has([name=slot])').last().click();
    await look(page, 'board-book', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await dialog(page)
      .getByRole('button', { name: /^Book / })
      .click();
    assert.equal((await answer).status(), 201);
    const made = await (await answer).json();
    assert.equal(made.learner_id, learners.at(-1).id);
    await page.getByText(/ is booked: /).waitFor();
    if (made.local_start.startsWith(date)) await lesson(page, made).waitFor();
  },

  'the board: booked at a time that is not offered, for a reason; cancelled from its notice': async ({
    page,
    base,
    view,
  }) => {
    const { get } = await office(base);
    const { booking, other } = await handover(base);
    await open(page, booking);
    await page.getByRole('button', { name: 'Book a lesson' }).first().click();
    await dialog(page).getByLabel('Learner').selectOption(booking.learner_id);
    // Not every instructor has the car that the first type of lesson needs.
    await dialog(page).getByLabel('Lesson', { exact: true }).selectOption(booking.lesson_type_id);
    await dialog(page).getByLabel('Instructor').selectOption({ label: other.name });
    await dialog(page).getByText('Another time').click();
    // Before anybody works.
    await dialog(page).getByLabel('Time', { exact: true }).fill('04:00');
    await dialog(page).getByText(/04:00 is not possible\./).waitFor();
    await dialog(page).getByText('Book it all the same').click();
    await dialog(page).getByLabel(/^Why the rule/).fill('Practice before the test');
    await quiet(page);
    await look(page, 'board-overrule', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await dialog(page).getByRole('button', { name: 'Set the rule aside' }).click();
    assert.equal((await answer).status(), 201);
    const made = await (await answer).json();
    assert.equal(made.instructor_id, other.id);
    assert.ok(made.local_start.endsWith('T04:00:00'));
    await lesson(page, made).waitFor();
    const over = answerTo(page, 'POST', `${BOOKINGS}/${made.id}/cancellation`);
    await page.getByRole('button', { name: 'Cancel lesson' }).click();
    assert.equal((await over).status(), 200);
    await page.getByText(/ is cancelled\.$/).waitFor();
    await lesson(page, made).waitFor({ state: 'detached' });
    assert.equal((await get(`${BOOKINGS}/${made.id}`)).status, 'cancelled');
  },

  'the board: what somebody else books stands on the open page': async ({ page, base }) => {
    const { get, takeAway } = await office(base);
    const { booking } = await handover(base);
    await open(page, booking);
    const date = booking.local_start.slice(0, 10);
    const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
    const { slots } = await get(
      `/api/v1/calendar/availability?from=${date}&to=${next}&lesson_type_id=${booking.lesson_type_id}`,
    );
    const began = Date.now();
    const made = await takeAway(
      { lesson_type_id: booking.lesson_type_id, start: slots[0].start },
      booking.learner_id,
    );
    await lesson(page, made).waitFor();
    assert.ok(Date.now() - began < 5000, `it took ${Date.now() - began} ms`);
  },

  'the board: without a network it stays readable': async ({ page, base, context, allowed, view }) => {
    const { booking } = await handover(base);
    await open(page, booking);
    await kept(page);
    await page.reload();
    await lesson(page, booking).waitFor();
    await quiet(page);
    allowed.add('ERR_INTERNET_DISCONNECTED').add('ERR_FAILED');
    await context.setOffline(true);
    await page.reload();
    await lesson(page, booking).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Book a lesson' }).isDisabled());
    await look(page, 'board-offline', view);
    await context.setOffline(false);
    await page.getByText(/^No connection\./).waitFor({ state: 'detached' });
    await quiet(page);
    allowed.clear();
  },

  'the board: mail that was given up, tried again': async ({ page, base, view }) => {
    const { get } = await office(base);
    const { booking } = await handover(base);
    await asOffice(page, '/manage/jobs');
    await page.getByText('Nothing has failed').waitFor();
    await look(page, 'jobs-none', view);
    // The demo's letter box refuses nothing: the list is given.
    const job = { kind: 'notice', state: 'dead', booking_id: booking.id, due_at: booking.created_at };
    let items = [
      {
        ...job,
        id: '1',
        person_id: booking.learner_id,
        attempts: 1,
        problem: 'the relay refused it with 550',
      },
      {
        ...job,
        id: '2',
        kind: 'reminder',
        person_id: booking.instructor_id,
        attempts: 8,
        problem: 'Could not connect to server',
      },
    ];
    await page.route('**/api/v1/jobs?*', (route) => route.fulfill({ json: { items, next_cursor: null } }));
    await page.route('**/api/v1/jobs/*/retry', (route) => {
      items = items.filter(({ id }) => !route.request().url().includes(`/jobs/${id}/`));
      return route.fulfill({ status: 204 });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Try all 2 again' }).waitFor();
    await quiet(page);
    await look(page, 'jobs', view);
    await page
      .getByRole('link', { name: /^Open lesson/ })
      .first()
      .click();
    await dialog(page).waitFor();
    assert.ok(page.url().includes(booking.id));
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.goBack();
    await page.getByRole('button', { name: 'Try all 2 again' }).click();
    await page.getByText('Nothing has failed').waitFor();
    await page.unrouteAll();
    assert.ok((await get('/api/v1/jobs?state=dead')).items.length === 0);
  },
};
