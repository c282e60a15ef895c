// What calendar programs make of our iCalendar: mails of the real server, read by ical.js and filed over CalDAV into
// Radicale, as a mail program with a calendar does; and the feed that they subscribe to.
// Usage: node tests/calendars/run.mjs build/release/roadbook
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { call, freePort, signIn, startServer } from '../browser/server.mjs';

const ICAL = createRequire(new URL('../../web/package.json', import.meta.url))('ical.js');
const folder = mkdtempSync(join(tmpdir(), 'roadbook-calendars-'));
const children = [];
const start = (program, args, stdio = 'ignore') => {
  const child = spawn(program, args, { stdio });
  children.push(child);
  return child;
};
async function until(what, probe, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come within ${seconds} s`);
}

async function startCalendarServer() {
  const port = await freePort();
  const options = [`--server-hosts=127.0.0.1:${port}`, '--auth-type=none', '--rights-type=owner_only'];
  start('/usr/bin/radicale', [...options, `--storage-filesystem-folder=${folder}/radicale`, '--logging-level=error']);
  const base = `http://127.0.0.1:${port}/`;
  await until('Radicale', () =>
    fetch(base).then(
      () => true,
      () => false,
    ),
  );
  const client = start('/usr/bin/python3', [new URL('caldav_client.py', import.meta.url).pathname, base], [
    'pipe',
    'pipe',
    'inherit',
  ]);
  const answers = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  return async (command) => {
    client.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await answers.next();
    assert.ok(!done, 'the CalDAV client has ended');
    return JSON.parse(value);
  };
}

/** Mails that came, oldest first. */
const mails = () =>
  existsSync(`${folder}/mails`)
    ? readFileSync(`${folder}/mails`, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

function eventIn(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent');
  assert.equal(events.length, 1);
  const event = new ICAL.Event(events[0]);
  return {
    uid: event.uid,
    sequence: event.sequence,
    start: event.startDate.toJSDate().toISOString(),
    status: events[0].getFirstPropertyValue('status'),
    method: calendar.getFirstPropertyValue('method'),
    summary: event.summary,
  };
}

let passed = 0;
let failed = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
    console.log(`ok    ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n${error.stack ?? error}`);
  }
}

async function main() {
  const smtp = await freePort();
  const sink = new URL('../sink.py', import.meta.url).pathname;
  start('/usr/bin/python3', [sink, String(smtp), `${folder}/mails`]);
  const server = await startServer(process.argv[2], () => ({ SMTP_URL: `smtp://127.0.0.1:${smtp}`, MAIL_FROM: 'lessons@demo.test' }));
  const calendar = await startCalendarServer();
  const { base } = server;
  const bearer = { Authorization: `Bearer ${await signIn(base, 'learner@demo.test')}` };
  const get = async (path) => (await call(base, 'GET', path, bearer)).json();
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const [type] = (await get('/api/v1/lesson-types')).items;
  const times = `/api/v1/calendar/availability?lesson_type_id=${type.id}&from=${day(8)}&to=${day(22)}`;
  const free = (await get(times)).slots;
  const bookings = '/api/v1/calendar/bookings';
  const change = async (booking, method, path, body) =>
    (await call(base, method, `${bookings}/${booking.id}${path}`, { ...bearer, 'If-Match': `"${booking.version}"` }, body)).json();
  const book = async (slot) =>
    (
      await call(base, 'POST', bookings, { ...bearer, 'Idempotency-Key': slot.start }, {
        lesson_type_id: type.id,
        start: slot.start,
      })
    ).json();
  /** The entry that the newest mail about this booking brings the learner, once a mail for this version is there. */
  const mailed = (booking) =>
    until(`the mail about version ${booking.version}`, () =>
      mails()
        .filter((mail) => mail.to[0] === 'learner@demo.test')
        .map((mail) => mail.parts['text/calendar'])
        .filter(Boolean)
        .find((text) => text.includes(`UID:${booking.id}@`) && text.includes(`SEQUENCE:${booking.version}\r\n`)),
    );
  const iso = (instant) => new Date(instant).toISOString();

  const other = await book(free[20]);
  let lesson = await book(free[0]);

  await test('a confirmation is an entry that ical.js reads as we meant it', async () => {
    const event = eventIn(await mailed(lesson));
    assert.equal(event.start, iso(lesson.start));
    assert.equal(event.status, 'CONFIRMED');
    assert.equal(event.method, 'REQUEST');
    assert.match(event.summary, / with /);
  });
  await test('it is filed over CalDAV, and a move updates the entry instead of adding one', async () => {
    await calendar({ save: await mailed(lesson) });
    const moving = `&instructor_id=${lesson.instructor_id}&booking_id=${lesson.id}`;
    const { slots } = await get(`${times}${moving}`);
    const slot = slots.find(({ start }) => start > other.end);
    const moved = await change(lesson, 'PATCH', '', { start: slot.start });
    await calendar({ save: await mailed(moved) });
    const entries = await calendar({ list: true });
    assert.deepEqual(
      entries.map(({ uid, sequence, start }) => [uid.split('@')[0], sequence, iso(start)]),
      [[lesson.id, moved.version, iso(moved.start)]],
    );
    lesson = moved;
  });
  await test('a cancellation cancels that entry', async () => {
    const gone = await change(lesson, 'POST', '/cancellation', {});
    const text = await mailed(gone);
    assert.equal(eventIn(text).method, 'CANCEL');
    await calendar({ save: text });
    const entries = await calendar({ list: true });
    assert.deepEqual(entries.map(({ status }) => status), ['CANCELLED']);
  });
  await test('a feed has what is booked, under the UIDs of the mails', async () => {
    const { url } = await (await call(base, 'PUT', '/api/v1/me/feed', bearer)).json();
    const text = await (await fetch(url)).text();
    const feed = new ICAL.Component(ICAL.parse(text));
    const seen = feed.getAllSubcomponents('vevent').map((each) => new ICAL.Event(each));
    const mine = (await get(`${bookings}?from=${day(-30)}&to=${day(120)}&limit=200`)).items.filter(({ status }) =>
      ['requested', 'booked', 'delivered', 'no_show'].includes(status),
    );
    assert.deepEqual(
      seen.map((event) => [event.uid.split('@')[0], event.startDate.toJSDate().toISOString()]).sort(),
      mine.map(({ id, start }) => [id, iso(start)]).sort(),
    );
    assert.equal(eventIn(await mailed(other)).uid, seen.find(({ uid }) => uid.startsWith(other.id)).uid);
  });
  await server.stop();
}

try {
  await main();
} catch (error) {
  ++failed;
  console.log(error.stack ?? error);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
