// A school moves from a file of SQLite to PostgreSQL, with all that hangs on it, or stays where it is.
// Usage: tools/with-postgres node tests/processes/move.mjs build/release/roadbook
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { call, signIn } from '../browser/server.mjs';
import { clean, command, environment, folder, launch, named, owner, psql, start, until } from './processes.mjs';

const binary = process.argv[2];
const file = join(folder, 'school.db');
const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** The address of the one that serves. */
const serving = (name) => named(name).replace('owner@', 'roadbook@');
const onFile = { DATABASE_URL: `sqlite://${file}`, DATABASE_DIRECT_URL: undefined, KEYS_URL: undefined };
const onServer = (name, keys) => ({
  DATABASE_URL: serving(name),
  DATABASE_DIRECT_URL: named(name),
  KEYS_URL: serving(keys),
});

const moving = (name, from) => ['migrate', '--from', `sqlite://${from}`, '--to', serving(name)];
const toMove = (name, keys) => ({
  DATABASE_URL: undefined,
  DATABASE_DIRECT_URL: name && named(name),
  KEYS_URL: keys && named(keys),
});
const move = (name, keys, from = file) => command(moving(name, from), toMove(name, keys));
const refused = ({ status, said }, why) => {
  assert.equal(status, 1, said);
  assert.match(said, why);
};

/** A target of its own, empty. */
let made = 0;
function target() {
  const name = `target_${++made}`;
  psql(owner, `create database ${name}`);
  psql(owner, `create database ${name}_keys`);
  return [name, `${name}_keys`];
}
const rowsIn = (name) =>
  Number(
    psql(
      named(name),
      `select coalesce(sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', relname),
       false, true, '')))[1]::text::int), 0) from pg_class where relkind = 'r' and relname <> 'migrations'
       and relnamespace = 'public'::regnamespace`,
    ) || 0,
  );

/** A copy of the file and its keys, changed as `sql` says. */
function changed(name, sql) {
  const path = join(folder, name);
  copyFileSync(file, path);
  copyFileSync(`${file}.keys`, `${path}.keys`);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return path;
}

const headersOf = async (base, email = 'admin@demo.test') => ({ Authorization: `Bearer ${await signIn(base, email)}` });
const get = async (base, path, headers) => (await call(base, 'GET', path, headers)).text();
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Everything that the office can ask for, by address. */
async function allLists(base) {
  const headers = await headersOf(base);
  const answers = {};
  const ask = async (path) => JSON.parse((answers[path] = await get(base, `/api/v1${path}`, headers)));
  const [type] = (await ask('/lesson-types')).items;
  const { items: instructors } = await ask('/instructors');
  const { items: learners } = await ask('/learners');
  const { items: bookings } = await ask(`/calendar/bookings?from=${day(-14)}&to=${day(60)}&limit=200`);
  assert.ok(bookings.length > 20);
  for (const path of ['/me', '/school', '/users', '/vehicles', '/closures', '/constraints', '/jobs'])
    await ask(path);
  for (const { id } of bookings.slice(0, 20)) await ask(`/calendar/bookings/${id}`);
  for (const { id } of bookings.slice(0, 20)) await ask(`/calendar/bookings/${id}/history`);
  for (const { id } of instructors)
    for (const what of ['hours', 'time-off', 'overrides']) await ask(`/instructors/${id}/${what}`);
  for (const { id } of learners) await ask(`/places?learner_id=${id}`);
  await ask(`/calendar/working-time?from=${day(1)}&to=${day(7)}`);
  await ask(`/calendar/availability?lesson_type_id=${type.id}&from=${day(7)}&to=${day(20)}`);
  return answers;
}

/** The first event of the live stream, begun behind `position`, after `act`. */
async function firstLive(base, position, act) {
  const headers = { ...(await headersOf(base)), 'Last-Event-ID': position };
  const stop = new AbortController();
  const answer = await fetch(`${base}/api/v1/calendar/live`, { headers, signal: stop.signal });
  const reader = answer.body.getReader();
  await act();
  let text = '';
  while (!/event: \w+/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  stop.abort();
  return { kind: /event: (\w+)/.exec(text)[1], id: Number(/id: (\d+)/.exec(text)?.[1]) };
}

const before = {};

/** The demo's school with a booking, a feed and a session that somebody will come back to. */
async function prepare() {
  const demo = await start(['demo'], onFile);
  const { base } = demo;
  const headers = await headersOf(base);
  const type = JSON.parse(await get(base, '/api/v1/lesson-types', headers)).items[0];
  const learner = JSON.parse(await get(base, '/api/v1/learners', headers)).items[0];
  const query = `lesson_type_id=${type.id}&learner_id=${learner.id}&from=${day(30)}&to=${day(50)}`;
  const times = await get(base, `/api/v1/calendar/availability?${query}`, headers);
  const { slots } = JSON.parse(times);
  const booking = (n) => ({ lesson_type_id: type.id, start: slots[n * 60].start, learner_id: learner.id });
  before.book = (at, as, n, key) =>
    call(at, 'POST', '/api/v1/calendar/bookings', { ...as, 'Idempotency-Key': key }, booking(n));
  before.booked = await (await before.book(base, headers, 0, 'said-before')).json();
  const teacher = await headersOf(base, 'instructor@demo.test');
  before.feed = new URL((await (await call(base, 'PUT', '/api/v1/me/feed', teacher)).json()).url).pathname;
  const account = { email: 'learner@demo.test', password: 'roadbook-demo' };
  const session = await call(base, 'POST', '/api/v1/auth/login', {}, account);
  before.cookie = session.headers.getSetCookie()[0].split(';')[0];
  before.lists = await allLists(base);
  refused(move(...target()), /school\.db is in use by another process/);
  await demo.stop();
  before.file = hashOf(file);
}

const tests = {
  async 'whoever is killed half-way leaves both sides as they were'() {
    const [name, keys] = target();
    assert.equal(command(['migrate'], { ...onServer(name, keys), KEYS_URL: named(keys) }).status, 0);
    psql(
      named(name),
      `create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$;
       create trigger wait before insert on vehicles for each row execute function wait()`,
    );
    const child = launch(binary, moving(name, file), { ...environment(1), ...toMove(name, keys) });
    const sleeps = `select count(*) from pg_stat_activity where datname = '${name}' and wait_event = 'PgSleep'`;
    await until('the last table', () => psql(owner, sleeps) === '1', 30);
    await child.stop('SIGKILL');
    psql(owner, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    await until('the end of its session', () => psql(owner, sleeps) === '0');
    assert.equal(rowsIn(name), 0);
    assert.equal(rowsIn(keys), 0);
    assert.equal(hashOf(file), before.file);
    psql(named(name), 'drop trigger wait on vehicles; drop function wait');
    const again = move(name, keys);
    assert.equal(again.status, 0, again.said);
    refused(move(name, keys), /has the school \S+ already/);
  },

  async 'what cannot be moved whole is not moved'() {
    const [name, keys] = target();
    refused(move(name, keys, join(folder, 'nothing.db')), /There is no file/);
    refused(move(name, keys, changed('old.db', 'pragma user_version = 1')), /schema 1, .*roadbook migrate/);
    refused(move(name, keys, changed('new.db', 'pragma user_version = 99')), /schema 99, newer than/);
    const quiet = 'drop trigger bookings_no_overlap_update; ';
    const faulty = changed('faulty.db', `${quiet} update bookings set price_minor = 1 where id = (select min(id) from bookings)`);
    refused(move(name, keys, faulty), /not sound and nothing was moved.*not what its events say/);
    const keyless = changed('keyless.db', '');
    const database = new DatabaseSync(`${keyless}.keys`);
    database.exec('delete from person_keys where id = (select min(id) from person_keys)');
    database.close();
    refused(move(name, keys, keyless), /has no key for 1 of \d+ people/);
    assert.equal(rowsIn(name), 0);

    psql(
      named(name),
      `create function meddle() returns trigger language plpgsql as $$ begin new.name = 'x'; return new; end $$;
       create trigger meddle before insert on vehicles for each row execute function meddle()`,
    );
    refused(move(name, keys), /vehicles: (\d+) rows \(.*\) were sent and \1 \(.*\) arrived/);
    psql(named(name), 'drop trigger meddle on vehicles');
    assert.equal(rowsIn(name), 0);
    psql(named(name), "insert into signals (school_id, signal) values (1, '')");
    refused(move(name, keys), /is not empty: there is something in its table signals/);
    psql(named(name), 'truncate signals');
    psql(named(keys), "insert into person_keys values (1, 1, '', 0)");
    refused(move(name, keys), /holds keys that are not of this file/);
    assert.equal(rowsIn(name), 0);
    for (const [args, settings] of [
      [['migrate', `--from=${named(name)}`], {}],
      [['migrate', `--from=sqlite://${file}`, `--to=sqlite://${folder}/other.db`], {}],
      [['migrate', `--from=sqlite://${file}`, `--to=${named(name)}`], { KEYS_URL: `sqlite://${folder}/other.keys` }],
    ])
      assert.equal(command(args, { ...toMove(), ...settings }).status, 2, args.join(' '));
    assert.equal(hashOf(file), before.file);
  },

  async 'a school that has moved is the same school'() {
    const [name, keys] = target();
    const { status, said } = move(name, keys);
    assert.equal(status, 0, said);
    assert.match(said, /bookings +\d+ rows +[0-9a-f]{32}/);
    assert.match(said, /person_keys +\d+ rows +[0-9a-f]{32}/);
    assert.equal(hashOf(file), before.file);
    const verified = command(['verify'], onFile).said;
    assert.match(verified, / events, 0 faults/);
    assert.equal(command(['verify'], onServer(name, keys)).said, verified);
    assert.equal(psql(named(name), 'select count(*) from pg_class where relrowsecurity and not relforcerowsecurity'), '0');

    const server = await start(['serve'], onServer(name, keys));
    const { base } = server;
    assert.deepEqual(await allLists(base), before.lists, 'every list, and the same password');
    const headers = await headersOf(base);
    const replayed = await before.book(base, headers, 0, 'said-before');
    assert.equal(replayed.headers.get('idempotency-replayed'), 'true');
    assert.equal((await replayed.json()).id, before.booked.id);
    const feed = await get(base, before.feed, {});
    assert.match(feed, /BEGIN:VCALENDAR/);
    const session = { Cookie: before.cookie, Origin: environment(1).PUBLIC_URL, 'X-Requested-With': 'roadbook' };
    assert.ok((await (await call(base, 'POST', '/api/v1/auth/refresh', session)).json()).access_token);

    const last = Number(psql(named(name), 'select max(position) from event_cursor'));
    await before.book(base, headers, 1, 'said-between');
    await until('its place', () => Number(psql(named(name), 'select max(position) from signals')) > 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const live = await firstLive(base, last, () => before.book(base, headers, 2, 'said-after'));
    assert.ok(live.kind === 'resync' || live.id > last, `a page that was at ${last} hears of it: ${JSON.stringify(live)}`);
    await server.stop();
    assert.match(command(['verify'], onServer(name, keys)).said, /, 0 faults/);
  },
};

let passed = 0;
let failed = 0;
try {
  await prepare();
  for (const [name, body] of Object.entries(tests)) {
    try {
      await body();
      ++passed;
      console.log(`ok    ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAIL  ${name}\n${error.stack ?? error}`);
    }
  }
} finally {
  clean();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
