// Push channels, with a real receiver: statements 48 to 55.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { INES, OLGA, failing, lesson, until } from './sim.mjs';

const DAY = 86_400;

/** A receiver that keeps what came, and answers each message with the next of `statuses` (the last one stays). */
async function receiver(...statuses) {
  const got = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    got.push({ method: request.method, body, at: Date.now(), ...request.headers });
    response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}/hook`;
  const arrived = (count) => until(`message ${count}`, () => got.length >= count && got);
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address, got, arrived, stop };
}

const watch = async (api, address, more) => {
  const requestBody = { id: crypto.randomUUID(), type: 'web_hook', address, ...more };
  return (await api.events.watch({ calendarId: INES, requestBody })).data;
};
const change = (world) => world.human('create', { event: lesson() });
const quiet = (ms = 150) => new Promise((resolve) => setTimeout(resolve, ms));
const header = (got, name) => got.map((message) => message[`x-goog-${name}`]);

/** A test with a receiver, which is gone afterwards. */
const withReceiver =
  (test, ...statuses) =>
  async (world) => {
    const hook = await receiver(...statuses);
    try {
      await test(world, hook);
    } finally {
      hook.stop();
    }
  };

export const push = {
  '48 a channel has an id of its own and an address with https': withReceiver(async (world, { address }) => {
    const api = await world.ines();
    const made = await watch(api, address, { token: 'secret' });
    assert.deepEqual([made.kind, made.token], ['api#channel', 'secret']);
    assert.match(made.resourceUri, /\/calendar\/v3\/calendars\/instructor%40gmail\.test\/events\?alt=json$/);
    const again = await failing(watch(api, address, { id: made.id }));
    assert.deepEqual([again.status, again.reason], [400, 'channelIdNotUnique']);
    const other = await watch(api, address);
    assert.equal(other.resourceId, made.resourceId, 'of the calendar, not of the channel');
    const plain = await failing(watch(api, 'http://example.com/hook'));
    assert.deepEqual([plain.status, plain.reason], [400, 'push.webhookUrlNotHttps']);
    const refusals = [
      { id: 'x'.repeat(65) },
      { id: 'a b' },
      { id: undefined },
      { type: 'email' },
      { token: 'x'.repeat(257) },
      { expiration: '1' },
    ];
    for (const more of refusals)
      assert.equal((await failing(watch(api, address, more))).status, 400, JSON.stringify(more));
  }),
  '49 the first message is sync, number 1': withReceiver(async (world, { address, arrived, got }) => {
    const channel = await watch(await world.ines(), address);
    await arrived(1);
    assert.deepEqual([header(got, 'resource-state'), header(got, 'message-number')], [['sync'], ['1']]);
    assert.deepEqual(header(got, 'channel-id'), [channel.id]);
  }),
  '50 messages have no body, what they say is in headers': withReceiver(async (world, { address, arrived, got }) => {
    const channel = await watch(await world.ines(), address, { token: 'secret' });
    await arrived(1);
    await change(world);
    await arrived(2);
    const { method, body, ...said } = got[1];
    assert.deepEqual([method, body, said['content-length']], ['POST', '', '0']);
    assert.equal(said['x-goog-channel-id'], channel.id);
    assert.equal(said['x-goog-channel-token'], 'secret');
    assert.equal(said['x-goog-resource-id'], channel.resourceId);
    assert.equal(said['x-goog-resource-uri'], channel.resourceUri);
    assert.equal(said['x-goog-resource-state'], 'exists');
    assert.equal(Date.parse(said['x-goog-channel-expiration']), Math.floor(channel.expiration / 1000) * 1000);
    assert.match(said['user-agent'], /^APIs-Google/);
  }),
  '51 numbers grow with gaps; messages can be lost, doubled and late': withReceiver(
    async (world, { address, arrived, got }) => {
      await watch(await world.ines(), address);
      await arrived(1);
      for (let i = 2; i <= 4; ++i) {
        await change(world);
        await arrived(i);
      }
      const numbers = header(got, 'message-number').map(Number);
      assert.ok(
        numbers.every((number, i) => i === 0 || number > numbers[i - 1]),
        String(numbers),
      );
      assert.ok(numbers.at(-1) > numbers.length, 'with gaps');
      await world.sim('PATCH', 'settings', { webhooks: { duplicate: 1, delay_ms: 200 } });
      const began = Date.now();
      await change(world);
      await arrived(6);
      assert.equal(got[5]['x-goog-message-number'], got[4]['x-goog-message-number']);
      assert.ok(got[4].at - began >= 190);
    },
  ),
  '52 a message that is lost is lost': withReceiver(async (world, { address, arrived, got }) => {
    await watch(await world.ines(), address);
    await arrived(1);
    await world.sim('PATCH', 'settings', { webhooks: { drop: 2 } });
    await change(world);
    await change(world);
    await quiet();
    assert.equal(got.length, 1);
    await change(world);
    await arrived(2);
    const { channels } = await world.sim('GET', 'state');
    assert.deepEqual(
      channels[0].messages.map(({ result }) => result),
      [204, 'dropped', 'dropped', 204],
    );
  }),
  '53 500, 502, 503 and 504 are tried again, later and later': withReceiver(
    async (world, { address, arrived, got }) => {
      await world.sim('PATCH', 'settings', { webhooks: { retry_ms: 40 } });
      await watch(await world.ines(), address);
      await arrived(4);
      await quiet();
      assert.deepEqual([got.length, new Set(header(got, 'message-number')).size], [4, 1]);
      const waits = got.slice(1).map(({ at }, i) => at - got[i].at);
      assert.ok(
        [40, 80, 160].every((least, i) => waits[i] >= least - 2),
        String(waits),
      );
    },
    500,
    503,
    504,
    202,
  ),
  '53 anything else is the end of a message': withReceiver(async (world, { address, arrived, got }) => {
    await world.sim('PATCH', 'settings', { webhooks: { retry_ms: 10 } });
    await watch(await world.ines(), address);
    await arrived(1);
    await quiet();
    assert.equal(got.length, 1);
  }, 404),
  '53 and after five tries it is over': withReceiver(async (world, { address, arrived, got }) => {
    await world.sim('PATCH', 'settings', { webhooks: { retry_ms: 5 } });
    await watch(await world.ines(), address);
    await arrived(5);
    await quiet(300);
    assert.equal(got.length, 5);
  }, 502),
  '54 channels live for a week, or as long as the answer says, and then are silent': withReceiver(
    async (world, { address, arrived, got }) => {
      const api = await world.ines();
      const days = ({ expiration }) => Math.round((Number(expiration) - Date.now()) / 1000 / DAY);
      assert.equal(days(await watch(api, address)), 7);
      assert.equal(days(await watch(api, address, { params: { ttl: String(2 * DAY) } })), 2);
      assert.equal(days(await watch(api, address, { expiration: String(Date.now() + 4 * DAY * 1000) })), 4);
      assert.equal(
        days(await watch(api, address, { params: { ttl: String(400 * DAY) } })),
        30,
        'less than asked for',
      );
      await arrived(4);
      await world.sim('POST', 'clock', { advance_seconds: 3 * DAY });
      await change(world);
      await arrived(7);
      await quiet();
      assert.equal(got.length, 7);
    },
  ),
  '54 what is on its way to a channel that is stopped, or to nobody, arrives nowhere': withReceiver(
    async (world, hook) => {
      const api = await world.ines();
      const { id, resourceId } = await watch(api, hook.address);
      await hook.arrived(1);
      await world.sim('PATCH', 'settings', { webhooks: { delay_ms: 1000 } });
      await change(world);
      await api.channels.stop({ requestBody: { id, resourceId } });
      await quiet(1300);
      assert.equal(hook.got.length, 1);
      await world.sim('PATCH', 'settings', { webhooks: { delay_ms: 0 } });
      hook.stop();
      await watch(api, hook.address);
      const failed = async () => (await world.sim('GET', 'state')).channels[1].messages[0]?.result;
      assert.equal(await until('the failure', failed), 'ECONNREFUSED');
    },
  ),
  '54 a channel is stopped by id and resource id, by the app it belongs to': withReceiver(
    async (world, { address, arrived, got }) => {
      const api = await world.ines();
      const { id, resourceId } = await watch(api, address);
      await arrived(1);
      const wrong = await failing(api.channels.stop({ requestBody: { id, resourceId: 'other' } }));
      assert.deepEqual([wrong.status, wrong.reason], [404, 'notFound']);
      assert.equal((await api.channels.stop({ requestBody: { id, resourceId } })).status, 204);
      assert.equal((await failing(api.channels.stop({ requestBody: { id, resourceId } }))).status, 404);
      await change(world);
      await quiet();
      assert.equal(got.length, 1);
    },
  ),
  '55 what the app writes itself is announced as well, and for guests on their calendars': withReceiver(
    async (world, { address, arrived, got }) => {
      const api = await world.ines();
      await watch(api, address);
      await arrived(1);
      await api.events.insert({ calendarId: INES, requestBody: lesson() });
      await arrived(2);
      const { id } = await world.human('create', {
        calendar: OLGA,
        event: lesson(9, { attendees: [{ email: INES }] }),
      });
      await arrived(3);
      await world.human('delete', { calendar: OLGA, id });
      await arrived(4);
      assert.equal(got.length, 4);
    },
  ),
};
