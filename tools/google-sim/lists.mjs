// Listing events: filters, pages, sync tokens, instances; how an event looks to whom. Source: reference/events/list,
// guides/sync. Where Google leaves something undefined, the stand-in takes the reading that is hardest on a client:
// deleted events come back with nothing but what is promised, and other parameters than at first are refused.
import { createHash } from 'node:crypto';
import { ApiError, fullSyncRequired, invalid, syncRestricted, timeRangeEmpty } from './errors.mjs';
import { instancesOf } from './recurrence.mjs';
import { HORIZON_MS, exceptionsOf, instanceEvent, isCancelled, vanished } from './store.mjs';
import { DAY_MS, YEAR_MS, instantOf, isZone, iso, msOf, rendered } from './times.mjs';
import { now, randomId } from './world.mjs';

/** What may not stand beside a sync token. */
const RESTRICTIONS = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
];
/** A listing with one of these ends without a sync token. */
const UNSYNCED = RESTRICTIONS.filter((name) => !name.startsWith('time'));
const UPDATED_MIN_DAYS = 28;
const [DEFAULT_PAGE, LONGEST_PAGE] = [250, 2500];
const MOST_PAGES_KEPT = 1000;
/** Most series have an instance within two years, the rarest of 29 February within eight. */
const RARE_YEARS = [2, 8];

const flag = (value) => value === 'true';

/** An event as an answer shows it to somebody with `role`. */
export function shown(calendar, event, role, zone = calendar.timeZone) {
  const { moved: _, ...all } = event;
  const times = ['start', 'end', 'originalStartTime'].filter((key) => all[key]);
  for (const key of times) all[key] = rendered(all[key], zone);
  const secret = ['private', 'confidential'].includes(all.visibility) && role === 'reader';
  if (role === 'freeBusyReader' || secret) return busyOnly(all);
  const mark = (person) => (person?.email === calendar.id ? { ...person, self: true } : person);
  all.creator = mark(all.creator);
  all.organizer = mark(all.organizer);
  const organizes = (one) => (one.email === all.organizer.email ? { ...one, organizer: true } : one);
  if (all.attendees) all.attendees = all.attendees.map((one) => organizes(mark(one)));
  all.htmlLink = `https://www.google.com/calendar/event?eid=${Buffer.from(all.id).toString('base64url')}`;
  return all;
}

const busyOnly = (event) => {
  const seen = ['kind', 'etag', 'id', 'status', 'start', 'end', 'transparency', 'eventType', 'recurringEventId'];
  const kept = Object.fromEntries(seen.filter((key) => event[key]).map((key) => [key, event[key]]));
  return { ...kept, visibility: 'private' };
};

/** A deleted event in a list: its id, and for an instance which one it was. */
const cancelled = (event, zone) => {
  const { kind, etag, id, recurringEventId, originalStartTime } = event;
  const entry = { kind, etag, id, status: 'cancelled' };
  return recurringEventId
    ? { ...entry, recurringEventId, originalStartTime: rendered(originalStartTime, zone) }
    : entry;
};

/** By itself an event that was deleted still has everything; what was moved away has not. */
export const shownOne = (calendar, event, role, zone) =>
  event.moved ? cancelled(event, zone) : shown(calendar, event, role, zone);

const inList = (calendar, event, role, zone) =>
  isCancelled(event) ? cancelled(event, zone) : shown(calendar, event, role, zone);

const all = (query, name) => query.getAll(name);

/** A test for each filter that the request has. */
function filters(calendar, query) {
  const zone = calendar.timeZone;
  const tests = [];
  const [min, max] = ['timeMin', 'timeMax'].map((name) => query.has(name) && instantOf(query.get(name), name));
  if (min !== false && max !== false && max <= min) throw timeRangeEmpty();
  if (min !== false) tests.push((event) => msOf(event.end, zone) > min);
  if (max !== false) tests.push((event) => msOf(event.start, zone) < max);
  const words = query.get('q')?.toLowerCase();
  if (words)
    tests.push(({ summary, description, location }) =>
      [summary, description, location].some((text) => text?.toLowerCase().includes(words)),
    );
  for (const kind of ['private', 'shared'])
    for (const pair of all(query, `${kind}ExtendedProperty`)) {
      const [key, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      tests.push((event) => event.extendedProperties?.[kind]?.[key] === value);
    }
  if (query.has('iCalUID')) tests.push((event) => event.iCalUID === query.get('iCalUID'));
  if (query.has('eventTypes')) tests.push((event) => all(query, 'eventTypes').includes(event.eventType));
  return { test: (event) => tests.every((test) => test(event)), min, max };
}

/** Whether a whole series has anything in the window: its first start and, where it ends, its last instance. */
function seriesFits(calendar, event, { min, max, test }) {
  if (min === false && max === false) return test(event);
  const exceptions = [...exceptionsOf(calendar, event.id).values()].map((record) => record.event);
  const happens = (until) =>
    instancesOf(event, calendar.timeZone, until).some((one) => test(instanceEvent(event, one)));
  return (
    exceptions.some(test) ||
    (max === false ? RARE_YEARS.some((years) => happens(min + years * YEAR_MS)) : happens(max))
  );
}

function updatedMin(world, query) {
  if (!query.has('updatedMin')) return 0;
  const since = instantOf(query.get('updatedMin'), 'updatedMin');
  if (now(world) - since > UPDATED_MIN_DAYS * DAY_MS)
    throw new ApiError(
      410,
      'updatedMinTooLongAgo',
      'The requested minimum modification time lies too far in the past.',
      {
        domain: 'calendar',
        location: 'updatedMin',
      },
    );
  return since;
}

/** Masters and exceptions. `since` is the version of the sync token, 0 for a full listing. */
function seriesList(world, calendar, query, since) {
  const filter = filters(calendar, query);
  const updatedSince = updatedMin(world, query);
  const deleted = flag(query.get('showDeleted')) || since > 0 || updatedSince > 0;
  return [...calendar.events.values()]
    .filter((record) => record.version > since && !vanished(calendar, record))
    .map(({ event }) => event)
    .filter((event) => !updatedSince || Date.parse(event.updated) >= updatedSince)
    .filter((event) => (isCancelled(event) ? deleted || event.recurringEventId : true))
    .filter((event) =>
      event.recurrence && !isCancelled(event) ? seriesFits(calendar, event, filter) : filter.test(event),
    );
}

/** Instances only: of what changed since, all of them, and those that are no longer there. */
function instanceList(world, calendar, query, since) {
  const filter = filters(calendar, query);
  const updatedSince = updatedMin(world, query);
  const deleted = flag(query.get('showDeleted')) || since > 0 || updatedSince > 0;
  const until = filter.max === false ? Math.max(now(world), filter.min || 0) + HORIZON_MS : filter.max;
  const found = [];
  for (const record of calendar.events.values()) {
    const { event } = record;
    if (event.recurringEventId) continue;
    if (event.recurrence) found.push(...seriesInstances(calendar, record, until, since));
    else if (record.version > since) found.push(event);
  }
  return found
    .filter((event) => deleted || !isCancelled(event))
    .filter((event) => !updatedSince || Date.parse(event.updated) >= updatedSince)
    .filter((event) => filter.test(event));
}

/** All that happens in a span of time, instances one by one. */
export const expanded = (world, calendar, min, max) =>
  instanceList(world, calendar, new URLSearchParams({ timeMin: iso(min), timeMax: iso(max) }), 0);

function seriesInstances(calendar, record, until, since) {
  const { event: series, lost, version } = record;
  const exceptions = exceptionsOf(calendar, series.id);
  const found = [];
  for (const instance of instancesOf(series, calendar.timeZone, until)) {
    const exception = exceptions.get(instance.id);
    const changed = Math.max(version, exception?.version ?? 0) > since;
    if (changed && isCancelled(series)) found.push({ ...instanceEvent(series, instance), status: 'cancelled' });
    else if (changed) found.push(exception?.event ?? instanceEvent(series, instance));
  }
  const gone = lost.filter((one) => one.version > since && since > 0);
  const { start, end } = series;
  const stub = (id) => ({ ...series, id, start, end, originalStartTime: stampOf(id), recurringEventId: series.id });
  return [...found, ...gone.map(({ id }) => ({ ...stub(id), status: 'cancelled' }))];
}

/** The original start that an instance's id says. */
function stampOf(id) {
  const [, year, month, day, time] = /_(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z)?$/.exec(id);
  const date = `${year}-${month}-${day}`;
  return time ? { dateTime: `${date}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z` } : { date };
}

export function listEvents(world, calendar, role, query) {
  const single = flag(query.get('singleEvents'));
  checkQuery(query, single);
  const list = (since) =>
    (single ? instanceList : seriesList)(world, calendar, sinceQuery(query, since), since.version);
  const order = {
    startTime: (a, b) => msOf(a.start, calendar.timeZone) - msOf(b.start, calendar.timeZone),
    updated: (a, b) => Date.parse(a.updated) - Date.parse(b.updated),
  }[query.get('orderBy')];
  const page = paged(world, query, `events ${calendar.id}`, () => {
    const since = sinceToken(calendar, query);
    const items = list(since);
    const synced = !UNSYNCED.some((name) => query.has(name));
    const window = query.get('syncToken') ? since.window : windowOf(query);
    const token = synced && encodeToken({ calendar: calendar.id, version: world.version, single, window });
    return { items: order ? items.toSorted(order) : items, token };
  });
  const zone = zoneOf(query, calendar);
  const { items, ...rest } = page;
  return {
    kind: 'calendar#events',
    etag: `"p${calendar.version}"`,
    summary: calendar.summary,
    updated: items[0]?.updated,
    timeZone: zone,
    accessRole: role,
    defaultReminders: [],
    ...rest,
    items: items.map((event) => inList(calendar, event, role, zone)),
  };
}

export function zoneOf(query, calendar) {
  const zone = query.get('timeZone') ?? calendar.timeZone;
  if (!isZone(zone)) throw invalid('Invalid time zone.', 'timeZone');
  return zone;
}

function checkQuery(query, single) {
  if (query.has('syncToken')) {
    const restricted = RESTRICTIONS.find((name) => query.has(name));
    if (restricted) throw syncRestricted(restricted);
    if (query.get('showDeleted') === 'false') throw syncRestricted('showDeleted');
  }
  if (query.get('orderBy') === 'startTime' && !single)
    throw invalid('The requested ordering is not available for the particular query.', 'orderBy');
}

const encodeToken = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The window of the first listing stays with the cursor: Google would not let it be sent again. */
const windowOf = (query) =>
  Object.fromEntries(['timeMin', 'timeMax'].filter((name) => query.has(name)).map((name) => [name, query.get(name)]));

const sinceQuery = (query, since) => {
  const copy = new URLSearchParams(query);
  for (const [name, value] of Object.entries(since.single ? since.window : {})) copy.set(name, value);
  return copy;
};

function sinceToken(calendar, query) {
  if (!query.has('syncToken')) return { version: 0, window: {} };
  let token;
  try {
    token = JSON.parse(Buffer.from(query.get('syncToken'), 'base64url'));
  } catch {
    throw invalid('Invalid sync token value.', 'syncToken');
  }
  if (token.calendar !== calendar.id || token.version < calendar.floor) throw fullSyncRequired();
  if (token.single !== flag(query.get('singleEvents'))) throw syncRestricted('singleEvents');
  return token;
}

/** One page of what `first` makes at the beginning: following pages show that moment, whatever has changed since. */
export function paged(world, query, what, first) {
  const others = new URLSearchParams(query);
  others.delete('pageToken');
  others.sort();
  const key = createHash('sha256').update(`${what}?${others}`).digest('hex');
  const { short_pages: short } = world.settings;
  let left = query.has('pageToken') ? world.pages.get(query.get('pageToken')) : { ...first(), key, begun: !short };
  if (left?.key !== key) throw invalid('Invalid page token value.', 'pageToken');
  const asked = Math.min(Number(query.get('maxResults') ?? DEFAULT_PAGE), LONGEST_PAGE);
  if (!(asked > 0)) throw invalid('Invalid value for maxResults.', 'maxResults');
  const size = left.begun ? Math.min(asked, short ? 2 : asked) : 0;
  const items = left.items.slice(0, size);
  left = { ...left, items: left.items.slice(size), begun: true };
  if (left.items.length === 0 && size > 0) return { items, ...(left.token && { nextSyncToken: left.token }) };
  const nextPageToken = randomId(12);
  world.pages.set(nextPageToken, left);
  if (world.pages.size > MOST_PAGES_KEPT) world.pages.delete(world.pages.keys().next().value);
  return { items, nextPageToken };
}

/** The instances of one series, exceptions among them. */
export function listInstances(world, calendar, role, record, query) {
  const filter = filters(calendar, query);
  const until = filter.max === false ? now(world) + HORIZON_MS : filter.max;
  const zone = zoneOf(query, calendar);
  const page = paged(world, query, `instances ${calendar.id} ${record.event.id}`, () => ({
    items: seriesInstances(calendar, record, until, 0)
      .filter((event) => flag(query.get('showDeleted')) || !isCancelled(event))
      .filter(filter.test),
  }));
  const items = page.items.map((event) => inList(calendar, event, role, zone));
  return { kind: 'calendar#events', timeZone: zone, accessRole: role, ...page, items };
}
