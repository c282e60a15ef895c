// Events as they are kept: finding one by id (an instance of a series has a record only once it differs), the copies
// that guests have, and what became of instances when a series changes.
import { gone, notFound } from './errors.mjs';
import { instancesOf } from './recurrence.mjs';
import { announce } from './channels.mjs';
import { DAY_MS, YEAR_MS, msOf } from './times.mjs';
import { touch } from './world.mjs';

export const isCancelled = (event) => event.status === 'cancelled';
export const organizes = (calendar, event) => event.organizer.email === calendar.id;

/** How far a series is looked at where nobody says: two years from its last change or from now. */
export const HORIZON_MS = 2 * YEAR_MS;

/** An instance as an event, made from its series. */
export function instanceEvent(series, instance) {
  const { recurrence: _, ...rest } = series;
  return { ...rest, ...instance, recurringEventId: series.id };
}

/** The record of an id; an instance without one gets one that is not kept yet. */
export function find(calendar, id) {
  const record = calendar.events.get(id);
  if (record && !vanished(calendar, record)) return record;
  const [, seriesId, stamp] = /^(.+)_(\d{8}(?:T\d{6}Z)?)$/.exec(id) ?? [];
  const series = calendar.events.get(seriesId)?.event;
  if (!series?.recurrence || isCancelled(series)) throw notFound();
  const day = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d).*/, '$1-$2-$3'));
  const instance = instancesOf(series, calendar.timeZone, day + 2 * DAY_MS).find((one) => one.id === id);
  if (!instance) throw notFound();
  return { event: instanceEvent(series, instance), version: 0, unkept: true };
}

export function findLive(calendar, id) {
  const record = find(calendar, id);
  if (isCancelled(record.event)) throw gone();
  return record;
}

/** With its series an exception goes too, without a word of its own. */
export function vanished(calendar, { event }) {
  if (!event.recurringEventId) return false;
  const series = calendar.events.get(event.recurringEventId)?.event;
  return !series || isCancelled(series) || !series.recurrence;
}

/** Every exception of a series, by the instance's id. */
export const exceptionsOf = (calendar, id) =>
  new Map([...calendar.events].filter(([, { event }]) => event.recurringEventId === id));

const idsOf = (event, calendar) =>
  event?.recurrence && !isCancelled(event)
    ? instancesOf(event, calendar.timeZone, msOf(event.start, calendar.timeZone) + HORIZON_MS).map(({ id }) => id)
    : [];

/** Writes a record; what a series no longer has is remembered for those who list instances. */
export function keep(world, calendar, event, before, { remindersOnly } = {}) {
  const record = calendar.events.get(event.id) ?? { lost: [] };
  const had = idsOf(before, calendar);
  record.event = event;
  touch(world, calendar, record, { remindersOnly });
  if (had.length > 0 && !isCancelled(event)) {
    const has = new Set(idsOf(event, calendar));
    for (const id of had.filter((one) => !has.has(one))) {
      record.lost.push({ id, version: record.version });
      calendar.events.delete(id);
    }
    record.lost = record.lost.filter(({ id }) => !has.has(id));
  }
  calendar.events.set(event.id, record);
  announce(world, calendar);
  return record;
}

/** What all copies of an event say alike; the rest belongs to one calendar's copy. */
export const SHARED = [
  'summary',
  'description',
  'location',
  'start',
  'end',
  'recurrence',
  'attendees',
  'status',
  'sequence',
  'visibility',
  'conferenceData',
  'originalStartTime',
  'recurringEventId',
  'iCalUID',
  'created',
  'creator',
  'organizer',
  'eventType',
  'guestsCanModify',
];

const guestsOf = (event) => (event?.attendees ?? []).map(({ email }) => email);

/** Brings the guests' copies to what the organizer's event says; who is no longer invited gets a cancellation. */
export function spread(world, calendar, event, before) {
  const invited = isCancelled(event) ? [] : guestsOf(event);
  for (const email of new Set([...guestsOf(before), ...invited])) {
    const copy = world.calendars.get(email);
    if (!copy || copy === calendar) continue;
    const kept = copy.events.get(event.id)?.event;
    const wanted = invited.includes(email);
    if (!wanted && (!kept || isCancelled(kept))) continue;
    const shared = Object.fromEntries(
      SHARED.filter((key) => event[key] !== undefined).map((key) => [key, event[key]]),
    );
    const { private: own } = kept?.extendedProperties ?? {};
    const { shared: common } = event.extendedProperties ?? {};
    const next = {
      ...ownFields(kept, event.id),
      ...structuredClone(shared),
      status: wanted ? event.status : 'cancelled',
    };
    if (own || common) next.extendedProperties = { ...(own && { private: own }), ...(common && { shared: common }) };
    keep(world, copy, next, kept);
  }
}

const ownFields = (kept, id) => {
  const own = { kind: 'calendar#event', id, reminders: { useDefault: true } };
  for (const [key, value] of Object.entries(kept ?? {})) if (!SHARED.includes(key)) own[key] = value;
  return own;
};

/** A guest's answer goes into the organizer's event, if that is known here, and from there to everybody. */
export function respond(world, id, organizer, email, change) {
  const calendar = world.calendars.get(organizer);
  const before = calendar?.events.get(id)?.event;
  if (!before || isCancelled(before)) return;
  const attendees = before.attendees.map((one) => (one.email === email ? { ...one, ...change } : one));
  const event = { ...before, attendees };
  keep(world, calendar, event, before);
  spread(world, calendar, event, before);
}
