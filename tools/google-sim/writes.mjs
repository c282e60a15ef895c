// What changes events, for the API and for the human alike: insert, replace (PUT), merge (PATCH), delete, move.
// Source: Calendar API, reference/events; guides/extended-properties, recurringevents, create-events (conferences).
import { isDeepStrictEqual } from 'node:util';
import { duplicate, gone, invalid, notOrganizer, timeRangeEmpty } from './errors.mjs';
import { checkRecurrence } from './recurrence.mjs';
import { SHARED, find, findLive, isCancelled, keep, organizes, respond, spread } from './store.mjs';
import { iso, msOf, normalised } from './times.mjs';
import { now, randomId } from './world.mjs';

const WRITABLE = [
  'summary',
  'description',
  'location',
  'colorId',
  'status',
  'start',
  'end',
  'recurrence',
  'attendees',
  'transparency',
  'visibility',
  'reminders',
  'extendedProperties',
  'guestsCanModify',
  'guestsCanInviteOthers',
  'source',
  'eventType',
  'workingLocationProperties',
  'outOfOfficeProperties',
  'focusTimeProperties',
  'birthdayProperties',
];
const EVENT_TYPES = ['default', 'workingLocation', 'outOfOffice', 'focusTime', 'birthday', 'fromGmail'];
const [LONGEST_KEY, LONGEST_VALUE] = [44, 1024];

/** Keys that are too long are dropped and values cut, and nobody is told. */
function trimmed(properties) {
  const part = (values) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([key, value]) => key.length <= LONGEST_KEY && value !== null)
        .map(([key, value]) => [key, String(value).slice(0, LONGEST_VALUE)]),
    );
  return Object.fromEntries(Object.entries(properties).map(([kind, values]) => [kind, part(values)]));
}

/** The writable fields of a body, checked, in kept form. */
function checked(calendar, body) {
  const fields = {};
  for (const key of WRITABLE) if (body[key] !== undefined && body[key] !== null) fields[key] = body[key];
  const recurring = Boolean(fields.recurrence?.length);
  if (recurring) checkRecurrence(fields.recurrence);
  else delete fields.recurrence;
  fields.start = normalised(body.start, 'start', { recurring });
  fields.end = normalised(body.end, 'end', { recurring });
  if (Boolean(fields.start.date) !== Boolean(fields.end.date))
    throw invalid('Start and end times must either both be date or both be dateTime.');
  const length = msOf(fields.end, calendar.timeZone) - msOf(fields.start, calendar.timeZone);
  if (length < 0 || (length === 0 && fields.start.date)) throw timeRangeEmpty();
  if (fields.eventType && !EVENT_TYPES.includes(fields.eventType)) throw invalid('Invalid event type.', 'eventType');
  if (fields.extendedProperties) fields.extendedProperties = trimmed(fields.extendedProperties);
  if (fields.attendees) fields.attendees = fields.attendees.map(attendee);
  return fields;
}

function attendee({ self: _, organizer: __, ...said }) {
  if (!/^\S+@\S+$/.test(said.email ?? '')) throw invalid('Invalid attendee email.');
  return { responseStatus: 'needsAction', ...said };
}

const clone = (value) => structuredClone(value);

/** Conferences are only looked at where the request says that it knows them (conferenceDataVersion=1). */
function withConference(event, body, kept, knowsConferences) {
  const wanted = knowsConferences ? body.conferenceData : kept?.conferenceData;
  if (!wanted) return event;
  const before = kept?.conferenceData;
  const { createRequest } = wanted;
  const isNew = before ? createRequest?.requestId !== before.createRequest?.requestId : !wanted.conferenceId;
  const asked = createRequest && isNew;
  const conferenceData = asked
    ? { createRequest: { ...createRequest, status: { statusCode: 'pending' } } }
    : (before ?? wanted);
  return { ...event, conferenceData };
}

/** Google makes the conference a moment later, as a change of its own. */
export function makeConference(world, calendar, event) {
  const { createRequest } = event.conferenceData ?? {};
  if (createRequest?.status?.statusCode !== 'pending') return;
  const conferenceId = randomId(5);
  const conferenceData = {
    createRequest: { ...createRequest, status: { statusCode: 'success' } },
    conferenceId,
    conferenceSolution: { key: createRequest.conferenceSolutionKey ?? { type: 'hangoutsMeet' }, name: 'Google Meet' },
    entryPoints: [{ entryPointType: 'video', uri: `https://meet.google.com/${conferenceId}` }],
  };
  keep(world, calendar, { ...event, conferenceData }, event);
}

function fresh(world, calendar, id, by) {
  const self = { email: calendar.id, displayName: calendar.summary };
  return {
    kind: 'calendar#event',
    id,
    status: 'confirmed',
    created: iso(now(world)),
    creator: { email: by },
    organizer: self,
    iCalUID: `${id}@google.com`,
    sequence: 0,
    reminders: { useDefault: true },
    eventType: 'default',
  };
}

/** `how`: by (who writes), knowsConferences, and for the human `organizer` (of an invitation) and `id` (of a split). */
export function insertEvent(world, calendar, body, how) {
  if (body.id !== undefined && !/^[a-v0-9]{5,1024}$/.test(body.id)) throw invalid('Invalid resource id value.');
  const id = how.id ?? body.id ?? BigInt(`0x${randomId(16)}`).toString(32);
  if (calendar.events.has(id)) throw duplicate();
  const base = fresh(world, calendar, id, how.by);
  if (body.iCalUID) base.iCalUID = body.iCalUID;
  if (how.organizer) base.organizer = { email: how.organizer };
  if (body.sequence) base.sequence = body.sequence;
  const event = withConference({ ...base, ...clone(checked(calendar, body)) }, body, undefined, how.knowsConferences);
  const record = keep(world, calendar, event);
  if (!how.organizer) spread(world, calendar, event);
  return record;
}

/** The same iCalUID again is an update of what was imported before. */
export function importEvent(world, calendar, body, how) {
  if (!body.iCalUID) throw invalid('Missing iCalUID.', 'iCalUID');
  const known = [...calendar.events.values()].find(({ event }) => event.iCalUID === body.iCalUID);
  return known
    ? replaceEvent(world, calendar, known.event.id, { ...body, status: body.status ?? 'confirmed' }, how)
    : insertEvent(world, calendar, { ...body, id: undefined }, how);
}

function checkSequence(body, kept) {
  if (body.sequence === undefined || body.sequence >= kept.sequence) return;
  throw invalid(
    'Invalid sequence value. The specified sequence number is below the current sequence number of the resource. ' +
      'Re-fetch the resource and use its sequence number on the following request.',
  );
}

/** What stays whatever a request says. */
const FIXED = ['kind', 'id', 'created', 'creator', 'organizer', 'iCalUID', 'recurringEventId', 'originalStartTime'];

function written(world, calendar, kept, body, how) {
  checkSequence(body, kept);
  const fixed = Object.fromEntries(FIXED.filter((key) => kept[key]).map((key) => [key, kept[key]]));
  const fields = clone(checked(calendar, body));
  const base = { ...fresh(world, calendar, kept.id, how.by), ...fixed, ...fields };
  const event = withConference(base, body, kept, how.knowsConferences);
  const moved = ['start', 'end', 'recurrence'].some((key) => !isDeepStrictEqual(event[key], kept[key]));
  event.sequence = Math.max(body.sequence ?? 0, kept.sequence + (moved ? 1 : 0));
  return save(world, calendar, kept, event);
}

function save(world, calendar, kept, event) {
  if (!organizes(calendar, kept)) return saveAsGuest(world, calendar, kept, event);
  const differs = Object.keys({ ...kept, ...event }).filter(
    (key) => !['etag', 'updated'].includes(key) && !isDeepStrictEqual(kept[key], event[key]),
  );
  const remindersOnly = differs.length === 1 && differs[0] === 'reminders';
  const record = keep(world, calendar, remindersOnly ? { ...event, updated: kept.updated } : event, kept, {
    remindersOnly,
  });
  spread(world, calendar, event, kept);
  return record;
}

/** A guest may say whether they come, and change what belongs to their own copy. */
function saveAsGuest(world, calendar, kept, event) {
  const mine = (one) => one.email === calendar.id;
  const others = ({ attendees = [] }) => attendees.filter((one) => !mine(one));
  const shared = SHARED.filter((key) => !['attendees', 'sequence'].includes(key));
  const changed = shared.some((key) => !isDeepStrictEqual(kept[key], event[key]));
  const common = (one) => one.extendedProperties?.shared;
  if (changed || !isDeepStrictEqual(others(kept), others(event)) || !isDeepStrictEqual(common(kept), common(event)))
    throw notOrganizer();
  const record = keep(world, calendar, event, kept);
  const answer = event.attendees?.find(mine);
  if (answer) respond(world, kept.id, kept.organizer.email, calendar.id, { responseStatus: answer.responseStatus });
  return record;
}

/** PUT: what is not sent is lost. */
export function replaceEvent(world, calendar, id, body, how) {
  return written(world, calendar, find(calendar, id).event, body, how);
}

/** JSON merge: members of objects one by one, `null` takes away, arrays as a whole. */
function merged(kept, change) {
  if (change === null || typeof change !== 'object' || Array.isArray(change)) return change;
  const result = { ...(typeof kept === 'object' && !Array.isArray(kept) ? kept : {}) };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

export function patchEvent(world, calendar, id, body, how) {
  const kept = find(calendar, id).event;
  return written(world, calendar, kept, { ...merged(kept, body), sequence: body.sequence }, how);
}

/** An instance becomes a cancelled exception; a guest's copy goes and its owner has declined. */
export function deleteEvent(world, calendar, id) {
  const kept = findLive(calendar, id).event;
  const series = kept.recurringEventId && calendar.events.get(kept.recurringEventId)?.event;
  if (series && isCancelled(series)) throw gone();
  const event = { ...kept, status: 'cancelled' };
  keep(world, calendar, event, kept);
  if (organizes(calendar, kept)) spread(world, calendar, event, kept);
  else respond(world, id, kept.organizer.email, calendar.id, { responseStatus: 'declined' });
}

/** The id stays, the organizer is the new calendar, and the old one keeps a stub. */
export function moveEvent(world, calendar, id, destination) {
  const kept = findLive(calendar, id).event;
  if (kept.recurringEventId) throw invalid('Cannot move an instance of a recurring event.', 'eventId');
  if (!organizes(calendar, kept)) throw notOrganizer();
  const organizer = { email: destination.id, displayName: destination.summary };
  const event = { ...clone(kept), organizer };
  keep(world, calendar, { ...kept, organizer, status: 'cancelled', moved: true }, kept);
  const exceptions = [...calendar.events.values()].filter((one) => one.event.recurringEventId === id);
  const record = keep(world, destination, event);
  for (const { event: exception } of exceptions) {
    calendar.events.delete(exception.id);
    keep(world, destination, { ...exception, organizer });
  }
  spread(world, destination, event, kept);
  return record;
}
