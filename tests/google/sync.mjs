// Listings with a cursor and series: statements 14 to 23 and 42 to 47.
import assert from 'node:assert/strict';
import { INES, failing, lesson } from './sim.mjs';

const insert = async (api, requestBody = lesson()) =>
  (await api.events.insert({ calendarId: INES, requestBody })).data;
const list = async (api, more) => (await api.events.list({ calendarId: INES, ...more })).data;
const ids = (items) => items.map(({ id }) => id);

/** All pages of a listing, as [pages of items, the cursor]. */
async function allPages(api, more) {
  const pages = [];
  for (let pageToken; ;) {
    const page = await list(api, { ...more, pageToken });
    pages.push(page.items);
    pageToken = page.nextPageToken;
    assert.equal(Boolean(pageToken), !page.nextSyncToken, 'one of both');
    if (!pageToken) return [pages, page.nextSyncToken];
  }
}

const changes = async (api, syncToken, more) => {
  const [pages, token] = await allPages(api, { ...more, syncToken });
  return [pages.flat(), token];
};

/** Mondays at nine in Berlin from 1 March 2027; the clocks change on 28 March. */
const mondays = (more = {}) => ({
  summary: 'Theory',
  start: { dateTime: '2027-03-01T09:00:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2027-03-01T10:00:00', timeZone: 'Europe/Berlin' },
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=6'],
  ...more,
});
const instances = async (api, id, more) =>
  (await api.events.instances({ calendarId: INES, eventId: id, ...more })).data.items;
const days = (items) => items.map(({ start }) => (start.dateTime ?? start.date).slice(0, 10));

export const sync = {
  '14 a cursor comes with the last page alone, and brings what is different since': async (world) => {
    const api = await world.ines();
    for (let hour = 1; hour <= 5; ++hour) await insert(api, lesson(hour));
    const [pages, cursor] = await allPages(api, { maxResults: 2 });
    assert.deepEqual(
      pages.map((page) => page.length),
      [2, 2, 1],
    );
    const { id } = await insert(api, lesson(7));
    const [changed, next] = await changes(api, cursor);
    assert.deepEqual(ids(changed), [id]);
    assert.deepEqual(await changes(api, next).then(([items]) => items), []);
  },
  '14 what changes between two pages is in the next increment': async (world) => {
    const api = await world.ines();
    for (let hour = 1; hour <= 3; ++hour) await insert(api, lesson(hour));
    const first = await list(api, { maxResults: 2 });
    const late = await insert(api, lesson(9));
    const last = await list(api, { maxResults: 2, pageToken: first.nextPageToken });
    assert.equal(last.items.length, 1);
    assert.deepEqual(ids((await changes(api, last.nextSyncToken))[0]), [late.id]);
  },
  '15 pages may be short and even empty, and go on': async (world) => {
    const api = await world.ines();
    for (let hour = 1; hour <= 5; ++hour) await insert(api, lesson(hour));
    await world.sim('PATCH', 'settings', { short_pages: true });
    const [pages] = await allPages(api);
    assert.deepEqual(
      pages.map((page) => page.length),
      [0, 2, 2, 1],
    );
  },
  '16 following pages need the same parameters': async (world) => {
    const api = await world.ines();
    for (let hour = 1; hour <= 3; ++hour) await insert(api, lesson(hour));
    const { nextPageToken: pageToken } = await list(api, { maxResults: 1 });
    for (const more of [{ maxResults: 2 }, { maxResults: 1, showDeleted: true }, {}])
      assert.equal((await failing(list(api, { pageToken, ...more }))).status, 400);
    assert.equal((await list(api, { pageToken, maxResults: 1 })).items.length, 1);
    assert.equal((await failing(list(api, { pageToken: 'unknown' }))).status, 400);
    assert.equal((await failing(list(api, { maxResults: 0 }))).status, 400);
  },
  '18 a cursor stands beside no other restriction, and listings with some have none': async (world) => {
    const api = await world.ines();
    const { nextSyncToken: syncToken } = await list(api);
    const instant = '2027-01-01T00:00:00Z';
    const restrictions = {
      iCalUID: 'x',
      orderBy: 'updated',
      privateExtendedProperty: ['a=b'],
      sharedExtendedProperty: ['a=b'],
      q: 'x',
      timeMin: instant,
      timeMax: instant,
      updatedMin: instant,
      showDeleted: false,
    };
    for (const [name, value] of Object.entries(restrictions)) {
      const { status, reason, said } = await failing(list(api, { syncToken, [name]: value }));
      assert.deepEqual([status, reason], [400, 'syncTokenWithRequestRestrictions'], name);
      assert.equal(said.message, 'Sync token cannot be used with other request restrictions.');
    }
    assert.equal((await list(api, { orderBy: 'updated' })).nextSyncToken, undefined);
    assert.equal((await list(api, { q: 'x' })).nextSyncToken, undefined);
    assert.ok((await list(api, { timeMin: instant })).nextSyncToken);
    assert.equal((await failing(list(api, { timeMin: instant, timeMax: instant }))).reason, 'timeRangeEmpty');
  },
  '19 increments have deletions, and of them nothing but the id': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, lesson(9, { extendedProperties: { private: { booking: '1' } } }));
    const { nextSyncToken } = await list(api);
    await world.human('delete', { id });
    const [[gone]] = await changes(api, nextSyncToken);
    assert.deepEqual(
      [gone.id, gone.status, gone.start, gone.extendedProperties],
      [id, 'cancelled', undefined, undefined],
    );
  },
  '19 what came and went between two increments is a deletion that nobody knows': async (world) => {
    const api = await world.ines();
    const { nextSyncToken } = await list(api);
    const { id } = await insert(api);
    await api.events.delete({ calendarId: INES, eventId: id });
    assert.deepEqual(
      (await changes(api, nextSyncToken))[0].map(({ status }) => status),
      ['cancelled'],
    );
  },
  '20 a cursor that is no longer good is 410, a new listing is': async (world) => {
    const api = await world.ines();
    const { nextSyncToken: syncToken } = await list(api);
    await world.sim('POST', 'sync-tokens/expire', { calendar: INES });
    const { status, reason, domain } = await failing(list(api, { syncToken }));
    assert.deepEqual([status, reason, domain], [410, 'fullSyncRequired', 'calendar']);
    const { nextSyncToken } = await list(api);
    assert.deepEqual((await list(api, { syncToken: nextSyncToken })).items, []);
    await world.sim('POST', 'sync-tokens/expire');
    assert.equal((await failing(list(api, { syncToken: nextSyncToken }))).status, 410);
    assert.equal((await failing(list(api, { syncToken: 'nonsense' }))).status, 400);
  },
  '20 updatedMin has a limit in the past, and brings deletions': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api);
    const ago = (daysAgo) => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
    const old = await failing(list(api, { updatedMin: ago(60) }));
    assert.deepEqual([old.status, old.reason], [410, 'updatedMinTooLongAgo']);
    await api.events.delete({ calendarId: INES, eventId: id });
    assert.deepEqual(
      (await list(api, { updatedMin: ago(1) })).items.map(({ status }) => status),
      ['cancelled'],
    );
    assert.deepEqual((await list(api, { updatedMin: ago(-1) })).items, []);
    assert.deepEqual((await list(api, { updatedMin: ago(-1), singleEvents: true })).items, []);
  },
  '14 in order of their last change, if wanted': async (world) => {
    const api = await world.ines();
    const [first, second] = [await insert(api), await insert(api)];
    await new Promise((resolve) => setTimeout(resolve, 5));
    await world.human('change', { id: first.id, event: { summary: 'Later' } });
    assert.deepEqual(ids((await list(api, { orderBy: 'updated' })).items), [second.id, first.id]);
  },
  '22 an empty increment brings a cursor that is good as well': async (world) => {
    const api = await world.ines();
    const { nextSyncToken } = await list(api);
    const [, second] = await changes(api, nextSyncToken);
    const { id } = await insert(api);
    assert.deepEqual(ids((await changes(api, nextSyncToken))[0]), [id]);
    assert.deepEqual(ids((await changes(api, second))[0]), [id]);
  },
  '42 ids of instances and of split series are more than base32hex': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const [first, second] = await instances(api, id);
    assert.equal(first.id, `${id}_20270301T080000Z`);
    assert.equal((await api.events.get({ calendarId: INES, eventId: first.id })).data.recurringEventId, id);
    const following = await world.human('split', { id: second.id });
    assert.equal(following.id, `${id}_R20270308T080000`);
    const allDay = await insert(api, {
      start: { date: '2027-03-01' },
      end: { date: '2027-03-02' },
      recurrence: ['RRULE:FREQ=DAILY;COUNT=2'],
    });
    assert.deepEqual(ids(await instances(api, allDay.id)), [`${allDay.id}_20270301`, `${allDay.id}_20270302`]);
    for (const unknown of [`${id}_20270302T080000Z`, 'nothing_20270301T080000Z'])
      assert.equal((await failing(api.events.get({ calendarId: INES, eventId: unknown }))).status, 404);
  },
  '43 a listing has series and their exceptions, cancelled ones too, without showDeleted': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const [, second, third] = await instances(api, id);
    await world.human('change', { id: second.id, event: { start: lesson(15).start, end: lesson(15).end } });
    await world.human('delete', { id: third.id });
    const { items, nextSyncToken } = await list(api);
    assert.deepEqual(
      items.map((one) => [one.id, one.recurringEventId, one.status]),
      [
        [id, undefined, 'confirmed'],
        [second.id, id, 'confirmed'],
        [third.id, id, 'cancelled'],
      ],
    );
    assert.equal(items[1].originalStartTime.dateTime, '2027-03-08T09:00:00+01:00');
    assert.deepEqual(items[2].originalStartTime, {
      dateTime: '2027-03-15T09:00:00+01:00',
      timeZone: 'Europe/Berlin',
    });
    assert.equal(items[2].start, undefined);
    await world.human('delete', { id: second.id });
    assert.deepEqual(ids((await changes(api, nextSyncToken))[0]), [second.id]);
  },
  '44 singleEvents: instances alone, in order of time if wanted, for the life of the cursor': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    await insert(api, lesson(7));
    const whole = { singleEvents: true, timeMin: '2027-01-01T00:00:00Z', timeMax: '2028-01-01T00:00:00Z' };
    const { items } = await list(api, { ...whole, orderBy: 'startTime' });
    assert.deepEqual(days(items), [
      '2027-03-01',
      '2027-03-01',
      '2027-03-08',
      '2027-03-15',
      '2027-03-22',
      '2027-03-29',
      '2027-04-05',
    ]);
    assert.ok(items.every(({ recurrence }) => !recurrence));
    assert.equal((await failing(list(api, { orderBy: 'startTime' }))).status, 400);
    const { nextSyncToken: syncToken } = await list(api, whole);
    assert.equal((await failing(list(api, { syncToken }))).status, 400);
    await world.human('delete', { id: items[1].id });
    const [changed] = await changes(api, syncToken, { singleEvents: true });
    assert.deepEqual(
      changed.map((one) => [one.id, one.status]),
      [[items[1].id, 'cancelled']],
    );
    await world.human('change', { id, event: { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] } });
    const [fewer] = await changes(api, syncToken, { singleEvents: true });
    assert.deepEqual(fewer.filter(({ status }) => status === 'cancelled').length, 3, 'one by hand, two lost');
  },
  '45 moved and cancelled instances, EXDATE, RDATE, UNTIL and COUNT': async (world) => {
    const api = await world.ines();
    const busy = async () => {
      const requestBody = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-04-30T00:00:00Z', items: [{ id: INES }] };
      return (await api.freebusy.query({ requestBody })).data.calendars[INES].busy.map(({ start }) => start);
    };
    const { id } = await insert(
      api,
      mondays({
        recurrence: [
          'RRULE:FREQ=WEEKLY;UNTIL=20270405T070000Z',
          'EXDATE;TZID=Europe/Berlin:20270322T090000',
          'RDATE;TZID=Europe/Berlin:20270406T090000',
        ],
      }),
    );
    const found = await instances(api, id);
    assert.deepEqual(days(found), [
      '2027-03-01',
      '2027-03-08',
      '2027-03-15',
      '2027-03-29',
      '2027-04-05',
      '2027-04-06',
    ]);
    await world.human('delete', { id: found[0].id });
    await world.human('change', { id: found[1].id, event: { start: lesson(15).start, end: lesson(15).end } });
    assert.deepEqual(await busy(), [
      '2027-03-01T15:00:00Z',
      '2027-03-15T08:00:00Z',
      '2027-03-29T07:00:00Z',
      '2027-04-05T07:00:00Z',
      '2027-04-06T07:00:00Z',
    ]);
    assert.equal((await instances(api, id)).length, 5);
    assert.equal((await instances(api, id, { showDeleted: true })).length, 6);
  },
  '45 a series keeps its local time across the clock change, in the zone it was made in': async (world) => {
    const api = await world.ines();
    const zoned = (hour) => ({ dateTime: `2027-03-08T${hour}:00:00`, timeZone: 'America/New_York' });
    const { id } = await insert(api, mondays({ start: zoned('09'), end: zoned('10') }));
    const times = (await instances(api, id, { timeZone: 'UTC' })).map(({ start }) => start.dateTime.slice(5, 16));
    assert.deepEqual(times.slice(0, 2), ['03-08T14:00', '03-15T13:00'], 'clocks changed on 14 March');
  },
  '46 "this and following": the old series ends, another begins, both in one increment': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const { nextSyncToken } = await list(api);
    const third = (await instances(api, id))[2];
    const made = await world.human('split', { id: third.id, event: { summary: 'Later' } });
    const [changed] = await changes(api, nextSyncToken);
    assert.deepEqual(ids(changed).sort(), [id, made.id].sort());
    const [old, following] = [id, made.id].map((one) => changed.find((event) => event.id === one));
    assert.deepEqual(
      [old.recurrence, following.recurrence],
      [['RRULE:FREQ=WEEKLY;UNTIL=20270315T075959Z'], ['RRULE:FREQ=WEEKLY;COUNT=4']],
    );
    assert.deepEqual(days(await instances(api, id)), ['2027-03-01', '2027-03-08']);
    assert.deepEqual(days(await instances(api, made.id)), ['2027-03-15', '2027-03-22', '2027-03-29', '2027-04-05']);
    const all = await world.human('split', { id: (await instances(api, id))[0].id, event: { summary: 'All' } });
    assert.deepEqual([all.id, all.summary], [id, 'All'], 'from the first on it is the series itself');
  },
  '45 all-day series: EXDATE, UNTIL, an instance that goes, an end': async (world) => {
    const api = await world.ines();
    const day = (date) => ({ date: `2027-03-${date}` });
    const recurrence = ['RRULE:FREQ=DAILY;UNTIL=20270306', 'EXDATE;VALUE=DATE:20270303'];
    const { id } = await insert(api, { start: day('01'), end: day('02'), recurrence });
    const { nextSyncToken: syncToken } = await list(api, { singleEvents: true });
    assert.deepEqual(
      days(await instances(api, id)),
      ['01', '02', '04', '05', '06'].map((one) => `2027-03-${one}`),
    );
    await world.human('split', { id: `${id}_20270305` });
    assert.deepEqual(days(await instances(api, id)), ['2027-03-01', '2027-03-02', '2027-03-04']);
    const [changed] = await changes(api, syncToken, { singleEvents: true });
    const gone = changed.filter(({ status }) => status === 'cancelled');
    assert.deepEqual(
      gone.map((one) => one.originalStartTime),
      [day('05'), day('06')],
    );
    assert.equal(changed.length, 2 + 3 + 2, 'what is gone, what the series still has, and what follows');
  },
  '45 EXDATE in UTC or in another zone, RDATE without a zone': async (world) => {
    const api = await world.ines();
    const { id } = await insert(
      api,
      mondays({
        recurrence: [
          'RRULE:FREQ=WEEKLY;COUNT=6',
          'EXDATE:20270308T080000Z',
          'EXDATE;TZID=America/New_York:20270329T030000',
          'RDATE:20270302T090000',
        ],
      }),
    );
    const expected = ['2027-03-01', '2027-03-02', '2027-03-15', '2027-03-22', '2027-04-05'];
    assert.deepEqual(days(await instances(api, id)), expected);
  },
  '45 a window finds series and exceptions by what happens in it': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const [, second] = await instances(api, id);
    await world.human('change', { id: second.id, event: { start: lesson(15).start, end: lesson(15).end } });
    const window = (from, to) => list(api, { timeMin: `2027-${from}T00:00:00Z`, timeMax: `2027-${to}T00:00:00Z` });
    assert.deepEqual(ids((await window('03-01', '03-02')).items), [id, second.id]);
    assert.deepEqual(ids((await window('03-15', '03-16')).items), [id]);
    assert.deepEqual(ids((await window('03-16', '03-17')).items), []);
    const rare = await insert(api, {
      start: { date: '2028-02-29' },
      end: { date: '2028-03-01' },
      recurrence: ['RRULE:FREQ=YEARLY'],
    });
    assert.deepEqual(ids((await list(api, { timeMin: '2029-01-01T00:00:00Z' })).items), [rare.id]);
  },
  '46 with a series its instances and exceptions vanish': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const [first, second] = await instances(api, id);
    await world.human('change', { id: first.id, event: { summary: 'Other' } });
    const { nextSyncToken } = await list(api);
    await api.events.delete({ calendarId: INES, eventId: id });
    const [changed] = await changes(api, nextSyncToken);
    assert.deepEqual(
      changed.map((one) => [one.id, one.status]),
      [[id, 'cancelled']],
    );
    for (const one of [first, second])
      assert.equal((await failing(api.events.get({ calendarId: INES, eventId: one.id }))).status, 404);
  },
  '46 a series that is moved in time forgets its exceptions; a move to another calendar takes them along': async (
    world,
  ) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays());
    const [first] = await instances(api, id);
    await world.human('change', { id: first.id, event: { summary: 'Other' } });
    const { id: to } = await world.sim('POST', 'calendars', { account: INES, summary: 'Private' });
    await world.human('move', { id, to });
    const { items } = await list(api, { calendarId: to });
    assert.deepEqual(
      items.map(({ summary }) => summary),
      ['Theory', 'Other'],
    );
    assert.deepEqual(
      (await list(api, { showDeleted: true })).items.map((one) => [one.id, one.status]),
      [[id, 'cancelled']],
    );
    const at = (hour) => ({ dateTime: `2027-03-01T${hour}:00:00`, timeZone: 'Europe/Berlin' });
    await world.human('change', { calendar: to, id, event: { start: at(14), end: at(15) } });
    assert.deepEqual(ids((await list(api, { calendarId: to })).items), [id]);
  },
  '47 a series without end is a series without end': async (world) => {
    const api = await world.ines();
    const { id } = await insert(api, mondays({ recurrence: ['RRULE:FREQ=WEEKLY'] }));
    const [series] = (await list(api, { timeMin: '2030-01-01T00:00:00Z' })).items;
    assert.deepEqual([series.id, series.recurrence], [id, ['RRULE:FREQ=WEEKLY']]);
    const late = await instances(api, id, { timeMin: '2030-01-01T00:00:00Z', timeMax: '2030-01-15T00:00:00Z' });
    assert.deepEqual(days(late), ['2030-01-07', '2030-01-14']);
  },
};
