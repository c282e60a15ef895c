// The page on which one plays the human, in Chromium, and what of it reaches the stand-in.
import assert from 'node:assert/strict';
import { look, openPage, startBrowser } from '../browser/browser.mjs';
import { ALL, INES, OLGA, REDIRECT, lesson, until } from './sim.mjs';

const PHONE = { width: 390, height: 844, scheme: 'light' };
const DESKTOP = { width: 1440, height: 900, scheme: 'dark' };

let browser;

/** A journey on one view, which fails on anything in the console. */
const on = (view, journey) => async (world) => {
  browser ??= await startBrowser();
  const { context, page, allowed, complaints } = await openPage(browser, { ...view, base: world.base });
  await journey(world, page, allowed);
  assert.deepEqual(complaints, []);
  await context.close();
};
export const closeBrowser = () => browser?.close();

const all = async (world, calendar = INES) =>
  (await world.sim('GET', `events?calendar=${encodeURIComponent(calendar)}`)).events;
const only = async (world, calendar) => (await all(world, calendar)).find(({ status }) => status !== 'cancelled');
const today = () => new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' }).format(new Date());
const at = (hour) => ({ dateTime: `${today()}T${String(hour).padStart(2, '0')}:00:00`, timeZone: 'Europe/Berlin' });
const event = (from, to, more) => ({ summary: 'Dentist', start: at(from), end: at(to), ...more });
const button = (page, name) => page.getByRole('button', { name });
const saved = async (page) => {
  await button(page, 'Save').click();
  await page.locator('dialog').waitFor({ state: 'hidden' });
};

export const page = {
  'page: an event is added, made free, made all-day and deleted, on a phone': on(PHONE, async (world, page) => {
    await page.goto('/');
    await button(page, 'Add event').click();
    await page.getByLabel('Title').fill('Dentist');
    await look(page, 'google-dialog', PHONE);
    await saved(page);
    const made = await only(world);
    assert.deepEqual([made.summary, made.start.dateTime.slice(0, 16)], ['Dentist', `${today()}T12:00`]);
    await button(page, /Dentist/).click();
    await page.getByLabel('I am free').check();
    await saved(page);
    assert.equal((await only(world)).transparency, 'transparent');
    await look(page, 'google-week', PHONE);
    await button(page, /Dentist.*free/).click();
    await page.getByLabel('All day').check();
    await saved(page);
    assert.deepEqual((await only(world)).start, { date: today() });
    await button(page, /Dentist/).click();
    await button(page, 'Delete').click();
    await until('the deletion', async () => !(await only(world)));
  }),
  'page: an event is dragged to another hour': on(DESKTOP, async (world, page) => {
    const { id } = await world.human('create', { event: event(9, 10) });
    await world.human('create', { event: event(9, 11, { summary: 'Beside it' }) });
    await page.goto('/');
    const box = await button(page, /Dentist/).boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 10 + box.height * 1.5, { steps: 5 });
    await page.mouse.up();
    const moved = await until('the move', async () =>
      (await all(world)).find((one) => one.id === id && one.sequence === 1),
    );
    assert.match(moved.start.dateTime, /T10:30:00/);
    assert.match(moved.end.dateTime, /T11:30:00/);
    await button(page, /10:30–11:30/).waitFor();
    await look(page, 'google-week', DESKTOP);
  }),
  'page: an invitation is declined, an event moved to another calendar, another account chosen': on(
    DESKTOP,
    async (world, page) => {
      const { id: to } = await world.sim('POST', 'calendars', { account: INES, summary: 'Private' });
      await world.human('create', {
        calendar: OLGA,
        event: event(9, 10, { summary: 'Meeting', attendees: [{ email: INES }] }),
      });
      await world.human('create', { event: event(12, 13) });
      await page.goto('/');
      await button(page, /Meeting/).click();
      await button(page, 'Decline').click();
      await button(page, /Meeting.*declined/).waitFor();
      assert.equal((await only(world, OLGA)).attendees[0].responseStatus, 'declined');
      await button(page, /Dentist/).click();
      await page.locator('select[name=calendar]').selectOption({ label: 'Private' });
      await saved(page);
      assert.equal((await only(world, to)).summary, 'Dentist');
      await page.getByRole('checkbox', { name: 'Private' }).uncheck();
      await button(page, /Dentist/).waitFor({ state: 'detached' });
      await page.getByLabel('Account').selectOption(OLGA);
      await page.getByRole('checkbox', { name: 'Private' }).waitFor({ state: 'detached' });
      await button(page, /Meeting/).waitFor();
    },
  ),
  'page: a series changes in one instance, from one on, or as a whole': on(DESKTOP, async (world, page) => {
    await page.goto('/');
    await button(page, 'Add event').click();
    await page.getByLabel('Title').fill('Theory');
    await page.getByLabel('Repeats').selectOption('Every day');
    await saved(page);
    await button(page, 'Later').click();
    await page.getByText('Theory').nth(6).waitFor();
    const change = async (place, reach, title) => {
      await page.getByText('Theory').nth(place).click();
      await page.getByLabel('Change').selectOption(reach);
      await page.getByLabel('Title').fill(title);
      await saved(page);
    };
    await change(1, 'This event', 'Theory, once');
    await change(3, 'This and following events', 'Theory, later');
    await page.getByText('Theory, later').nth(3).waitFor();
    const series = (await all(world)).filter(({ recurrence }) => recurrence);
    assert.deepEqual(
      series.map(({ summary }) => summary),
      ['Theory', 'Theory, later'],
    );
    await change(0, 'All events', 'Theory at first');
    await page.getByText('Theory at first').first().waitFor();
    await page.getByText('Theory, later').nth(1).click();
    await page.getByLabel('Change').selectOption('This and following events');
    await button(page, 'Delete').click();
    await page.getByText('Theory, later').nth(1).waitFor({ state: 'detached' });
    assert.equal(await page.getByText('Theory, later').count(), 1);
  }),
  'page: requests come in, and access is taken away': on(PHONE, async (world, page) => {
    const client = await world.connect();
    const api = world.api(client);
    await api.events.insert({ calendarId: INES, requestBody: lesson() });
    await page.goto('/');
    await page.getByRole('cell', { name: `POST /calendar/v3/calendars/${INES}/events` }).waitFor();
    await button(page, 'Remove access').click();
    await page.getByText('None has been given any.').waitFor();
    await assert.rejects(client.refreshAccessToken(), /invalid_grant/);
  }),
  'page: the consent page lets one choose an account and single scopes': on(PHONE, async (world, page, allowed) => {
    const client = world.oauth();
    const back = page.waitForRequest((request) => request.url().startsWith(REDIRECT));
    allowed.add('ERR_UNSAFE_PORT');
    await page.goto(client.generateAuthUrl({ scope: ALL, access_type: 'offline', state: 's' }));
    await look(page, 'google-accounts', PHONE);
    await page.getByRole('link', { name: /Olga/ }).click();
    await page.getByLabel('See and change events').check();
    await look(page, 'google-consent', PHONE);
    await button(page, 'Continue').click();
    const said = new URL((await back).url()).searchParams;
    const { tokens } = await client.getToken(said.get('code'));
    assert.ok(tokens.refresh_token);
    assert.deepEqual(
      tokens.scope.split(' ').filter((scope) => /calendar/.test(scope)),
      [ALL[2]],
    );
  }),
};
