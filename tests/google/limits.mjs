// Errors, faults, quotas, batches, compression, free/busy: statements 56 to 62.
import assert from 'node:assert/strict';
import { INES, OLGA, failing, lesson } from './sim.mjs';

const list = (api, options) => api.events.list({ calendarId: INES }, options);
const CALENDAR = { path: '/calendar/' };
const fault = (world, said) => world.sim('POST', 'faults', { ...CALENDAR, ...said });
const calls = async (world) =>
  (await world.sim('GET', 'requests')).requests.filter(({ path }) => path.startsWith('/calendar/'));

/** A batch of `parts` ([method, path, body?, headers?]) as the guide writes them; the answers by Content-ID. */
async function batch(world, auth, parts) {
  const part = ([method, path, body, headers = {}], id) =>
    [
      '--b',
      'Content-Type: application/http',
      `Content-ID: <item${id}>`,
      '',
      `${method} ${path}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body ? ['Content-Type: application/json', '', JSON.stringify(body)] : ['', '']),
    ].join('\r\n');
  const answer = await world.raw('/batch/calendar/v3', auth, {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/mixed; boundary=b' },
    body: `${parts.map(part).join('\r\n')}\r\n--b--`,
  });
  const text = await answer.text();
  const boundary = /boundary=(\S+)/.exec(answer.headers.get('content-type'))?.[1];
  if (!boundary) return { status: answer.status, text };
  const answers = text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((one) => ({
      id: /Content-ID: <response-item(\d+)>/.exec(one)[1],
      status: Number(/HTTP\/1.1 (\d+)/.exec(one)[1]),
      body: one.trim().split('\r\n\r\n').slice(2).join(''),
    }));
  return { status: answer.status, answers };
}
const path = (calendar, rest = '') => `/calendar/v3/calendars/${encodeURIComponent(calendar)}/events${rest}`;
const busyOf = async (api, body) => (await api.freebusy.query({ requestBody: body })).data;
const MARCH = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-02T00:00:00Z' };

export const limits = {
  '56 a user has 600 requests in any minute, refused with a 403 that says so': async (world) => {
    await world.sim('PATCH', 'settings', { quota: { user: 3 } });
    const api = await world.ines();
    for (let i = 0; i < 3; ++i) await list(api);
    const { status, reason, domain, said } = await failing(list(api));
    assert.deepEqual([status, reason, domain], [403, 'rateLimitExceeded', 'usageLimits']);
    assert.equal(said.details[0].reason, 'RATE_LIMIT_EXCEEDED');
    const olga = world.api(await world.connect({ account: OLGA }));
    await olga.events.list({ calendarId: OLGA });
  },
  '56 Google’s client waits and tries again after 429 and 503': async (world) => {
    const api = await world.ines();
    const patient = { retry: true, retryConfig: { retry: 3, retryDelay: 10 } };
    await fault(world, { status: 429, headers: { 'Retry-After': '1' }, body: { error: { code: 429 } } });
    await fault(world, { status: 503, body: {} });
    assert.equal((await list(api, patient)).status, 200);
    assert.deepEqual(
      (await calls(world)).map(({ status }) => status),
      [429, 503, 200],
    );
  },
  '56 a rate limit may be a 429': async (world) => {
    await world.sim('PATCH', 'settings', { quota: { user: 1, status: 429 } });
    const api = await world.ines();
    await list(api);
    const { status, said } = await failing(list(api));
    assert.deepEqual([status, said.status], [429, 'RESOURCE_EXHAUSTED']);
  },
  '57 error bodies may be HTML, or nothing at all': async (world) => {
    const api = await world.ines();
    await fault(world, { status: 502, body: '<!DOCTYPE html><title>Error 502</title>' });
    const html = await failing(list(api));
    assert.deepEqual([html.status, html.said], [502, undefined]);
    assert.match(html.error.response.data, /Error 502/);
    await fault(world, { status: 500 });
    const empty = await failing(list(api));
    assert.deepEqual([empty.status, empty.error.response.data], [500, '']);
  },
  '57 connections are torn before anything happened, or after it, or answers are late': async (world) => {
    const api = await world.ines();
    const insert = () => api.events.insert({ calendarId: INES, requestBody: lesson() });
    await fault(world, { method: 'POST', torn: true });
    assert.equal((await failing(insert())).status, undefined);
    assert.equal((await list(api)).data.items.length, 0);
    await fault(world, { method: 'POST', lost: true });
    assert.equal((await failing(insert())).status, undefined);
    assert.equal((await list(api)).data.items.length, 1);
    await fault(world, { delay_ms: 200 });
    const began = Date.now();
    await list(api);
    assert.ok(Date.now() - began >= 190);
    assert.deepEqual(
      (await calls(world)).map(({ status }) => status),
      ['torn', 200, 'torn', 200, 200],
    );
  },
  '57 a fault is for so many requests of one kind, after so many others': async (world) => {
    const api = await world.ines();
    await fault(world, { method: 'GET', skip: 1, times: 2, status: 503 });
    const statuses = [];
    for (let i = 0; i < 4; ++i) {
      await api.events.insert({ calendarId: INES, requestBody: lesson() });
      statuses.push(
        await list(api).then(
          () => 200,
          ({ status }) => status,
        ),
      );
    }
    assert.deepEqual(statuses, [200, 503, 503, 200]);
    await fault(world, { path: '/token', status: 500 });
    await world.sim('DELETE', 'faults');
    await world.connect();
  },
  '58 the window slides, and a project has a limit too': async (world) => {
    await world.sim('PATCH', 'settings', { quota: { project: 2 } });
    const [ines, olga] = [await world.ines(), world.api(await world.connect({ account: OLGA }))];
    await list(ines);
    await world.sim('POST', 'clock', { advance_seconds: 40 });
    await olga.events.list({ calendarId: OLGA });
    assert.match((await failing(list(ines))).said.message, /'Queries per minute'/);
    await world.sim('POST', 'clock', { advance_seconds: 21 });
    await list(ines);
    assert.equal((await failing(list(ines))).status, 403);
  },
  '58 writing quickly to one calendar has a limit of its own': async (world) => {
    await world.sim('PATCH', 'settings', { quota: { writes: 2 } });
    const api = await world.ines();
    const insert = () => api.events.insert({ calendarId: INES, requestBody: lesson() });
    await insert();
    await insert();
    const { status, reason, domain } = await failing(insert());
    assert.deepEqual([status, reason, domain], [403, 'quotaExceeded', 'usageLimits']);
    await list(api);
  },
  '60 a batch answers each part by itself, in any order': async (world) => {
    const auth = await world.connect();
    const { etag, id } = (await world.api(auth).events.insert({ calendarId: INES, requestBody: lesson() })).data;
    const { status, answers } = await batch(world, auth, [
      ['POST', path(INES), lesson(11)],
      ['GET', path(INES, '/nothing')],
      ['PATCH', path(INES, `/${id}`), { summary: 'New' }, { 'If-Match': etag }],
      ['PATCH', path(INES, `/${id}`), { summary: 'Old' }, { 'If-Match': '"other"' }],
      ['GET', '/nowhere'],
    ]);
    assert.equal(status, 200);
    assert.notDeepEqual(
      answers.map((one) => one.id),
      ['0', '1', '2', '3', '4'],
    );
    const of = (id) => answers.find((one) => one.id === id);
    assert.deepEqual(
      ['0', '1', '2', '3', '4'].map((id) => of(id).status),
      [200, 404, 200, 412, 404],
    );
    assert.equal(JSON.parse(of('2').body).summary, 'New');
    assert.equal(JSON.parse(of('1').body).error.errors[0].reason, 'notFound');
  },
  '60 a batch has at most 50 parts, each counts, and it can fail as a whole': async (world) => {
    const auth = await world.connect();
    const parts = (count) => Array.from({ length: count }, () => ['GET', path(INES)]);
    assert.equal((await batch(world, auth, parts(51))).status, 400);
    await world.sim('PATCH', 'settings', { quota: { user: 10 } });
    const { answers } = await batch(world, auth, parts(12));
    assert.deepEqual(
      [200, 403].map((status) => answers.filter((one) => one.status === status).length),
      [10, 2],
    );
    assert.equal((await batch(world, auth, [])).status, 400);
    const headers = { 'Content-Type': 'multipart/mixed; boundary=b' };
    const malformed = async (body, more = { headers }) =>
      (await world.raw('/batch/calendar/v3', auth, { method: 'POST', body, ...more })).status;
    assert.equal(await malformed('--b\r\nContent-Type: application/http\r\n\r\nnonsense\r\n--b--'), 400);
    assert.equal(await malformed('{}', {}), 400);
    assert.equal(
      await malformed('--b\nContent-Type: application/http\n\nGET /calendar/v3/calendars/primary/events\n--b--'),
      200,
      'bare newlines, no id',
    );
    await fault(world, { torn: true });
    await assert.rejects(batch(world, auth, parts(2)));
  },
  '61 answers are compressed for who says gzip twice': async (world) => {
    const auth = await world.connect();
    const encoding = async (headers) =>
      (await world.raw(path(INES), auth, { headers })).headers.get('content-encoding');
    assert.equal(await encoding({ 'Accept-Encoding': 'gzip', 'User-Agent': 'roadbook (gzip)' }), 'gzip');
    assert.equal(await encoding({ 'Accept-Encoding': 'gzip', 'User-Agent': 'roadbook' }), null);
    assert.equal(await encoding({ 'Accept-Encoding': 'identity', 'User-Agent': 'roadbook (gzip)' }), null);
    const answer = await world.raw(path(INES), auth, {
      headers: { 'Accept-Encoding': 'gzip', 'User-Agent': 'gzip' },
    });
    assert.equal((await answer.json()).kind, 'calendar#events');
  },
  '62 free/busy: what a calendar lacks is said per calendar, inside a 200': async (world) => {
    const api = await world.ines();
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'freeBusyReader' });
    await world.human('create', { calendar: OLGA, event: lesson(9) });
    await world.human('create', { calendar: OLGA, event: { ...lesson(9), end: lesson(10).end } });
    const asked = { ...MARCH, timeZone: 'Europe/Berlin', items: [{ id: OLGA }, { id: 'nobody@gmail.test' }] };
    const { calendars } = await busyOf(api, asked);
    assert.deepEqual(calendars[OLGA].busy, [
      { start: '2027-03-01T10:00:00+01:00', end: '2027-03-01T12:00:00+01:00' },
    ]);
    assert.deepEqual(calendars['nobody@gmail.test'].errors, [{ domain: 'global', reason: 'notFound' }]);
    const many = Array.from({ length: 51 }, (_, i) => ({ id: i === 50 ? OLGA : `${i}@x.test` }));
    const last = (await busyOf(api, { ...MARCH, items: many })).calendars[OLGA];
    assert.deepEqual(
      last.errors.map(({ reason }) => reason),
      ['tooManyCalendarsRequested'],
    );
  },
  '62 free/busy: spans are joined and cut to what was asked; about 90 days at most': async (world) => {
    const api = await world.ines();
    for (const hour of [7, 8, 22]) await world.human('create', { event: lesson(hour) });
    const { busy } = (
      await busyOf(api, { timeMin: '2027-03-01T07:30:00Z', timeMax: '2027-03-01T22:15:00Z', items: [{ id: INES }] })
    ).calendars[INES];
    assert.deepEqual(
      busy.map(({ start, end }) => [start.slice(11, 16), end.slice(11, 16)]),
      [
        ['07:30', '09:00'],
        ['22:00', '22:15'],
      ],
    );
    const long = await failing(busyOf(api, { ...MARCH, timeMax: '2027-06-30T00:00:00Z', items: [] }));
    assert.deepEqual([long.status, long.reason], [400, 'timeRangeTooLong']);
    for (const wrong of [
      { timeMin: MARCH.timeMin },
      { ...MARCH, timeMin: 'today' },
      { timeMin: MARCH.timeMax, timeMax: MARCH.timeMin },
    ])
      assert.equal((await failing(busyOf(api, wrong))).status, 400);
  },
};
