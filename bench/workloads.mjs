// The workloads W1 to W5 (bench/micro/workload.h) in a database, asked over HTTP: the answer's hash, which must be the
// known one, the first answer (everything is loaded), those after it, and what memory the server takes with all of it.
// The server's clock stands at 07:06 UTC of the first day (libfaketime), so that the answers are those that are known.
// Usage: node --no-warnings bench/workloads.mjs build/release/roadbook [w1 w2 …]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tests/browser/server.mjs';

const DAY = 86_400;
const FIRST_DAY = Date.UTC(2027, 2, 1) / 1000;
const SUMMER = Date.UTC(2027, 2, 28) / 1000; // The clocks of London change.
const SIZES = {
  w1: { instructors: 1, days: 60, busy: 200, answer: '149 149 c789b7faa3ca3688' },
  w2: { instructors: 100, days: 60, busy: 200, answer: '2347 12962 e8c3190e9c0b59f6' },
  w3: { instructors: 1_000, days: 90, busy: 300, answer: '3595 232955 06c068058da94cd3' },
  w4: { instructors: 10_000, days: 90, busy: 300, answer: '3595 2229063 06c068058da94cd3' },
  w5: { instructors: 100, days: 60, busy: 200, odd: true, answer: '3752 9897 7ebcfe7836a0c281' },
};

/** mulberry32. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Hours and busy times of instructor `i`, as workload::plan. */
function plan(i, { instructors, days, busy: wanted }) {
  const random = randomFrom(Number((0x5107n + BigInt(i) * 2654435761n) & 0xffffffffn));
  const pick = (values) => values[Math.floor(random() * values.length)];
  const starts = [540, 840];
  const ends = [780, 1080];
  let weekdays = 0b1111110; // Bit 0 is Sunday.
  if (instructors > 1) {
    starts[0] = pick([480, 510, 540, 555, 600]);
    ends[0] = pick([720, 750, 780]);
    starts[1] = ends[0] + pick([30, 45, 60]);
    ends[1] = pick([960, 1020, 1080, 1140]);
    weekdays = pick([0b0111110, 0b1111110, 0b1111110, 0b1111111, 0b1011111]);
  }
  const byDay = new Map();
  const busy = [];
  for (let tries = 0; busy.length < wanted && tries < wanted * 40; ++tries) {
    const day = Math.floor(random() * days);
    const length = pick([45, 60, 60, 60, 60, 60, 60, 90]);
    const half = pick([0, 1]);
    const fitting = ends[half] - starts[half] - length;
    const start = starts[half] + 5 * Math.floor(random() * (fitting / 5 + 1));
    if (!((weekdays >> ((day + 1) % 7)) & 1) || start + length > ends[half]) continue;
    const taken = byDay.get(day) ?? [];
    if (taken.some(([from, to]) => start < to + 10 && from < start + length + 10)) continue;
    byDay.set(day, [...taken, [start, start + length]]);
    const midnight = FIRST_DAY + day * DAY;
    busy.push([midnight + start * 60 - (midnight >= SUMMER ? 3600 : 0), length * 60]);
  }
  return { starts, ends, weekdays, busy };
}

function fill(path, size) {
  const database = new DatabaseSync(path);
  const school = '(select school_id from schools)';
  database.exec('begin');
  database
    .prepare(
      `insert into lesson_types (school_id, id, name, length, step, buffer_before, buffer_after, notice_book,
       notice_move, notice_cancel, horizon_days, price_minor, transmission, needs_vehicle, active, version)
       values (${school}, 7, 'Lesson', 60, 15, 10, 10, 120, 120, 0, 365, 4000, 'any', 0, 1, 1)`,
    )
    .run();
  const [person, calendar, hours, busy] = [
    `insert into people (school_id, id, role, version, created_at) values (${school}, ?, 'instructor', 1, 0)`,
    `insert into calendars (school_id, kind, id, version) values (${school}, 'instructor', ?, 1)`,
    `insert into hours (school_id, instructor_id, weekly, overrides, version) values (${school}, ?, ?, '[]', 1)`,
    `insert into busy (school_id, instructor_id, id, starts_at, ends_at) values (${school}, ?, ?, ?, ?)`,
  ].map((sql) => database.prepare(sql));
  let count = 0;
  for (let i = 0; i < size.instructors; ++i) {
    const id = 1000 + i;
    const drawn = plan(i, size);
    const shift = size.odd ? [5, 10, 50][i % 3] : 0;
    const weekly = [];
    for (let weekday = 1; weekday <= 7; ++weekday)
      for (const half of (drawn.weekdays >> (weekday % 7)) & 1 ? [0, 1] : [])
        weekly.push({ weekday, start: drawn.starts[half] + shift, end: drawn.ends[half] });
    person.run(id);
    calendar.run(id);
    hours.run(id, JSON.stringify(weekly));
    for (const [start, length] of drawn.busy) busy.run(id, ++count, start, start + length);
  }
  database.exec('commit');
  database.close();
}

/** Distinct starts, sum over the instructors, FNV-1a 64 of the starts' UTC minutes. */
function answerOf({ slots }) {
  let hash = 0xcbf29ce484222325n;
  let sum = 0;
  for (const { start, instructors } of slots) {
    hash = ((hash ^ BigInt(Date.parse(start) / 60_000)) * 0x100000001b3n) & 0xffffffffffffffffn;
    sum += instructors;
  }
  return `${slots.length} ${sum} ${hash.toString(16).padStart(16, '0')}`;
}

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000;

async function run(binary, name) {
  const size = SIZES[name];
  const folder = mkdtempSync(join(tmpdir(), 'roadbook-workload-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    APP_ENV: 'development',
    TZ: 'UTC',
    DATABASE_URL: `sqlite://${folder}/roadbook.db`,
    LISTEN: `127.0.0.1:${port}`,
    PUBLIC_URL: base,
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PERSON: '0',
    RATE_LIMIT_STAFF: '0',
    RATE_LIMIT_REQUESTS: '0',
  };
  // What faketime would start, without it in between: the memory that counts is the server's.
  const preload = execFileSync('faketime', ['-m', '-f', '@2027-03-01 07:06:00', 'printenv', 'LD_PRELOAD']);
  Object.assign(env, { LD_PRELOAD: preload.toString().trim(), FAKETIME: '@2027-03-01 07:06:00' });
  const flags = ['--name=Load', '--slug=load', '--admin-name=Ada', '--admin-email=ada@load.test'];
  const said = execFileSync(binary, ['setup', ...flags], { env, encoding: 'utf8' });
  fill(`${folder}/roadbook.db`, size);
  const server = spawn(binary, ['serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    while (!(await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const token = /welcome#(\S+)/.exec(said)[1];
    const signedIn = await fetch(`${base}/api/v1/auth/password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, password: 'measured-once' }),
    });
    const { access_token: access } = await signedIn.json();
    const headers = { Authorization: `Bearer ${access}` };
    const date = (days) => new Date((FIRST_DAY + days * DAY) * 1000).toISOString().slice(0, 10);
    const type = '0000000000007';
    const path = `/api/v1/calendar/availability?lesson_type_id=${type}&from=${date(0)}&to=${date(size.days)}`;
    const ask = async () => {
      const begun = performance.now();
      const answer = await fetch(base + path, { headers });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return { took: performance.now() - begun, text };
    };
    const cold = await ask();
    const times = [];
    for (let i = 0; i < 30; ++i) times.push((await ask()).took);
    times.sort((a, b) => a - b);
    const found = answerOf(JSON.parse(cold.text));
    console.log(
      `${name}: ${found === size.answer ? 'the known answer' : 'ANOTHER ANSWER'} ${found}, ${cold.text.length} bytes, ` +
        `cold ${cold.took.toFixed(1)} ms, warm p50 ${times[15].toFixed(2)} ms, least ${times[0].toFixed(2)} ms, ` +
        `server ${memory(server.pid).toFixed(0)} MB`,
    );
    if (found !== size.answer) process.exitCode = 1;
  } finally {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const [, , path, ...names] = process.argv;
const binary = realpathSync(path);
for (const name of names.length > 0 ? names : Object.keys(SIZES)) await run(binary, name);
