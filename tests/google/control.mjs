// The control interface where the other tests do not use it.
import assert from 'node:assert/strict';
import { INES, OLGA, failing, lesson } from './sim.mjs';

export const control = {
  'control: what it does not know it refuses, with a reason': async (world) => {
    const refused = (method, path, body, reason) => assert.rejects(world.sim(method, path, body), reason);
    await refused('GET', 'nothing', undefined, /There is no GET/);
    await refused('PATCH', 'settings', { nothing: 1 }, /There is no setting nothing/);
    await refused('POST', 'human', { do: 'dance', calendar: INES }, /Nobody can do dance/);
    await refused('POST', 'human', { do: 'delete', calendar: 'nobody@gmail.test' }, /Not Found/);
    const { id } = await world.human('create', { event: lesson() });
    await refused('POST', 'human', { do: 'answer', calendar: INES, id, response: 'declined' }, /Not invited/);
  },
  'control: more accounts, a reset, and the same sub afterwards': async (world) => {
    const person = { email: 'new@gmail.test', name: 'New', time_zone: 'America/New_York' };
    const { sub } = await world.sim('POST', 'accounts', person);
    const auth = await world.connect({ account: person.email });
    const entry = (await world.api(auth).calendarList.get({ calendarId: 'primary' })).data;
    assert.deepEqual([entry.id, entry.timeZone], [person.email, person.time_zone]);
    await world.sim('POST', 'reset');
    const { accounts } = await world.sim('GET', 'state');
    assert.deepEqual(
      accounts.map(({ email }) => email),
      [INES, OLGA],
    );
    assert.equal((await world.sim('POST', 'accounts', person)).sub, sub);
    assert.equal((await failing(auth.refreshAccessToken())).status, 400);
  },
  'control: requests are numbered, and can be forgotten': async (world) => {
    await world.connect();
    const { requests } = await world.sim('GET', 'requests');
    assert.deepEqual(
      requests.map(({ number, path }) => [number, path]),
      [
        [1, '/o/oauth2/v2/auth'],
        [2, '/token'],
      ],
    );
    assert.equal((await world.sim('GET', 'requests?after=1')).requests.length, 1);
    await world.sim('DELETE', 'requests');
    assert.deepEqual((await world.sim('GET', 'requests')).requests, []);
  },
  'control: events are shown whole, or as what happens in a span of time': async (world) => {
    const zoned = (hour) => ({ dateTime: `2027-03-01T${hour}:00:00`, timeZone: 'Europe/Berlin' });
    const event = { start: zoned('09'), end: zoned('10'), recurrence: ['RRULE:FREQ=DAILY;COUNT=5'] };
    const { id } = await world.human('create', { event });
    await world.human('delete', { id: `${id}_20270302T080000Z` });
    const span = 'from=2027-03-01T00:00:00Z&to=2027-03-04T00:00:00Z';
    const counts = await Promise.all(
      ['', `&${span}`].map(async (more) => (await world.sim('GET', `events?calendar=${INES}${more}`)).events.length),
    );
    assert.deepEqual(counts, [2, 2]);
  },
};
