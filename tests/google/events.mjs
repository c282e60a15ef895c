// Events: statements 23 to 42.
import assert from 'node:assert/strict';
import { EVENTS, INES, OLGA, failing, lesson, until } from './sim.mjs';

const ID = 'roadbook0123456789abcdefghijklmnopqrstuv';
const at = (id, more) => ({ calendarId: INES, eventId: id, ...more });
const ALL_DAY = { start: { date: '2027-03-02' }, end: { date: '2027-03-03' } };

const insert = async (api, requestBody = lesson(), more = {}) =>
  (await api.events.insert({ calendarId: INES, requestBody, ...more })).data;
const get = async (api, id, more) => (await api.events.get(at(id, more))).data;
const patch = async (api, id, requestBody, more, options) =>
  (await api.events.patch(at(id, { requestBody, ...more }), options)).data;
const list = async (api, more) => (await api.events.list({ calendarId: INES, ...more })).data.items;

/** Ines sees Olga's calendar as `role` says. */
async function shared(world, role) {
  await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role });
  const { id } = await world.human('create', { calendar: OLGA, event: { ...lesson(), summary: 'Secret' } });
  return { id, api: await world.ines() };
}

export const events = {
  '23 a deleted event is in no listing without showDeleted, and get still has it': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api);
    await api.events.delete(at(id));
    assert.deepEqual(await list(api), []);
    assert.deepEqual(
      (await list(api, { showDeleted: true })).map(({ status }) => status),
      ['cancelled'],
    );
    const kept = await get(api, id);
    assert.deepEqual([kept.status, kept.summary], ['cancelled', 'Lesson']);
  },
  '24 an id may be given: base32hex, 5 to 1024 characters': async (world) => {
    const api = await world.ines();
    assert.equal((await insert(api, { id: ID, ...lesson() })).id, ID);
    assert.match((await insert(api)).id, /^[a-v0-9]{5,}$/);
    for (const id of ['abcd', 'with-dash', 'wxyz0', 'UPPER', 'a'.repeat(1025)]) {
      const { status, reason } = await failing(insert(api, { id, ...lesson() }));
      assert.deepEqual([status, reason], [400, 'invalid'], id);
    }
  },
  '25 an id that is there already is a duplicate, also after an answer that was lost': async (world) => {
    const api = await world.ines();
    await world.sim('POST', 'faults', { method: 'POST', path: '/calendar/', lost: true });
    const lost = await failing(insert(api, { id: ID, ...lesson() }));
    assert.equal(lost.status, undefined);
    const again = await failing(insert(api, { id: ID, ...lesson() }));
    assert.deepEqual([again.status, again.reason], [409, 'duplicate']);
    assert.equal((await get(api, ID)).summary, 'Lesson');
    assert.equal((await list(api)).length, 1);
  },
  '26 the id of a deleted event stays taken; an update brings it back': async (world) => {
    const api = await world.ines();
    await insert(api, { id: ID, ...lesson() });
    await api.events.delete(at(ID));
    assert.equal((await failing(insert(api, { id: ID, ...lesson() }))).status, 409);
    assert.equal((await patch(api, ID, { status: 'confirmed' })).status, 'confirmed');
    assert.equal((await list(api)).length, 1);
  },
  '27 deleting: 204, then 410, and 404 for what never was': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api);
    assert.equal((await api.events.delete(at(id))).status, 204);
    const again = await failing(api.events.delete(at(id)));
    assert.deepEqual([again.status, again.reason], [410, 'deleted']);
    const never = await failing(api.events.delete(at('never0')));
    assert.deepEqual([never.status, never.reason], [404, 'notFound']);
  },
  '28 PUT loses what is not sent; PATCH keeps it, replaces arrays and takes away what is null': async (world) => {
    const api = await world.ines();
    const guests = [{ email: 'a@b.test' }, { email: 'c@d.test' }];
    const { id } = await insert(
      api,
      lesson(9, { description: 'by hand', colorId: '5', location: 'Here', attendees: guests }),
    );
    const patched = await patch(api, id, { summary: 'New', location: null, attendees: [{ email: 'e@f.test' }] });
    assert.deepEqual(
      [patched.summary, patched.description, patched.location, patched.colorId],
      ['New', 'by hand', undefined, '5'],
    );
    assert.deepEqual(
      patched.attendees.map(({ email }) => email),
      ['e@f.test'],
    );
    const put = (await api.events.update(at(id, { requestBody: lesson(11) }))).data;
    assert.deepEqual(
      [put.summary, put.description, put.colorId, put.attendees],
      ['Lesson', undefined, undefined, undefined],
    );
    assert.deepEqual(put.reminders, { useDefault: true });
  },
  '28 extended properties are merged one by one': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, lesson(9, { extendedProperties: { private: { booking: '1', old: 'x' } } }));
    const patched = await patch(api, id, { extendedProperties: { private: { old: null, more: '2' } } });
    assert.deepEqual(patched.extendedProperties.private, { booking: '1', more: '2' });
  },
  '29 If-Match holds writes back after somebody else’s change': async (world) => {
    const api = await world.ines();
    const { id, etag } = await insert(api);
    const now = (await world.human('change', { id, event: { summary: 'Changed by hand' } })).etag;
    const mine = { headers: { 'If-Match': etag } };
    const calls = {
      patch: () => patch(api, id, { summary: 'Mine' }, {}, mine),
      update: () => api.events.update(at(id, { requestBody: lesson() }), mine),
      delete: () => api.events.delete(at(id), mine),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { status, reason } = await failing(call());
      assert.deepEqual([status, reason], [412, 'conditionNotMet'], name);
    }
    assert.equal((await get(api, id)).summary, 'Changed by hand');
    await patch(api, id, { summary: 'Mine' }, {}, { headers: { 'If-Match': now } });
    await patch(api, id, { summary: 'Mine too' }, {}, { headers: { 'If-Match': '*' } });
  },
  '29 If-None-Match spares an answer that is known': async (world) => {
    const auth = await world.connect();
    const { id, etag } = await insert(world.api(auth));
    const path = `/calendar/v3/calendars/${INES}/events/${id}`;
    const answer = await world.raw(path, auth, { headers: { 'If-None-Match': etag } });
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('etag')], [304, '', etag]);
    assert.equal((await world.raw(path, auth, { headers: { 'If-None-Match': '"other"' } })).status, 200);
  },
  '30 the etag is new with every change, updated is not for reminders, sequence never goes back': async (world) => {
    const api = await world.ines();
    const made = await insert(api);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const reminded = await patch(api, made.id, {
      reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] },
    });
    assert.notEqual(reminded.etag, made.etag);
    assert.equal(reminded.updated, made.updated);
    const moved = await patch(api, made.id, { start: lesson(12).start, end: lesson(12).end });
    assert.ok(moved.updated > made.updated);
    assert.deepEqual([made.sequence, moved.sequence], [0, 1]);
    const { status, reason } = await failing(patch(api, made.id, { sequence: 0 }));
    assert.deepEqual([status, reason], [400, 'invalid']);
    assert.equal((await patch(api, made.id, { sequence: 7 })).sequence, 7);
    assert.equal((await insert(api, lesson(9, { sequence: 3 }))).sequence, 3);
  },
  '31 times are shown in the calendar’s zone or the one asked for, without fractions': async (world) => {
    const api = await world.ines();
    const start = { dateTime: '2027-07-01T09:00:00.987-04:00', timeZone: 'America/New_York' };
    const { id } = await insert(api, { start, end: { dateTime: '2027-07-01T14:00:00.5Z' } });
    const seen = await get(api, id);
    assert.deepEqual(seen.start, { dateTime: '2027-07-01T15:00:00+02:00', timeZone: 'America/New_York' });
    assert.deepEqual(seen.end, { dateTime: '2027-07-01T16:00:00+02:00', timeZone: 'Europe/Berlin' });
    const [tokyo] = await list(api, { timeZone: 'Asia/Tokyo' });
    assert.equal(tokyo.start.dateTime, '2027-07-01T22:00:00+09:00');
    assert.equal((await list(api, { timeZone: 'UTC' }))[0].start.dateTime, '2027-07-01T13:00:00Z');
    assert.equal((await failing(list(api, { timeZone: 'Mars/Base' }))).status, 400);
  },
  '32 all-day events have dates; to switch, the other member has to be null': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, ALL_DAY);
    const half = await failing(patch(api, id, { start: lesson().start, end: lesson().end }));
    assert.deepEqual([half.status, half.reason], [400, 'invalid']);
    const { start, end } = lesson();
    const timed = await patch(api, id, { start: { ...start, date: null }, end: { ...end, date: null } });
    assert.equal(timed.start.date, undefined);
    const none = { dateTime: null, timeZone: null };
    const again = await patch(api, id, { start: { ...none, ...ALL_DAY.start }, end: { ...none, ...ALL_DAY.end } });
    assert.deepEqual([again.start, again.end], [ALL_DAY.start, ALL_DAY.end]);
  },
  '32 an all-day event blocks from midnight to midnight in the calendar’s zone': async (world) => {
    const api = await world.ines();
    await insert(api, ALL_DAY);
    const requestBody = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-08T00:00:00Z', items: [{ id: INES }] };
    const { calendars } = (await api.freebusy.query({ requestBody })).data;
    assert.deepEqual(calendars[INES].busy, [{ start: '2027-03-01T23:00:00Z', end: '2027-03-02T23:00:00Z' }]);
  },
  '33 a time without offset needs a zone, and so does every series; ends come after starts': async (world) => {
    const api = await world.ines();
    const local = { dateTime: '2027-07-01T09:00:00' };
    const refusals = [
      { start: local, end: { dateTime: '2027-07-01T10:00:00' } },
      lesson(9, { recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] }),
      { start: lesson(11).start, end: lesson(9).start },
      { start: lesson().start, end: ALL_DAY.end },
      { start: ALL_DAY.start, end: ALL_DAY.start },
      { summary: 'no times' },
      lesson(9, { recurrence: ['RRULE:FREQ=SOMETIMES'] }),
      ...['RRULE:COUNT=3', 'DTSTART:20270301T090000Z'].map((line) => ({
        start: { dateTime: '2027-03-01T09:00:00', timeZone: 'UTC' },
        end: { dateTime: '2027-03-01T10:00:00', timeZone: 'UTC' },
        recurrence: [line],
      })),
      { ...lesson(), start: { ...lesson().start, timeZone: 'Mars/Base' } },
      { ...ALL_DAY, start: { date: '2027-02-30' } },
      { ...lesson(), start: { dateTime: '2027-02-30T09:00:00Z' } },
      { ...lesson(), start: { dateTime: 'tomorrow' } },
      lesson(9, { eventType: 'holiday' }),
      lesson(9, { attendees: [{ displayName: 'Nobody' }] }),
      lesson(9, { attendees: [{ email: 'no address' }] }),
    ];
    for (const body of refusals) assert.equal((await failing(insert(api, body))).status, 400, JSON.stringify(body));
    const zoned = (when) => ({ ...when, timeZone: 'Europe/London' });
    const made = await insert(api, { start: zoned(local), end: zoned({ dateTime: '2027-07-01T10:00:00' }) });
    assert.equal(made.start.dateTime, '2027-07-01T10:00:00+02:00');
  },
  '34 what is busy: not cancelled, transparent, declined, working location or birthday': async (world) => {
    const api = await world.ines();
    const me = { email: INES };
    const invitation = (hour, responseStatus) =>
      world.human('create', {
        organizer: 'elsewhere@x.test',
        event: lesson(hour, { attendees: [{ ...me, responseStatus }] }),
      });
    await insert(api, lesson(1));
    await insert(api, lesson(3, { transparency: 'transparent' }));
    await insert(api, lesson(5, { eventType: 'workingLocation', transparency: 'opaque' }));
    await insert(api, lesson(7, { eventType: 'outOfOffice' }));
    await insert(api, lesson(9, { eventType: 'focusTime' }));
    await insert(api, lesson(11, { status: 'tentative' }));
    await invitation(13, 'needsAction');
    await invitation(15, 'tentative');
    const { id } = await invitation(17, 'accepted');
    await world.human('answer', { id, response: 'declined' });
    const deleted = await insert(api, lesson(19));
    await api.events.delete(at(deleted.id));
    const requestBody = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-02T00:00:00Z', items: [{ id: INES }] };
    const { busy } = (await api.freebusy.query({ requestBody })).data.calendars[INES];
    assert.deepEqual(
      busy.map(({ start }) => Number(start.slice(11, 13))),
      [1, 7, 9, 11, 13, 15],
    );
    const types = await list(api, { eventTypes: ['focusTime', 'outOfOffice'] });
    assert.deepEqual(
      types.map(({ eventType }) => eventType),
      ['outOfOffice', 'focusTime'],
    );
    const own = (await get(api, id)).attendees.find(({ self }) => self);
    assert.deepEqual([own.email, own.responseStatus], [INES, 'declined']);
  },
  '35 events may lack a summary: private ones for readers, all of them with free/busy access': async (world) => {
    const { id, api } = await shared(world, 'freeBusyReader');
    const busy = (await api.events.list({ calendarId: OLGA })).data;
    assert.deepEqual(
      [busy.accessRole, busy.items[0].summary, busy.items[0].visibility],
      ['freeBusyReader', undefined, 'private'],
    );
    assert.ok(busy.items[0].start.dateTime);
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'reader' });
    const open = (await api.events.get({ calendarId: OLGA, eventId: id })).data;
    assert.equal(open.summary, 'Secret');
    await world.human('change', { calendar: OLGA, id, event: { visibility: 'private' } });
    assert.equal((await api.events.get({ calendarId: OLGA, eventId: id })).data.summary, undefined);
    assert.equal((await insert(api, { start: lesson().start, end: lesson().end })).summary, undefined);
  },
  '36 extended properties: long keys are dropped and long values cut, and nobody is told': async (world) => {
    const api = await world.ines();
    const [key, value] = ['k'.repeat(44), 'v'.repeat(1024)];
    const properties = { [key]: `${value}more`, [`${key}k`]: 'lost', short: 'kept' };
    const made = await insert(api, lesson(9, { extendedProperties: { private: properties } }));
    assert.deepEqual(made.extendedProperties.private, { [key]: value, short: 'kept' });
  },
  '36 private properties belong to one copy, shared ones to all': async (world) => {
    const api = await world.ines();
    const both = { private: { booking: '1' }, shared: { school: '2' } };
    const { id } = await insert(api, lesson(9, { attendees: [{ email: OLGA }], extendedProperties: both }));
    const olga = world.api(await world.connect({ account: OLGA }));
    const copy = (await olga.events.get({ calendarId: OLGA, eventId: id })).data;
    assert.deepEqual(copy.extendedProperties, { shared: { school: '2' } });
  },
  '37 events are found by their extended properties, several of them with AND': async (world) => {
    const api = await world.ines();
    const marked = (booking, kind) => lesson(9, { extendedProperties: { private: { booking, kind } } });
    await insert(api, marked('1', 'a'));
    await insert(api, marked('2', 'a'));
    const count = async (filter) => (await list(api, { privateExtendedProperty: filter })).length;
    assert.deepEqual(
      [await count(['kind=a']), await count(['booking=2', 'kind=a']), await count(['booking=3'])],
      [2, 1, 0],
    );
    assert.equal((await list(api, { sharedExtendedProperty: ['kind=a'] })).length, 0);
    assert.equal((await list(api, { q: 'LESS' })).length, 2);
  },
  '38 a guest may not change what is shared, a reader nothing at all': async (world) => {
    const api = await world.ines();
    const olga = world.api(await world.connect({ account: OLGA }));
    const made = await world.human('create', { calendar: OLGA, event: lesson(9, { attendees: [{ email: INES }] }) });
    const guest = await failing(patch(api, made.id, { summary: 'Mine' }));
    assert.deepEqual([guest.status, guest.reason, guest.domain], [403, 'forbiddenForNonOrganizer', 'calendar']);
    await patch(api, made.id, { colorId: '3', attendees: [{ email: INES, responseStatus: 'accepted' }] });
    const theirs = (await olga.events.get({ calendarId: OLGA, eventId: made.id })).data;
    assert.deepEqual([theirs.attendees[0].responseStatus, theirs.colorId], ['accepted', undefined]);
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'reader' });
    const reader = await failing(api.events.insert({ calendarId: OLGA, requestBody: lesson() }));
    assert.deepEqual([reader.status, reader.reason], [403, 'requiredAccessLevel']);
    assert.equal((await failing(api.events.list({ calendarId: 'nobody@gmail.test' }))).status, 404);
  },
  '38 a guest who deletes has declined; who is no longer invited gets a cancellation': async (world) => {
    const api = await world.ines();
    const made = await world.human('create', { calendar: OLGA, event: lesson(9, { attendees: [{ email: INES }] }) });
    await api.events.delete(at(made.id));
    const { events: theirs } = await world.sim('GET', `events?calendar=${OLGA}`);
    assert.equal(theirs[0].attendees[0].responseStatus, 'declined');
    const other = await world.human('create', {
      calendar: OLGA,
      event: lesson(10, { attendees: [{ email: INES }] }),
    });
    await world.human('change', { calendar: OLGA, id: other.id, event: { attendees: null } });
    assert.equal((await get(api, other.id)).status, 'cancelled');
  },
  '39 whether guests were mailed is written down': async (world) => {
    const api = await world.ines();
    await insert(api, lesson(), { sendUpdates: 'none' });
    const { requests } = await world.sim('GET', 'requests');
    const written = requests.find(({ method, path }) => method === 'POST' && path.startsWith('/calendar/'));
    assert.deepEqual([written.query.sendUpdates, written.account, written.status], ['none', INES, 200]);
    assert.equal((await failing(insert(api, lesson(), { sendUpdates: 'some' }))).status, 400);
  },
  '40 conferences need conferenceDataVersion=1, and come a moment later': async (world) => {
    const api = await world.ines();
    const conferenceData = { createRequest: { requestId: 'one', conferenceSolutionKey: { type: 'hangoutsMeet' } } };
    const ignored = await insert(api, lesson(9, { conferenceData }));
    assert.equal(ignored.conferenceData, undefined);
    const made = await insert(api, lesson(9, { conferenceData }), { conferenceDataVersion: 1 });
    assert.equal(made.conferenceData.createRequest.status.statusCode, 'pending');
    const ready = await until('the conference', async () => {
      const event = await get(api, made.id);
      return event.conferenceData.conferenceId && event;
    });
    const again = await patch(api, made.id, { conferenceData, summary: 'x' }, { conferenceDataVersion: 1 });
    assert.equal(again.conferenceData.conferenceId, ready.conferenceData.conferenceId);
    assert.ok((await patch(api, made.id, { summary: 'y', conferenceData: null })).conferenceData, 'not looked at');
    const copied = await insert(api, lesson(9, { conferenceData: again.conferenceData }), {
      conferenceDataVersion: 1,
    });
    assert.equal(copied.conferenceData.conferenceId, ready.conferenceData.conferenceId);
    assert.equal((await insert(api, lesson(), { conferenceDataVersion: 1 })).conferenceData, undefined);
  },
  '41 moving keeps the id, names the new organizer and leaves a stub': async (world) => {
    const api = await world.ines();
    const { id: to } = await world.sim('POST', 'calendars', { account: INES, summary: 'Private' });
    const { id } = await insert(api);
    const moved = (await api.events.move(at(id, { destination: to }))).data;
    assert.deepEqual([moved.id, moved.organizer.email, moved.organizer.self], [id, to, true]);
    const [stub] = await list(api, { showDeleted: true });
    assert.deepEqual(Object.keys(stub).sort(), ['etag', 'id', 'kind', 'status']);
    assert.equal((await get(api, id)).summary, undefined);
    await world.human('move', { calendar: to, id, to: INES });
    assert.equal((await get(api, id)).summary, 'Lesson');
    assert.equal((await failing(api.events.move(at(id, { destination: OLGA })))).status, 404);
  },
  '41 what cannot be moved: to where one only reads, a single instance, as a guest, to nowhere': async (world) => {
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'reader' });
    const { id: to } = await world.sim('POST', 'calendars', { account: INES, summary: 'Private' });
    const api = await world.ines();
    const { id } = await insert(api);
    const refused = async (eventId, destination) => {
      const { status, reason } = await failing(api.events.move({ calendarId: INES, eventId, destination }));
      return [status, reason];
    };
    assert.deepEqual(await refused(id, OLGA), [403, 'requiredAccessLevel']);
    assert.deepEqual(await refused(id, ''), [400, 'required']);
    const zoned = (hour) => ({ dateTime: `2027-03-01T${hour}:00:00`, timeZone: 'Europe/Berlin' });
    const series = await insert(api, { start: zoned('09'), end: zoned('10'), recurrence: ['RRULE:FREQ=DAILY'] });
    assert.deepEqual(await refused(`${series.id}_20270302T080000Z`, to), [400, 'invalid']);
    const invitation = await world.human('create', {
      calendar: OLGA,
      event: lesson(9, { attendees: [{ email: INES }] }),
    });
    assert.deepEqual(await refused(invitation.id, to), [403, 'forbiddenForNonOrganizer']);
  },
  '41 guests follow an event to its new calendar': async (world) => {
    const { id: to } = await world.sim('POST', 'calendars', { account: OLGA, summary: 'Team' });
    const others = [{ email: INES }, { email: 'outside@x.test' }];
    const { id } = await world.human('create', { calendar: OLGA, event: lesson(9, { attendees: others }) });
    const api = await world.ines();
    await patch(api, id, { extendedProperties: { private: { booking: '1' } } });
    await world.human('move', { calendar: OLGA, id, to });
    const copy = await get(api, id);
    assert.deepEqual([copy.organizer.email, copy.extendedProperties.private], [to, { booking: '1' }]);
    await world.human('answer', { id, response: 'tentative' });
    const { events: theirs } = await world.sim('GET', `events?calendar=${to}`);
    assert.deepEqual(
      theirs[0].attendees.map(({ responseStatus }) => responseStatus),
      ['tentative', 'needsAction'],
    );
  },
  '42 calendar ids with # and ids of instances travel percent-encoded': async (world) => {
    const id = 'de.german#holiday@group.v.calendar.google.com';
    await world.sim('POST', 'calendars', { account: INES, id, summary: 'Holidays', role: 'reader' });
    const api = await world.ines();
    assert.equal((await api.events.list({ calendarId: id })).data.summary, 'Holidays');
    assert.equal((await api.calendarList.get({ calendarId: id })).data.accessRole, 'reader');
  },
  'importing the same iCalUID again is an update': async (world) => {
    const api = await world.ines();
    const importOne = async (summary) =>
      (await api.events.import({ calendarId: INES, requestBody: lesson(9, { iCalUID: 'a@b.test', summary }) })).data;
    const [first, second] = [await importOne('One'), await importOne('Two')];
    assert.deepEqual([second.id, second.summary], [first.id, 'Two']);
    assert.equal((await list(api, { iCalUID: 'a@b.test' })).length, 1);
    assert.equal((await failing(api.events.import({ calendarId: INES, requestBody: lesson() }))).status, 400);
  },
  'calendars of an account: roles, primary, zone, hidden and deleted ones': async (world) => {
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'freeBusyReader' });
    const { id } = await world.sim('POST', 'calendars', {
      account: INES,
      summary: 'Old',
      time_zone: 'Europe/London',
    });
    const api = await world.ines();
    const ids = async (more) => (await api.calendarList.list(more)).data.items.map((one) => [one.id, one.accessRole]);
    assert.deepEqual(await ids(), [
      [INES, 'owner'],
      [OLGA, 'freeBusyReader'],
      [id, 'owner'],
    ]);
    assert.equal((await failing(api.calendarList.list({ minAccessRole: 'guest' }))).status, 400);
    assert.deepEqual(await ids({ minAccessRole: 'reader' }), [
      [INES, 'owner'],
      [id, 'owner'],
    ]);
    await world.sim('POST', 'shares', { calendar: id, account: INES, hidden: true });
    assert.equal((await ids()).length, 2);
    assert.equal((await ids({ showHidden: true })).length, 3);
    await world.sim('POST', 'shares', { calendar: id, account: INES, hidden: false, deleted: true });
    assert.deepEqual([(await ids()).length, (await ids({ showDeleted: true })).length], [2, 3]);
    const entry = (await api.calendarList.get({ calendarId: 'primary' })).data;
    assert.deepEqual([entry.id, entry.primary, entry.timeZone], [INES, true, 'Europe/Berlin']);
    const all = world.api(await world.connect({ scope: ['https://www.googleapis.com/auth/calendar'] }));
    assert.equal((await all.calendars.get({ calendarId: id })).data.timeZone, 'Europe/London');
    await world.sim('DELETE', `calendars?id=${id}`);
    assert.equal((await failing(api.events.list({ calendarId: id }))).status, 404);
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: null });
    assert.equal((await failing(api.events.list({ calendarId: OLGA }))).status, 404);
  },
  'what is not JSON, and what is nowhere': async (world) => {
    const auth = await world.connect({ scope: [EVENTS] });
    const path = `/calendar/v3/calendars/${INES}/events`;
    const broken = await world.raw(path, auth, { method: 'POST', body: '{"summary":' });
    assert.equal((await broken.json()).error.errors[0].reason, 'parseError');
    const nowhere = await world.raw('/calendar/v3/nowhere', auth);
    assert.deepEqual([nowhere.status, nowhere.headers.get('content-type')], [404, 'text/html; charset=UTF-8']);
  },
};
