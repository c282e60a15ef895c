// Three nodes behind nginx with the configuration of deploy/nginx, and one process that works.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import tls from 'node:tls';
import { freePort } from '../browser/server.mjs';
import * as here from './processes.mjs';
import { admin, ask, folder, lessons, load, named, newTally, pause, psql, start, until } from './processes.mjs';

const renderer = new URL('../../deploy/nginx/render', import.meta.url).pathname;

/** Its files are in a folder of its own, which the user that nginx changes to may enter. */
async function startNginx(nodes) {
  const state = join(folder, 'nginx');
  mkdirSync(state, { recursive: true });
  for (const each of [folder, state]) chmodSync(each, 0o711);
  const [https, http] = [await freePort(), await freePort()];
  const base = `https://127.0.0.1:${https}`;
  const certificate = join(state, 'certificate.pem');
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=school.test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', `${state}/key.pem`, '-out', certificate];
  execFileSync('openssl', [...made, ...name, ...files], { stdio: 'ignore' });
  const env = {
    PATH: process.env.PATH,
    NODES: nodes.map(({ port }) => `127.0.0.1:${port}`).join(' '),
    PUBLIC_URL: base,
    CERTIFICATE: certificate,
    CERTIFICATE_KEY: `${state}/key.pem`,
    HTTPS: `127.0.0.1:${https}`,
    HTTP: `127.0.0.1:${http}`,
    STATE: state,
    ACCESS_LOG: `${state}/access.log`,
    ERROR_LOG: `${state}/error.log`,
  };
  writeFileSync(`${state}/nginx.conf`, execFileSync(renderer, { env }));
  execFileSync('nginx', ['-t', '-q', '-c', `${state}/nginx.conf`]);
  const it = here.launch('nginx', ['-c', `${state}/nginx.conf`], env);
  here.trust(readFileSync(certificate));
  await until('nginx', async () => (await ask(base, 'GET', '/healthz')).status === 200);
  return { ...it, base, plain: `http://127.0.0.1:${http}`, certificate, env };
}

const trusting = { TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: 'https://school.test' };
const node = (port) => start(['serve', '--no-worker'], trusting, port);
/** What nginx had to ask another node for, of what its log says since it began. */
const passedOn = (nginx) =>
  readFileSync(nginx.env.ACCESS_LOG, 'utf8')
    .split('\n')
    .filter((line) => line && JSON.parse(line).node.includes(',')).length;

async function withThree(body) {
  const nodes = await Promise.all([node(), node(), node()]);
  const worker = await start(['work'], here.withMail());
  const nginx = await startNginx(nodes);
  try {
    await body(nginx, nodes);
  } finally {
    await nginx.stop('SIGTERM');
    await Promise.all([...nodes, worker].map((each) => each.stop()));
  }
}

/** Runs `body` under load; `some(n)` returns after n requests more. */
async function during(nginx, tally, options, body) {
  let over = false;
  const running = load(nginx.base, await lessons(nginx.base, 60), tally, { ...options, stop: () => over });
  try {
    await body((more) => {
      const enough = tally.ms.length + more;
      return until('some requests', () => tally.ms.length >= enough, 30);
    });
  } finally {
    over = true;
    await running;
  }
}

/** Whether nginx agrees to this version of TLS. */
const speaks = ({ base }, version) =>
  new Promise((resolve) => {
    const { hostname: host, port } = new URL(base);
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const socket = tls.connect({ host, port, ...versions, rejectUnauthorized: false }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** A live stream by way of nginx, over HTTP/2; `heard` is when it named this resource. */
async function listen(nginx, headers) {
  const session = connect(nginx.base, { ca: readFileSync(nginx.certificate) });
  const asked = { ':path': '/api/v1/calendar/live', authorization: headers.Authorization };
  const stream = session.request(asked);
  const it = { text: '', close: () => session.destroy() };
  stream.setEncoding('utf8');
  stream.on('data', (piece) => (it.text += piece));
  await until('the stream', () => it.text.includes('resync'));
  return it;
}

export const nginx = {
  async 'what is booked through one node is heard through nginx within a second, whichever node one listens to'() {
    await withThree(async (nginx, nodes) => {
      const headers = await admin(nginx.base);
      const streams = [];
      for (let i = 0; i < 4; ++i) streams.push(await listen(nginx, headers));
      const waits = [];
      for (const [number, lesson] of (await lessons(nginx.base, 6)).entries()) {
        for (const stream of streams) stream.text = '';
        const made = await here.book(nodes[number % 3].base, headers, lesson, newTally());
        assert.equal(made.status, 201, made.text);
        const begun = performance.now();
        const moved = () => streams.every(({ text }) => text.includes(lesson.learner_id));
        while (!moved() && performance.now() - begun < 2_000) await pause(2);
        waits.push(performance.now() - begun);
      }
      for (const stream of streams) stream.close();
      console.log(`      heard by all four after ${waits.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      assert.ok(Math.max(...waits) < 1_000);
    });
  },

  async 'nginx caches, refuses and passes on what deploy/nginx says'() {
    await withThree(async (nginx) => {
      const { base } = nginx;
      const [lesson] = await lessons(base, 1);
      const { lesson_type_id } = lesson;
      const asked = new URLSearchParams({ lesson_type_id, from: here.date(14), to: here.date(15) });
      const times = `/api/v1/schools/northgate/availability?${asked}`;
      const cached = async (headers) => (await ask(base, 'GET', times, headers)).headers['x-cache-status'];
      assert.deepEqual([await cached(), await cached()], ['MISS', 'HIT']);
      assert.equal(await cached(await admin(base)), 'BYPASS', 'never for whoever says who they are');
      assert.equal(await cached({ 'Cache-Control': 'no-cache' }), 'BYPASS');
      const refused = await ask(nginx.plain, 'GET', '/api/v1/school', await admin(base));
      assert.equal(refused.status, 403, 'the API over plain http');
      const sentOn = await ask(nginx.plain, 'GET', '/book?x=1');
      assert.deepEqual([sentOn.status, sentOn.headers.location], [308, `${base}/book?x=1`]);
      for (const path of ['/metrics', '/readyz']) assert.equal((await ask(base, 'GET', path)).status, 404, path);
      const note = 'x'.repeat(1 << 20);
      const large = await ask(base, 'POST', '/api/v1/calendar/bookings', await admin(base), { note });
      assert.equal(JSON.parse(large.text).type, '/problems/too-large');
      for (const [version, spoken] of [['TLSv1', false], ['TLSv1.1', false], ['TLSv1.2', true], ['TLSv1.3', true]])
        assert.equal(await speaks(nginx, version), spoken, version);
      await ask(base, 'GET', '/feeds/secret.ics');
      assert.ok(!readFileSync(nginx.env.ACCESS_LOG, 'utf8').includes('secret'));
    });
  },

  async 'whoever writes X-Forwarded-For is still who they are'() {
    const limited = { ...trusting, RATE_LIMIT_REQUESTS: '5' };
    const alone = await start(['serve', '--no-worker'], limited);
    const nginx = await startNginx([alone]);
    const statuses = [];
    for (let i = 0; i < 7; ++i) {
      const claimed = { 'X-Forwarded-For': `10.0.0.${i}` };
      statuses.push((await ask(nginx.base, 'GET', '/api/v1/schools/northgate', claimed)).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
    await nginx.stop();
    await alone.stop();
  },

  async 'what Google says of calendars comes through, and who comes back from there'() {
    const client = { GOOGLE_CLIENT_ID: 'school', GOOGLE_CLIENT_SECRET: 'secret' };
    const alone = await start(['serve', '--no-worker'], { ...trusting, ...client });
    const nginx = await startNginx([alone]);
    const said = { 'X-Goog-Resource-State': 'exists', 'X-Goog-Channel-ID': 'x' };
    const message = (base) => ask(base, 'POST', '/api/v1/calendar/webhooks/google', said);
    assert.deepEqual([(await message(nginx.base)).status, (await message(nginx.plain)).status], [204, 403]);
    const back = '?state=x&code=4%2F0A-secret&scope=email%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcalendar.events';
    for (const path of ['/api/v1/calendar/connections/google/callback', '/api/v1/auth/google/callback']) {
      const answer = await ask(nginx.base, 'GET', path + back);
      assert.deepEqual([answer.status, answer.headers['x-cache-status']], [303, undefined], path);
      assert.match(answer.headers.location, /problem=again/, path);
    }
    assert.ok(!readFileSync(nginx.env.ACCESS_LOG, 'utf8').includes('secret'));
    await nginx.stop();
    await alone.stop();
  },

  async 'what nginx may send twice is what needs an Idempotency-Key'() {
    const { paths } = JSON.parse(here.command(['openapi']).said);
    const config = readFileSync(new URL('../../deploy/nginx/nginx.conf.template', import.meta.url), 'utf8');
    const locations = [...config.matchAll(/location (=|~) (\S+) \{([^}]*)\}/g)];
    const places = locations.filter(([, , , body]) => body.includes('non_idempotent'));
    const twice = (path) =>
      places.some(([, kind, place]) => (kind === '=' ? place === path : new RegExp(place).test(path)));
    const needsKey = ({ parameters = [] }) => parameters.some(({ $ref }) => $ref?.endsWith('/IdempotencyKey'));
    let found = 0;
    for (const [path, { post, patch }] of Object.entries(paths)) {
      const shown = path.replace(/\{\w+\}/g, '0anztccp41szr');
      if (post) assert.equal(twice(shown), needsKey(post), `POST ${path}`);
      if (patch) assert.ok(!twice(shown), `PATCH ${path}`);
      if (post && twice(shown)) ++found;
    }
    assert.ok(found >= 11);
  },

  async 'a node that is killed is noticed by nobody'() {
    await withThree(async (nginx, nodes) => {
      const tally = newTally(true);
      await during(nginx, tally, {}, async (some) => {
        for (const victim of [1, 2]) {
          await some(40);
          await nodes[victim].stop('SIGKILL');
          await some(40);
          nodes[victim] = await node(nodes[victim].port);
        }
        await some(20);
      });
      console.log(
        `      two nodes killed during ${JSON.stringify(tally.count)}: ${tally.failed.length} failed, ` +
          `${passedOn(nginx)} asked of another node by nginx, ${tally.again} bookings asked for again by the client`,
      );
      here.checkBooked(tally);
    });
  },

  async 'an upgrade is noticed by nobody: the schema grows, and node after node is replaced'() {
    await withThree(async (nginx, nodes) => {
      const tally = newTally();
      const newest = Number(psql(named('school'), 'select max(number) from migrations'));
      try {
        await during(nginx, tally, { cancel: true }, async (some) => {
          await some(30);
          psql(named('school'), `alter table bookings add column shade text; insert into migrations values (${newest + 1}, 1)`);
          await some(30);
          for (const number of nodes.keys()) {
            assert.equal(await nodes[number].stop(), 0);
            await some(10);
            nodes[number] = await node(nodes[number].port);
            await pause(1_200); // nginx leaves a node that was gone alone for a second.
            await some(20);
          }
        });
        console.log(`      three nodes replaced during ${JSON.stringify(tally.count)}: ${tally.failed.length} failed`);
        here.checkBooked(tally);
      } finally {
        psql(named('school'), `alter table bookings drop column shade; delete from migrations where number > ${newest}`);
      }
    });
  },
};
