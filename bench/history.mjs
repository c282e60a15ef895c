// What years of lessons cost: a school with 1,000,000 past ones beside the same one with 1,000, on both engines. Each
// request goes to one and then to the other, round by round; prints the medians, their ratio (goal: at most 1.2), and
// how long `serve` takes after kill -9 until it is ready (goal: 2 s).
// Usage: tools/with-postgres node bench/history.mjs build/release/roadbook build/release/prove [LESSONS]
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, freePort, signIn } from '../tests/browser/server.mjs';

const [binary, prove, lessons = '1000000'] = process.argv.slice(2);
const FEW = 1_000;
const INSTRUCTORS = 100;
const LEARNERS = 5_000;
const ROUNDS = 150;
const folder = mkdtempSync(join(tmpdir(), 'roadbook-history-'));
const owner = process.env.TEST_POSTGRES_URL;
const children = new Set();

const environment = {
  PATH: process.env.PATH,
  HOME: folder,
  APP_ENV: 'development',
  PUBLIC_URL: 'http://school.test',
  ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 'e').toString('base64')}`,
  JWT_KEYS: `a:${Buffer.alloc(32, 'j').toString('base64')}`,
  RATE_LIMIT_REQUESTS: '0',
  RATE_LIMIT_PERSON: '0',
  RATE_LIMIT_STAFF: '0',
};
const file = (name) => join(folder, `${name}.db`);
const onFile = (name) => ({ DATABASE_URL: `sqlite://${file(name)}` });
const at = (name) => owner.replace(/[^/]*$/, name);
const onServer = (name) => ({ DATABASE_URL: at(name), KEYS_URL: at(`${name}_keys`) });
const seconds = (begun) => ((performance.now() - begun) / 1000).toFixed(2);
const run = (program, args, settings = {}) =>
  execFileSync(program, args, { env: { ...environment, ...settings }, encoding: 'utf8' });

async function start(command, settings) {
  const port = await freePort();
  const env = { ...environment, ...settings, LISTEN: `127.0.0.1:${port}` };
  const begun = performance.now();
  const child = spawn(binary, [command], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.add(child);
  const ended = new Promise((resolve) => child.once('exit', () => (children.delete(child), resolve())));
  const it = { base: `http://127.0.0.1:${port}`, port, pid: child.pid, stop: (signal) => (child.kill(signal), ended) };
  while (!(await fetch(`${it.base}/readyz`).then(({ ok }) => ok, () => false))) {
    if (child.exitCode !== null) throw new Error(`${command} ended`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  it.ready = seconds(begun);
  return it;
}

const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** The demo's school with many more people. */
async function grow() {
  const { base, stop } = await start('demo', onFile('base'));
  const headers = { Authorization: `Bearer ${await signIn(base, 'admin@demo.test')}` };
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: '08:00', end: '18:00' }));
  for (let n = 0; n < INSTRUCTORS; ++n) {
    const keyed = { ...headers, 'Idempotency-Key': `instructor-${n}` };
    const made = await (await call(base, 'POST', '/api/v1/instructors', keyed, {
      name: `Instructor ${n}`,
      email: `instructor.${n}@history.test`,
    })).json();
    const hours = `/api/v1/instructors/${made.id}/hours`;
    const etag = (await call(base, 'GET', hours, headers)).headers.get('etag');
    await call(base, 'PUT', hours, { ...headers, 'If-Match': etag }, { items: weekly });
  }
  const lines = Array.from({ length: LEARNERS }, (_, n) => `Learner ${n},learner.${n}@history.test`);
  const table = { ...headers, 'Content-Type': 'text/csv', 'Idempotency-Key': 'learners' };
  const answer = await fetch(`${base}/api/v1/learners/imports`, {
    method: 'POST',
    headers: table,
    body: `name,email\n${lines.join('\n')}\n`,
  });
  if (!answer.ok) throw new Error(await answer.text());
  await call(base, 'POST', '/api/v1/lesson-types', { ...headers, 'Idempotency-Key': 'type' }, {
    name: 'By foot',
    length_minutes: 60,
    needs_vehicle: false,
    price: { amount_minor: 4000, currency: 'GBP' },
  });
  const rules = await call(base, 'GET', '/api/v1/constraints', headers);
  const items = (await rules.json()).items.map((item) => ({
    ...item,
    enabled: item.enabled && !/^learner-|^open-/.test(item.rule),
  }));
  await call(base, 'PUT', '/api/v1/constraints', { ...headers, 'If-Match': rules.headers.get('etag') }, { items });
  await stop('SIGTERM');
}

/** One connection that stays; resolves to status, headers and body. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = ({ port }, method, path, headers, body) =>
  new Promise((resolve, reject) => {
    const text = body && JSON.stringify(body);
    const more = text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const sent = request({ port, agent, method, path, headers: { ...headers, ...more } }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject);
    sent.end(text);
  });

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** What is asked of a school, by name: how, for round n, and which statuses are right. */
async function questions(server) {
  const admin = { Authorization: `Bearer ${await signIn(server.base, 'admin@demo.test')}` };
  const teacher = { Authorization: `Bearer ${await signIn(server.base, 'instructor@demo.test')}` };
  const pupil = { Authorization: `Bearer ${await signIn(server.base, 'learner@demo.test')}` };
  const get = async (path) => JSON.parse((await ask(server, 'GET', `/api/v1${path}`, admin)).body);
  const types = (await get('/lesson-types')).items;
  const type = types.find(({ name }) => name === 'By foot');
  const instructors = (await get('/instructors?limit=200')).items.filter(({ name }) => /^Instructor/.test(name));
  const [learner, other] = (await get('/learners?limit=200')).items.filter(({ name }) => /^Learner/.test(name));
  const [vehicle] = (await get('/vehicles')).items;
  const instructor = instructors[7];
  const days = (from, to) => `from=${day(from)}&to=${day(to)}`;
  const free = `/calendar/availability?lesson_type_id=${type.id}&instructor_id=${instructor.id}`;
  const { slots } = await get(`${free}&${days(5, 33)}`);
  const lesson = (n) => ({
    lesson_type_id: type.id,
    start: slots[(n * 5) % slots.length].start,
    instructor_id: instructor.id,
    learner_id: learner.id,
  });
  const key = (n) => ({ ...admin, 'Idempotency-Key': `${process.pid}-${n}-${Math.random()}` });
  const post = (n, who = {}) =>
    ask(server, 'POST', '/api/v1/calendar/bookings', key(n), { ...lesson(n), ...who });
  const feed = JSON.parse((await ask(server, 'PUT', '/api/v1/me/feed', pupil)).body).url;
  const read = (path, who = admin) => () => ask(server, 'GET', `/api/v1${path}`, who);
  let booked = await post(0);
  const seen = () => ({ ...key(0), 'If-Match': booked.headers.etag });
  const id = () => JSON.parse(booked.body).id;
  const at = (what) => `/api/v1/calendar/bookings/${id()}${what}`;
  const note = async (answer) => {
    if (answer.headers.etag) booked = { ...booked, headers: answer.headers };
    return answer;
  };
  return {
    'free times, 4 weeks': read(`${free}&${days(5, 33)}`),
    'free times, any instructor': read(`/calendar/availability?lesson_type_id=${type.id}&${days(5, 8)}`),
    'lessons of a day': read(`/calendar/bookings?${days(0, 1)}`),
    'lessons of a week': read(`/calendar/bookings?${days(0, 7)}&limit=200`),
    'week of an instructor': read(`/calendar/bookings?${days(0, 7)}&instructor_id=${instructor.id}`),
    'past page of a learner': read(`/calendar/bookings?${days(-60, 0)}&learner_id=${learner.id}&limit=1`),
    'one lesson': () => ask(server, 'GET', at(''), admin),
    'its history': () => ask(server, 'GET', at('/history'), admin),
    'hours of all': read(`/calendar/working-time?${days(0, 7)}`),
    feed: () => ask(server, 'GET', new URL(feed).pathname, {}),
    'learners of an instructor': read('/learners?limit=10', teacher),
    'not removed: type': () => ask(server, 'DELETE', `/api/v1/lesson-types/${types[0].id}`, seen()),
    'not removed: vehicle': () => ask(server, 'DELETE', `/api/v1/vehicles/${vehicle.id}`, seen()),
    'not removed: instructor': () => ask(server, 'DELETE', `/api/v1/instructors/${instructor.id}`, seen()),
    move: async (n) =>
      note(await ask(server, 'PATCH', at(''), seen(), { start: lesson(n + 1).start, override: ['too-soon'], reason: 'x' })),
    'book and cancel': async (n) => {
      booked = await post(n, { instructor_id: instructors[8].id, learner_id: other.id });
      return note(await ask(server, 'POST', at('/cancellation'), seen()));
    },
  };
}

/** Both schools, by turns. */
async function compare(engine, few, many) {
  const [left, right] = [await questions(few), await questions(many)];
  let worst = 0;
  for (const name of Object.keys(left)) {
    const times = [[], []];
    const statuses = new Set();
    for (let n = 0; n < ROUNDS + 10; ++n)
      for (const side of n % 2 ? [0, 1] : [1, 0]) {
        const begun = performance.now();
        const answer = await [left, right][side][name](n);
        if (n >= 10) times[side].push(performance.now() - begun);
        statuses.add(answer.status);
        if (answer.status >= 500) throw new Error(`${name}: ${answer.body}`);
      }
    const [a, b] = times.map(median);
    worst = Math.max(worst, b / a);
    console.log(
      `${engine} ${name.padEnd(27)} ${a.toFixed(2).padStart(7)} ms ${b.toFixed(2).padStart(7)} ms  ratio ` +
        `${(b / a).toFixed(2)}${b / a > 1.2 ? ' ABOVE 1.2' : ''}  (${[...statuses].join(', ')})`,
    );
  }
  console.log(`${engine} worst ratio ${worst.toFixed(2)}`);
}

/** How long it takes after kill -9 until it is ready again. */
async function restarts(engine, settings, first) {
  let server = first;
  const times = [];
  for (let n = 0; n < 3; ++n) {
    await server.stop('SIGKILL');
    server = await start('serve', settings);
    times.push(server.ready);
  }
  await server.stop('SIGTERM');
  console.log(`${engine} ready after kill -9 with ${lessons} lessons: ${times.join(', ')} s`);
}

/** Of the database, in MB. */
const size = (engine, name) =>
  Math.round(
    (engine === 'SQLite'
      ? statSync(file(name)).size
      : Number(execFileSync('psql', [owner, '-Atc', `select pg_database_size('${name}')`], { encoding: 'utf8' }))) / 1e6,
  );

try {
  await grow();
  for (const [name, count] of [['few', FEW], ['many', lessons]]) {
    for (const suffix of ['', '.keys']) copyFileSync(file('base') + suffix, file(name) + suffix);
    const begun = performance.now();
    run(prove, ['--history', String(count), '--into', file(name)]);
    console.log(`${count} past lessons made in ${seconds(begun)} s`);
  }
  const verifying = performance.now();
  console.log(`verify, SQLite: ${run(binary, ['verify'], onFile('many')).trim()} in ${seconds(verifying)} s`);
  if (owner)
    for (const name of ['few', 'many']) {
      for (const database of [name, `${name}_keys`])
        execFileSync('psql', [owner, '-qc', `create database ${database}`]);
      const begun = performance.now();
      run(binary, ['migrate', '--from', `sqlite://${file(name)}`], onServer(name));
      console.log(`${name} moved to PostgreSQL, verified on both sides, in ${seconds(begun)} s`);
    }
  for (const [engine, where] of [['SQLite', onFile], ...(owner ? [['PostgreSQL', onServer]] : [])]) {
    const few = await start('serve', where('few'));
    const many = await start('serve', where('many'));
    await compare(engine, few, many);
    const memory = ({ pid }) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1] / 1024;
    console.log(`${engine} memory: ${memory(few).toFixed(0)} MB and ${memory(many).toFixed(0)} MB, on disk: ${size(engine, 'many')} MB`);
    await few.stop('SIGTERM');
    await restarts(engine, where('many'), many);
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  agent.destroy();
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}
