// An instructor's calendar at Google, both ways, against the stand-in: connect, choose, book, drag and delete there.
import assert from 'node:assert/strict';
import { look, picture } from './browser.mjs';
import { ACCOUNT, startGoogle } from './google.mjs';
import { answerTo, quiet, signIn } from './pages.mjs';
import { signIn as tokenOf, startServer } from './server.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIMIT_MS = 20_000;
const dialog = (page) => page.getByRole('dialog');
const inbox = (page) => page.getByRole('region', { name: /decision$|^Changed in a calendar$/ });
const card = (page) => page.getByRole('region', { name: /^Google Calendar/ });
const dateOf = (instant) => new Date(instant).toISOString().slice(0, 10);
const later = (instant, ms) => new Date(Date.parse(instant) + ms).toISOString().replace('.000', '');

/** What is asked for until it is there. */
async function until(what, ask) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `${what}, within ${LIMIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A learner and the instructor over the API. */
async function people(base) {
  const as = async (email) => {
    const token = await tokenOf(base, email);
    return async (method, path, body, more) => {
      const answer = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...more },
        body: body && JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
  };
  const [learner, own] = [await as('learner@demo.test'), await as('instructor@demo.test')];
  const { instructor_id: instructor } = await own('GET', '/me');
  const types = (await learner('GET', '/lesson-types')).items;
  const type = types.find(({ transmission, active }) => transmission === 'manual' && active);
  const window = `from=${dateOf(Date.now() + DAY)}&to=${dateOf(Date.now() + 14 * DAY)}`;
  const question = `lesson_type_id=${type.id}&instructor_id=${instructor}`;
  const me = await learner('GET', '/me');
  return {
    me,
    free: async (more = '') =>
      (await own('GET', `/calendar/availability?${window}&${question}&learner_id=${me.learner_id}${more}`)).slots,
    book: (start) =>
      learner(
        'POST',
        '/calendar/bookings',
        { lesson_type_id: type.id, start, instructor_id: instructor },
        { 'Idempotency-Key': `calendars-${start}` },
      ),
    booking: (id) => own('GET', `/calendar/bookings/${id}`),
    busy: async () => (await own('GET', `/calendar/busy?${window}`)).items,
    length: type.length_minutes * 60_000,
  };
}

/** On the pages at Google; `ticked`: the boxes, by their words. */
async function agree(page, ticked) {
  await page.getByRole('link', { name: ACCOUNT }).click();
  for (const box of await page.getByRole('checkbox').all())
    if (ticked === 'all') await box.check();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function connecting({ page, view, google }) {
  await signIn(page, 'instructor@demo.test');
  await page.getByRole('link', { name: 'Calendars' }).click();
  await page.getByRole('heading', { name: 'No calendar is connected yet' }).waitFor();
  await quiet(page);
  await look(page, 'calendars-none', view);

  const connect = page.getByRole('button', { name: 'Connect Google Calendar' });
  await connect.click();
  await page.getByRole('link', { name: ACCOUNT }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText(/^You said no at Google/).waitFor();
  await connect.click();
  await agree(page, 'none');
  await page.getByText(/tick both of these boxes/).waitFor();
  await quiet(page);
  await look(page, 'calendars-scopes', view);
  await connect.click();
  await agree(page, 'all');
  await page.getByText('Google Calendar is connected', { exact: true }).waitFor();
  await card(page).getByText(ACCOUNT).waitFor();
  await quiet(page);
  await look(page, 'calendars-connected', view);

  await google.addCalendar('Private');
  await page.getByRole('button', { name: 'Choose calendars' }).click();
  const takes = page.getByRole('group', { name: /^Takes my time/ });
  await takes.getByLabel('Private').check();
  await look(page, 'calendars-choose', view);
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await card(page).getByText('Private').waitFor();

  await page.getByRole('button', { name: 'What events say' }).click();
  await page.getByText('With whom, and where').click();
  await look(page, 'calendars-words', view);
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForTimeout(1_000); // When it was read is told in seconds: what comes must be in another one.
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByText('Read just now.').waitFor();
}

const startOf = (event) => Date.parse(event.start.dateTime ?? event.start.date);

/** Booked here, there within seconds; dragged there to a time that books, here as soon. */
async function there({ page, view, google, school }) {
  const [first] = await school.free();
  const began = Date.now();
  const made = await school.book(first.start);
  const event = await until('the lesson is in the calendar', async () =>
    (await google.events()).find((each) => startOf(each) === Date.parse(made.start)),
  );
  console.log(`      from booking to event: ${Date.now() - began} ms`);
  assert.match(event.summary, new RegExp(`with ${school.me.name}$`));

  const spots = await school.free(`&booking_id=${made.id}`);
  const spot = spots.find(({ start }) => Math.abs(Date.parse(start) - Date.parse(made.start)) > 2 * HOUR);
  await google.drag(event.id, spot.start, later(spot.start, school.length));
  const moved = await until('the lesson has moved', async () => {
    const booking = await school.booking(made.id);
    return booking.start === spot.start && booking;
  });
  await page.goto(`/week?from=${moved.local_start.slice(0, 10)}`);
  await page.locator(`[data-event="${moved.id}"]`).waitFor();
  return { booking: moved, event };
}

/** Dragged to the middle of the night, where nothing books; the page is at the answers to that. */
async function dragAtNight({ page, google, school }, { booking, event }) {
  const night = `${dateOf(booking.start)}T02:00:00Z`;
  await google.drag(event.id, night, later(night, school.length));
  await page.goto('/calendars');
  await until('the conflict is told', async () => {
    await page.reload();
    await quiet(page);
    return (await inbox(page).getByRole('button', { name: 'Put it back' }).count()) > 0;
  });
  return night;
}

/** Nothing moves until somebody decides, and then it goes back. */
async function putBack(all, lesson) {
  const { page, view, google, school } = all;
  const { booking, event } = lesson;
  await dragAtNight(all, lesson);
  const put = inbox(page).getByRole('button', { name: 'Put it back' });
  await inbox(page).getByText('lies outside the hours').waitFor();
  await look(page, 'calendars-conflict', view);
  await page.goto('/week');
  await page.getByText('A lesson was changed in a calendar and waits for a decision.').waitFor();
  await quiet(page);
  await look(page, 'calendars-news', view);
  await page.getByRole('link', { name: 'See calendars' }).click();

  await inbox(page).getByRole('button', { name: 'Move it all the same' }).click();
  await dialog(page).getByText('Move there all the same').click();
  await look(page, 'calendars-anyway', view);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await inbox(page).getByRole('button', { name: 'Another time' }).click();
  await dialog(page).locator('[name=slot]').first().waitFor();
  await look(page, 'calendars-another', view);
  await page.keyboard.press('Escape');

  await put.click();
  await page.getByText(/goes back to/).waitFor();
  await until('the calendar shows it as it is', async () =>
    (await google.events()).some(
      (each) => each.id === event.id && startOf(each) === Date.parse(booking.start),
    ),
  );
  assert.equal((await school.booking(booking.id)).start, booking.start);
}

/** Against the hours, for a reason. */
async function moveAllTheSame(all, lesson) {
  const { page, google, school } = all;
  const night = await dragAtNight(all, lesson);
  const etag = async () => (await google.events()).find(({ id }) => id === lesson.event.id)?.etag;
  const dragged = await etag();
  await inbox(page).getByRole('button', { name: 'Move it all the same' }).click();
  await dialog(page).getByText('Move there all the same').click();
  await dialog(page).getByRole('textbox').fill('Night driving, as agreed');
  await dialog(page).getByRole('button', { name: 'Set the rule aside' }).click();
  await page.getByText(/: now .*02:00/).waitFor();
  await inbox(page).getByText(/^Nothing to decide/).waitFor();
  assert.equal((await school.booking(lesson.booking.id)).start, night);
  await until('the calendar shows it so', async () => (await etag()) !== dragged);
}

async function deleted({ page, view, google, school }, { booking, event }) {
  await google.remove(event.id);
  await until('the deletion is told', async () => {
    await page.reload();
    await quiet(page);
    return (await inbox(page).getByText('Deleted', { exact: true }).count()) > 0;
  });
  await look(page, 'calendars-deleted', view);
  await inbox(page).getByRole('button', { name: 'Cancel lesson' }).click();
  await dialog(page).getByRole('textbox').fill('The car is in repair');
  await dialog(page).getByRole('button', { name: 'Cancel lesson' }).click();
  await page.getByText(/is cancelled\.$/).waitFor();
  await inbox(page).getByText(/^Nothing to decide/).waitFor();
  assert.equal((await school.booking(booking.id)).status, 'cancelled');
}

/** An event of their own: greyed in the diary, and nobody books over it. */
async function busy({ page, view, google, school }) {
  const taken = (await school.free()).at(-1);
  await google.create('Dentist', taken.start, later(taken.start, HOUR));
  await until('the time is taken', async () => (await school.busy()).some(({ start }) => start === taken.start));
  assert.ok((await school.free()).every(({ start }) => start !== taken.start));
  await page.goto(`/week?from=${dateOf(taken.start)}`);
  const box = page.getByText(/^Busy elsewhere/).first();
  await box.waitFor();
  await box.scrollIntoViewIfNeeded();
  assert.equal(await page.getByText('Dentist').count(), 0);
  await quiet(page);
  await look(page, 'calendars-busy', view);
  return dateOf(taken.start);
}

async function forTheOffice({ view, open }, date) {
  const { page, context, complaints } = await open();
  await signIn(page, 'admin@demo.test');
  await page.goto(`/board?date=${date}`);
  const box = page.getByText(/^Busy elsewhere/).first();
  await box.waitFor();
  await quiet(page);
  await box.scrollIntoViewIfNeeded();
  await look(page, 'calendars-board', view);
  await page.goto('/manage/calendars');
  await page.getByRole('region', { name: 'Instructors’ calendars' }).getByText('Connected', { exact: true }).waitFor();
  assert.equal(await page.getByText(ACCOUNT).count(), 0);
  await quiet(page);
  await look(page, 'calendars-office', view);
  await context.close();
  assert.deepEqual(complaints, []);
}

/** Access is taken back at Google, given again, and given up here. */
async function theEnd({ page, view, google, school }) {
  await google.takeAccessBack();
  await page.goto('/calendars');
  const asked = answerTo(page, 'POST', '/api/v1/calendar/connections');
  await page.getByRole('button', { name: 'Sync now' }).click();
  assert.equal((await asked).status(), 202);
  await until('the end of the grant is told', async () => {
    await page.reload();
    await quiet(page);
    return (await page.getByRole('button', { name: 'Connect again' }).count()) > 0;
  });
  await look(page, 'calendars-consent', view);
  await page.goto('/week');
  await page.getByText('The connection with a calendar does not work as it should.').waitFor();
  await quiet(page);
  await look(page, 'calendars-broken', view);
  await page.getByRole('link', { name: 'See calendars' }).click();
  assert.ok((await school.busy()).length > 0, 'what was known last goes on taking time');
  await page.getByRole('button', { name: 'Connect again' }).click();
  await agree(page, 'all');
  await card(page).getByText('Connected', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await dialog(page).getByText(/free again at once/).waitFor();
  await look(page, 'calendars-disconnect', view);
  await dialog(page).getByRole('button', { name: 'Disconnect it' }).click();
  await page.getByRole('heading', { name: 'No calendar is connected yet' }).waitFor();
  assert.deepEqual(await school.busy(), []);
}

export const calendars = {
  'calendars: connected with Google, both ways, and what is dragged and deleted there': async ({
    view,
    elsewhere,
  }) => {
    // A running server of somebody's has no Google of ours.
    if (!elsewhere) return;
    const google = await startGoogle();
    const server = await startServer(elsewhere.binary, () => google.settings);
    const visit = await elsewhere.open(server.base);
    // Google has no picture for the tab of its pages.
    visit.allowed.add('404');
    const all = {
      ...visit,
      view,
      google,
      school: await people(server.base),
      open: () => elsewhere.open(server.base),
    };
    try {
      await connecting(all);
      const lesson = await there(all);
      await putBack(all, lesson);
      await moveAllTheSame(all, lesson);
      await deleted(all, lesson);
      await forTheOffice(all, await busy(all));
      await theEnd(all);
      assert.deepEqual(visit.complaints, []);
    } catch (error) {
      await picture(visit.page, 'failed-calendars-there', view);
      throw error;
    } finally {
      await visit.context.close();
      await server.stop();
      await google.stop();
    }
  },
};
