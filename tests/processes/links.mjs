// A node whose links are bad: to PostgreSQL slow, jittery, torn or silent, to the mail relay silent.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import * as here from './processes.mjs';
import { admin, ask, environment, lessons, load, named, newTally, pause, percentile, psql, start } from './processes.mjs';

/** A TCP link that can be slowed down, torn and silenced. While it is silent nothing passes, not even an end. */
async function makeLink(mode, target) {
  const pairs = new Set();
  const pass = (from, to) => {
    let free = 0; // When the piece before has arrived: pieces stay in their order.
    from.on('data', (bytes) => {
      if (mode.silent) return from.pause();
      if (Math.random() < mode.tears) return (mode.torn += 1), from.destroy(), to.destroy();
      free = Math.max(Date.now() + mode.delay + Math.random() * mode.jitter, free);
      setTimeout(() => to.write(bytes), free - Date.now());
    });
    from.on('error', () => {}); // What it means is in 'close'.
    // An end that nobody hears: the other side keeps its connection.
    from.on('close', () => (mode.silent ? mode.lost.add(to) : setTimeout(() => to.destroy(), mode.delay)));
  };
  const listener = createServer((client) => {
    const server = connect(target.port, target.hostname);
    for (const socket of [client, server]) socket.setNoDelay(true);
    pass(client, server);
    pass(server, client);
    pairs.add(client).add(server);
    for (const socket of [client, server]) socket.on('close', () => pairs.delete(socket));
    if (mode.silent) client.pause();
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const heal = () => pairs.forEach((socket) => mode.lost.has(socket) || socket.resume());
  const close = () => (listener.close(), pairs.forEach((each) => each.destroy()));
  return { port: listener.address().port, heal, close };
}

/** A node all of whose connections to PostgreSQL go over such links. */
async function nodeOnLinks(mode, settings = {}) {
  const links = [];
  const addresses = {};
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'KEYS_URL']) {
    const url = new URL(environment(1)[name]);
    links.push(await makeLink(mode, { port: url.port, hostname: url.hostname }));
    url.port = links.at(-1).port;
    addresses[name] = url.href;
  }
  const node = await start(['serve', '--no-worker'], { ...addresses, ...settings });
  const heal = () => ((mode.silent = false), links.forEach((link) => link.heal()));
  const stop = async () => {
    heal();
    const code = await node.stop();
    for (const link of links) link.close();
    assert.equal(code, 0);
  };
  return { ...node, heal, stop };
}

const goodLink = () => ({ delay: 0, jitter: 0, tears: 0, silent: false, torn: 0, lost: new Set() });

/** On a slow link a booking is more than twenty ways there and back, all of them under the lock of its vehicle. */
async function onBadLink(name, change, count, bookers) {
  const mode = goodLink();
  const node = await nodeOnLinks(mode);
  const toBook = await lessons(node.base, count);
  Object.assign(mode, change);
  const tally = await load(node.base, toBook, newTally(), { callers: 6, bookers });
  console.log(
    `      ${name}: ${tally.ms.length} requests, ${tally.failed.length} failed, p50 ${percentile(tally.ms, 0.5).toFixed(0)} ms, ` +
      `p99 ${percentile(tally.ms, 0.99).toFixed(0)} ms, of bookings p50 ${percentile(tally.bookingMs, 0.5).toFixed(0)} ms, ${mode.torn} connections torn`,
  );
  Object.assign(mode, { delay: 0, jitter: 0, tears: 0 });
  await node.stop();
  here.checkBooked(tally);
  return mode;
}

/** Keeps asking `callers` at once; what was answered, with when. */
function asking(base, headers, toBook, callers) {
  const answers = [];
  let over = false;
  const week = `/api/v1/calendar/bookings?from=${here.date(14)}&to=${here.date(21)}`;
  const caller = async (number) => {
    while (!over) {
      const books = number % 4 === 0;
      const named = { ...headers, 'Idempotency-Key': `asking-${number}-${answers.length}` };
      const lesson = books && toBook.length > 1 ? toBook.pop() : toBook[0];
      const path = books ? '/api/v1/calendar/bookings' : week;
      answers.push({ books, ...(await ask(base, books ? 'POST' : 'GET', path, named, books ? lesson : undefined)) });
      await pause(10);
    }
  };
  const ended = Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return { answers, stop: () => ((over = true), ended) };
}

const silentServer = async () => {
  const held = new Set();
  const listener = createServer((socket) => held.add(socket.on('error', () => {})));
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const close = () => (listener.close(), held.forEach((each) => each.destroy()));
  return { port: listener.address().port, connections: () => held.size, close };
};

export const links = {
  async 'on a slow, a jittery and a torn link to the database no request fails'() {
    await onBadLink('50 ms each way', { delay: 50 }, 4, 1);
    await onBadLink('up to 50 ms of jitter', { jitter: 50 }, 6, 1);
    const torn = await onBadLink('1 of 100 pieces tears the connection', { tears: 0.01 }, 40, 6);
    assert.ok(torn.torn > 0);
  },

  async 'while the database is silent every answer comes within 5 s and says when to come again'() {
    const mode = goodLink();
    const node = await nodeOnLinks(mode);
    const headers = await admin(node.base);
    const [one, ...toBook] = await lessons(node.base, 100);
    const afterwards = new Map(toBook.splice(0, 40).map((lesson) => [lesson.instructor_id, lesson]));
    const before = asking(node.base, headers, toBook, 100);
    await pause(300);
    mode.silent = true; // In the middle of bookings, which hold locks.
    await pause(200);
    await before.stop();
    const during = asking(node.base, headers, [one], 100);
    const health = [];
    for (const end = Date.now() + 9_000; Date.now() < end; await pause(200)) {
      const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => ask(node.base, 'GET', path)));
      health.push({ alive, ready });
    }
    await during.stop();
    node.heal();
    const healed = Date.now();
    const booked = async (lesson) => (await here.book(node.base, headers, lesson, newTally())).status === 201;
    // With every instructor: nobody's calendar is still locked by a transaction that was cut.
    await Promise.all(
      [...afterwards.values()].map((lesson) => here.until('a booking', () => booked(lesson), 30)),
    );
    const took = Date.now() - healed;
    const all = [...before.answers.slice(-100), ...during.answers];
    const longest = Math.max(...all.map(({ ms }) => ms));
    const slowestHealth = Math.max(...health.map(({ ready }) => ready.ms));
    console.log(
      `      silent: ${during.answers.length} answers, the slowest after ${longest.toFixed(0)} ms; /readyz after at most ` +
        `${slowestHealth.toFixed(0)} ms; booked ${took} ms after it healed`,
    );
    for (const { alive } of health) assert.deepEqual([alive.status, alive.ms < 500], [200, true], `${alive.ms} ms`);
    for (const { ready } of health) assert.equal(ready.status, 503);
    for (const { status, headers: given, text } of during.answers) {
      assert.equal(status, 503, text);
      assert.ok(Number(given['retry-after']) > 0, text);
    }
    assert.ok(longest < 5_000 && slowestHealth < 5_000);
    assert.ok(took < 5_000);
    await here.until('readiness', async () => (await ask(node.base, 'GET', '/readyz')).status === 200, 5);
    await node.stop();
    assert.match(here.command(['verify']).said, / 0 faults/);
  },

  async 'while the mail relay is silent bookings go on'() {
    const silent = await silentServer();
    const nodes = [await start(['serve'], here.withMail()), await start(['serve'], here.withMail(silent.port))];
    const tallies = nodes.map(() => newTally());
    const headers = await admin(nodes[0].base);
    const toBook = await lessons(nodes[0].base, 100);
    // One booking with either of them in turn, so that both have the same machine.
    for (const [number, lesson] of toBook.entries()) {
      // What has been booked is told at once, so that both talk to their relays all the time.
      if (number % 10 === 9) psql(named('school'), 'update jobs set due_at = 0 where due_at > 0');
      await here.book(nodes[number % 2].base, headers, lesson, tallies[number % 2]);
    }
    const asked = silent.connections();
    for (const node of nodes) await node.stop();
    silent.close();
    for (const { failed } of tallies) assert.deepEqual(failed, []);
    const [good, bad] = tallies.map(({ ms }) => [percentile(ms, 0.5), percentile(ms, 0.99)]);
    const shown = ([p50, p99]) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    console.log(`      50 bookings with mail: ${shown(good)}; 50 beside a silent relay: ${shown(bad)}`);
    assert.ok(asked > 0, 'somebody talked to it');
    assert.ok(here.mails().length > 0);
    assert.ok(bad[1] <= 2 * good[1] + 20, 'the clock of a busy machine is worth 20 ms');
  },
};
