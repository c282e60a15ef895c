// Processes of Roadbook that share a database of PostgreSQL, and what the tests ask them.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, liftLimits } from '../browser/server.mjs';

const binary = process.argv[2];
export const owner = process.env.TEST_POSTGRES_URL;
/** Where nodes go: by way of PgBouncer where there is one. */
const server = process.env.TEST_POOLER_URL ?? owner;
export const folder = mkdtempSync(join(tmpdir(), 'roadbook-processes-'));
export const children = new Set();

export const psql = (address, sql) => execFileSync('psql', [address, '-qAtc', sql], { encoding: 'utf8' }).trim();
const on = (url, name, user) => url.replace('owner@', `${user}@`).replace(/[^/]*$/, name);
/** A database of the tests for its owner. */
export const named = (name) => on(owner, name, 'owner');
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(what, probe, seconds = 10) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(20)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`${what} did not come within ${seconds} s`);
}

export const environment = (port) => ({
  PATH: process.env.PATH,
  HOME: folder,
  APP_ENV: 'development',
  DATABASE_URL: on(server, 'school', 'roadbook'),
  DATABASE_DIRECT_URL: named('school'),
  KEYS_URL: on(server, 'keys', 'roadbook'),
  ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 'e').toString('base64')}`,
  JWT_KEYS: `a:${Buffer.alloc(32, 'j').toString('base64')}`,
  LISTEN: `127.0.0.1:${port}`,
  PUBLIC_URL: 'http://school.test',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_REQUESTS: '0',
  RATE_LIMIT_PERSON: '0',
  RATE_LIMIT_STAFF: '0',
});

/** A child that ends with the tests; `stop` waits for its end. */
export function launch(program, args, env) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const it = { child, said: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (it.said += bytes));
  it.ended = new Promise((resolve) => child.once('exit', (code) => (children.delete(child), resolve(code))));
  it.stop = (signal = 'SIGTERM') => (child.kill(signal), it.ended);
  return it;
}

/** A process of Roadbook; returns when it says itself that it is ready. */
export async function start(args, settings = {}, port = undefined) {
  port ??= await freePort();
  const it = launch(binary, args, { ...environment(port), ...settings });
  it.port = port;
  it.base = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${it.base}/readyz`).then(
      ({ status }) => status === 200,
      () => it.child.exitCode !== null,
    );
  await until(`${args.join(' ')} to be ready`, answers, 30);
  if (it.child.exitCode !== null) throw new Error(it.said);
  return it;
}

/** What a command prints, and its exit status. A setting that is undefined is not set. */
export const command = (args, settings = {}) => {
  const run = spawnSync(binary, args, { env: { ...environment(1), ...settings }, encoding: 'utf8', timeout: 60_000 });
  return { status: run.status, said: run.stdout + run.stderr };
};

export const mails = () =>
  existsSync(`${folder}/mails`) ? readFileSync(`${folder}/mails`, 'utf8').split('\n').filter(Boolean) : [];

let sinkPort;
export const withMail = (port = sinkPort) => ({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'lessons@school.test' });

/** The demo's school, made by a process that ends again. */
export async function prepare() {
  psql(owner, 'create database school');
  psql(owner, 'create database keys');
  const demo = await start(['demo'], { DATABASE_URL: named('school'), KEYS_URL: named('keys') });
  await liftLimits(demo.base);
  await demo.stop();
  assert.equal(command(['migrate'], { KEYS_URL: named('keys') }).status, 0, 'lets the one of DATABASE_URL serve');
  sinkPort = await freePort();
  const sink = new URL('../sink.py', import.meta.url).pathname;
  children.add(spawn('/usr/bin/python3', [sink, String(sinkPort), `${folder}/mails`], { stdio: 'inherit' }));
  const listens = () =>
    new Promise((resolve) => {
      const socket = connect(sinkPort, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
  await until('the mail relay', listens, 30);
}

export function clean() {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

export async function admin(base) {
  const account = { email: 'admin@demo.test', password: 'roadbook-demo' };
  const { status, text } = await ask(base, 'POST', '/api/v1/auth/login', {}, account);
  assert.equal(status, 200, text);
  return { Authorization: `Bearer ${JSON.parse(text).access_token}` };
}
export const date = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let free;
/** Lessons that can all be booked, each one given out once: each instructor with a learner of their own. */
export async function lessons(base, count) {
  if (!free) {
    const headers = await admin(base);
    const get = async (path) => JSON.parse((await ask(base, 'GET', path, headers)).text);
    const [type] = (await get('/api/v1/lesson-types')).items;
    const learners = (await get('/api/v1/learners')).items;
    const each = (await get('/api/v1/instructors')).items.map(async (instructor, number) => {
      const who = { lesson_type_id: type.id, instructor_id: instructor.id, learner_id: learners[number].id };
      const asked = new URLSearchParams({ ...who, from: date(14), to: date(88) });
      const { slots } = await get(`/api/v1/calendar/availability?${asked}`);
      const apart = [];
      let last = 0;
      for (const { start } of slots)
        if (Date.parse(start) >= last + 3 * 3_600_000) apart.push({ ...who, start }, (last = Date.parse(start)));
      return apart.filter((lesson) => lesson.start);
    });
    free = (await Promise.all(each)).flat();
    for (let i = free.length - 1; i > 0; --i) {
      const other = (i * 7919) % (i + 1);
      [free[i], free[other]] = [free[other], free[i]];
    }
  }
  assert.ok(free.length >= count, `${free.length} lessons are left`);
  return free.splice(0, count);
}

const agents = { 'http:': new PlainAgent({ keepAlive: true }), 'https:': new Agent({ keepAlive: true }) };
/** The certificate of the nginx of the tests. */
export const trust = (certificate) => {
  agents['https:'].destroy();
  agents['https:'] = new Agent({ keepAlive: true, ca: certificate });
};

/** One request on a kept connection. A link that breaks is status 0; nothing is tried again. */
export const ask = (base, method, path, headers = {}, body = undefined) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const done = (answer) => resolve({ ...answer, ms: performance.now() - begun });
    const url = new URL(path, base);
    const send = url.protocol === 'https:' ? request : plainRequest;
    const asked = send(url, { method, headers, agent: agents[url.protocol] }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece) => (text += piece));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
      answer.on('error', ({ message }) => done({ status: 0, headers: {}, text: message }));
    });
    asked.on('error', ({ message }) => done({ status: 0, headers: {}, text: message }));
    if (body) asked.setHeader('Content-Type', 'application/json').write(JSON.stringify(body));
    asked.end();
  });

let key = 0;
/** Books; where the answer was lost or nobody could, once more with the same key. */
export async function book(base, headers, lesson, tally) {
  const named = { ...headers, 'Idempotency-Key': `lesson-${++key}` };
  const again = async () => ask(base, 'POST', '/api/v1/calendar/bookings', named, lesson);
  let made = await again();
  if (tally.patient && (made.status === 0 || made.status >= 500)) {
    ++tally.again;
    await pause(100);
    made = await again();
  }
  tally.note('booking', made, 201);
  return made;
}

/** What came of requests: how many of each kind, which failed, how long they took. */
export const newTally = (patient = false) => ({
  patient, // Asks for a booking once more.
  again: 0,
  count: {},
  failed: [],
  ms: [],
  bookingMs: [],
  ids: new Set(),
  note(kind, answer, wanted) {
    this.count[kind] = (this.count[kind] ?? 0) + 1;
    this.ms.push(answer.ms);
    if (kind === 'booking') this.bookingMs.push(answer.ms);
    if (answer.status !== wanted) this.failed.push(`${kind} ${answer.status} ${answer.text.slice(0, 300)}`);
    else if (kind === 'booking') this.ids.add(JSON.parse(answer.text).id);
  },
});

/** `callers` at once ask for the week and for free times, and `bookers` of them book one lesson after the other, until
 *  `stop`, or until all are booked. */
export async function load(base, toBook, tally, options = {}) {
  const { callers = 8, bookers = callers, stop = undefined, cancel = false } = options;
  const headers = await admin(base);
  const week = `/api/v1/calendar/bookings?from=${date(14)}&to=${date(21)}`;
  const any = toBook[0];
  const caller = async (_, number) => {
    while (stop ? !stop() : toBook.length) {
      const lesson = number < bookers ? toBook.pop() : undefined;
      const { start, ...who } = lesson ?? any;
      const times = new URLSearchParams({ ...who, from: start.slice(0, 10), to: date(89) });
      tally.note('list', await ask(base, 'GET', week, headers), 200);
      tally.note('times', await ask(base, 'GET', `/api/v1/calendar/availability?${times}`, headers), 200);
      if (stop) await pause(20);
      const made = lesson && (await book(base, headers, lesson, tally));
      if (!cancel || made?.status !== 201) continue;
      const place = `/api/v1/calendar/bookings/${JSON.parse(made.text).id}/cancellation`;
      tally.note('cancellation', await ask(base, 'POST', place, { ...headers, 'If-Match': made.headers.etag }), 200);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return tally;
}

/** Every booking that was answered is there once, and the log replays to what is there. */
export function checkBooked(tally) {
  assert.deepEqual(tally.failed, []);
  assert.equal(tally.ids.size, tally.count.booking, 'each has an id of its own');
  const made = Number(psql(named('school'), "select count(distinct event_id) from event_order"));
  assert.ok(made >= tally.ids.size);
  assert.match(command(['verify']).said, / 0 faults/);
}

export const percentile = (values, part) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)];
