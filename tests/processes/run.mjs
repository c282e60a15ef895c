// Processes that share a database of PostgreSQL: those that answer, those that work, those of another version; behind
// nginx, and on bad links.
// Usage: POOLER=yes tools/with-postgres node tests/processes/run.mjs build/release/roadbook [WORD IN A TEST'S NAME]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { call, freePort, signIn } from '../browser/server.mjs';
import { links } from './links.mjs';
import { markers } from './markers.mjs';
import { nginx } from './nginx.mjs';
import {
  clean, command, date, environment, folder, launch, mails, named, prepare, psql, start, until, withMail,
} from './processes.mjs';

const lesson = { number: 0 };
/** A lesson at the next time that is free. */
async function book(base) {
  const headers = { Authorization: `Bearer ${await signIn(base, 'admin@demo.test')}` };
  const get = async (path) => (await call(base, 'GET', path, headers)).json();
  const [type] = (await get('/api/v1/lesson-types')).items;
  const learners = (await get('/api/v1/learners')).items;
  const learner = learners[lesson.number % learners.length];
  const times = await get(
    `/api/v1/calendar/availability?lesson_type_id=${type.id}&learner_id=${learner.id}&from=${date(7)}&to=${date(28)}`,
  );
  const slot = times.slots[lesson.number++ * 7];
  const body = { lesson_type_id: type.id, start: slot.start, learner_id: learner.id };
  const key = { ...headers, 'Idempotency-Key': `process-${lesson.number}` };
  return (await call(base, 'POST', '/api/v1/calendar/bookings', key, body)).json();
}

const tests = {
  async 'who answers may leave the work to another process'() {
    const server = await start(['serve', '--no-worker'], withMail());
    await book(server.base);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const due = () => Number(psql(named('school'), "select count(*) from jobs where kind = 'notice'"));
    assert.ok(due() > 0, 'what was booked became jobs');
    psql(named('school'), 'update jobs set due_at = 0');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(mails().length, 0, 'and nobody did them');
    const worker = await start(['work', '--only=mail'], withMail());
    await until('the mail', () => mails().length > 0 && due() === 0);
    assert.deepEqual(await (await fetch(`${worker.base}/readyz`)).json(), {
      status: 'ok',
      dependencies: { database: { status: 'ok' }, keys: { status: 'ok' }, jobs: { status: 'ok' } },
    });
    assert.equal((await fetch(`${worker.base}/metrics`)).status, 200);
    assert.equal((await fetch(`${worker.base}/api/v1/me`)).status, 404, 'it answers for itself only');
    assert.equal(await worker.stop(), 0);
    assert.equal(await server.stop(), 0);
  },

  async 'housekeeping is work too'() {
    const mail = await start(['work', '--only=mail'], withMail());
    psql(named('school'), "update bookings set status = 'requested', expires_at = 1 where status = 'booked' and id in (select id from bookings where status = 'booked' order by starts_at desc limit 1)");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const waits = () => Number(psql(named('school'), "select count(*) from bookings where status = 'requested' and expires_at = 1"));
    assert.equal(waits(), 1, 'none of the mail');
    const house = await start(['work', '--only=housekeeping']);
    await until('the end of what has lapsed', () => waits() === 0);
    assert.equal(await house.stop(), 0);
    assert.equal(await mail.stop(), 0);
  },

  async 'an API key is made, listed and ended, and schools are listed, beside servers, on either engine'() {
    const file = { DATABASE_URL: `sqlite://${folder}/keys.db`, KEYS_URL: undefined, DATABASE_DIRECT_URL: undefined };
    for (const [kind, settings] of [
      ['serve', {}],
      ['demo', file],
    ]) {
      const server = await start([kind], settings);
      const token = (...flags) => command(['token', '--school=northgate', ...flags], settings);
      const person = '--person=office@demo.test';
      const made = token(person, '--name=Website', '--scopes=school:read,people:read');
      assert.equal(made.status, 0, made.said);
      const headers = { Authorization: `Bearer ${made.said.trim()}` };
      const ask = async (path) => (await fetch(server.base + path, { headers })).status;
      assert.equal(await ask('/api/v1/learners'), 200);
      assert.equal(await ask(`/api/v1/calendar/bookings?from=${date(0)}&to=${date(1)}`), 403);
      const [, id] = /^(\w+) +Website +school:read,people:read +until .*, used /m.exec(token().said);
      assert.equal(token(person, '--name=x', '--scopes=everything').status, 1);
      assert.equal(token(`--end=${id}`).status, 0);
      const began = Date.now();
      await until('the end of the key', async () => (await ask('/api/v1/learners')) === 401);
      assert.ok(Date.now() - began < 1_500, `ended after ${Date.now() - began} ms`);
      assert.equal(token(`--end=${id}`).status, 1, 'it ends once');
      assert.equal(command(['token', '--school=nowhere'], settings).status, 1);
      const { said, status } = command(['schools'], settings);
      assert.equal(status, 0, said);
      assert.match(said, /^northgate +Northgate Driving School +Europe\/London +\d\d people +\d+ lessons to come$/m);
      assert.doesNotMatch(said, /@|Helen/, 'nothing personal');
      assert.equal(await server.stop(), 0);
      assert.match(command(['verify'], settings).said, / 0 faults/);
    }
  },

  async 'the master key is replaced while people look at their names, on either engine'() {
    const key = (id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;
    const file = { DATABASE_URL: `sqlite://${folder}/rotated.db`, KEYS_URL: undefined, DATABASE_DIRECT_URL: undefined };
    for (const [kind, settings, first] of [
      ['serve', {}, environment(1).ENCRYPTION_KEYS],
      ['demo', file, key('old')],
    ]) {
      const names = async ({ base }, token) => {
        const headers = { Authorization: `Bearer ${token ?? (await signIn(base, 'admin@demo.test'))}` };
        const { items } = await (await call(base, 'GET', '/api/v1/learners?limit=200', headers)).json();
        return items.map(({ name }) => name).filter(Boolean).length;
      };
      const withKeys = (keys) => start([kind], { ...settings, ENCRYPTION_KEYS: keys });
      const before = await withKeys(first);
      const known = await names(before);
      assert.ok(known >= 30, `${known} names`);
      assert.equal(await before.stop(), 0);
      const both = `${key('new')},${first}`;
      const during = await withKeys(both);
      const rotate = () => command(['rotate'], { ...settings, ENCRYPTION_KEYS: both });
      const token = await signIn(during.base, 'admin@demo.test');
      const looking = Promise.all(Array.from({ length: 20 }, () => names(during, token)));
      const rotating = launch(process.argv[2], ['rotate'], { ...environment(1), ...settings, ENCRYPTION_KEYS: both });
      await until('the rotation', () => rotating.child.exitCode === 0);
      assert.ok(Number(/^(\d+) keys wrapped with new$/m.exec(rotating.said)?.[1]) > known, rotating.said);
      assert.ok((await looking).every((count) => count === known));
      assert.match(rotate().said, /^0 keys wrapped with new$/m);
      assert.equal(await during.stop(), 0);
      const after = await withKeys(key('new'));
      assert.equal(await names(after), known, 'the old key is needed no more');
      assert.equal(await after.stop(), 0);
      assert.equal(command(['rotate'], { ...settings, ENCRYPTION_KEYS: first }).status, 1, 'nor of any use');
    }
    assert.match(command(['rotate'], { ENCRYPTION_KEYS: `${environment(1).ENCRYPTION_KEYS},${key('new')}` }).said, /wrapped with a$/m);
  },

  async 'a crash leaves no image of the memory that keys are in'() {
    const server = await start(['serve']);
    assert.match(readFileSync(`/proc/${server.child.pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    assert.equal(await server.stop('SIGABRT'), null);
  },

  async 'nodes share a Redis, and answer without it'() {
    const port = await freePort();
    const password = 'hush';
    const save = ['--save', '', '--dir', folder, '--requirepass', password];
    const redis = launch('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...save], process.env);
    const settings = { REDIS_URL: `redis://:${password}@127.0.0.1:${port}`, RATE_LIMIT_REQUESTS: '40' };
    const nodes = [await start(['serve'], settings), await start(['serve', '--no-worker'], settings)];
    const state = async ({ base }) => (await (await fetch(`${base}/readyz`)).json()).dependencies.redis.status;
    const figure = async ({ base }, name) =>
      Number(new RegExp(`^${name} (.*)$`, 'm').exec(await (await fetch(`${base}/metrics`)).text())[1]);
    for (const node of nodes) await until('Redis', async () => (await state(node)) === 'ok');
    await book(nodes[0].base);
    await book(nodes[1].base);
    assert.ok((await figure(nodes[1], 'roadbook_shared_calendars_hits_total')) > 0, 'what the first one had loaded');
    assert.equal(await figure(nodes[1], 'roadbook_shared_calendars_unreadable_total'), 0);

    let allowed = 0;
    for (let i = 0; i < 80; ++i) {
      allowed += (await fetch(`${nodes[i % 2].base}/api/v1/openapi.json`)).status === 200;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(allowed > 20 && allowed <= 48, `${allowed} of 80 let through, 40 are the limit`);

    await redis.stop('SIGKILL');
    for (const node of nodes) {
      await until('its absence', async () => (await state(node)) === 'failing');
      assert.equal((await fetch(`${node.base}/readyz`)).status, 200);
      assert.equal(await figure(node, 'roadbook_redis_present'), 0);
    }
    const unlimited = await start(['serve', '--no-worker'], { ...settings, RATE_LIMIT_REQUESTS: '0' });
    await book(unlimited.base);
    for (const node of [...nodes, unlimited]) {
      assert.equal(await node.stop(), 0);
      assert.ok(!node.said.includes(password));
      assert.match(node.said, /Redis is away/);
    }
  },

  async 'a new password ends the sessions on every node within a second'() {
    const nodes = [await start(['serve'], withMail()), await start(['serve', '--no-worker'])];
    const office = { Authorization: `Bearer ${await signIn(nodes[1].base, 'admin@demo.test')}` };
    const learners = (await (await call(nodes[1].base, 'GET', '/api/v1/learners', office)).json()).items;
    const { email } = learners.find((learner) => learner.email !== 'learner@demo.test');
    const reset = async (from, at, password) => {
      const before = mails().length;
      await call(from.base, 'POST', '/api/v1/auth/password-reset', {}, { email });
      const link = () => /\/reset#([\w-]+)/.exec(mails().slice(before).join())?.[1];
      const token = await until('the mail with the link', link);
      return (await call(at.base, 'POST', '/api/v1/auth/password', {}, { token, password })).json();
    };
    const session = { Authorization: `Bearer ${(await reset(nodes[1], nodes[1], 'the first good one')).access_token}` };
    const status = async ({ base }) => (await fetch(`${base}/api/v1/me`, { headers: session })).status;
    for (const node of nodes) assert.equal(await status(node), 200);
    const { access_token: token } = await reset(nodes[1], nodes[0], 'the second good one');
    const set = Date.now();
    assert.equal(await status(nodes[0]), 401);
    await until('the end on the other node', async () => (await status(nodes[1])) === 401, 1);
    console.log(`      the other node refused the session after ${Date.now() - set} ms`);
    const mine = { Authorization: `Bearer ${token}` };
    for (const { base } of nodes) await call(base, 'GET', '/api/v1/me', mine);
    await until('the mail about it', () => mails().some((mail) => mail.includes('Your password was changed')));
    for (const node of nodes) assert.equal(await node.stop(), 0);
  },

  async 'a file has one process'() {
    const file = { DATABASE_URL: `sqlite://${folder}/file.db`, KEYS_URL: '', DATABASE_DIRECT_URL: '' };
    for (const args of [['work'], ['work', '--only=mail'], ['serve', '--no-worker']]) {
      const { status, said } = command(args, file);
      assert.equal(status, 1, args.join(' '));
      assert.match(said, /one process/);
    }
    for (const args of [['serve', '--only=mail'], ['work', '--no-worker'], ['work', '--only=dishes']])
      assert.equal(command(args).status, 2, args.join(' '));
  },

  async 'a node goes on beside a schema that only adds, and refuses any other'() {
    const before = await start(['serve']);
    const newest = Number(psql(named('school'), 'select max(number) from migrations'));
    psql(named('school'), `alter table bookings add column colour text; insert into migrations values (${newest + 1}, 1)`);
    await book(before.base);
    const restarted = await start(['serve', '--no-worker']);
    await book(restarted.base);
    await restarted.stop();
    await before.stop();
    psql(named('school'), `update migrations set expands = 0 where number = ${newest + 1}`);
    const newer = command(['serve']);
    assert.equal(newer.status, 1);
    assert.match(newer.said, /newer than/);
    psql(named('school'), `delete from migrations where number >= ${newest}`);
    const older = command(['serve']);
    assert.equal(older.status, 1);
    assert.match(older.said, /roadbook migrate/);
    psql(named('school'), `insert into migrations values (${newest}, 0)`);
    assert.match(command(['verify']).said, / 0 faults/);
  },
};

let passed = 0;
let failed = 0;
try {
  await prepare();
  const wanted = process.argv[3] ?? '';
  for (const [name, body] of Object.entries({ ...tests, ...nginx, ...links, ...markers })) {
    if (!name.includes(wanted)) continue;
    const begun = Date.now();
    try {
      await body();
      ++passed;
      console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
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
