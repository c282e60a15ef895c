// What somebody does in Google's own calendar: no scopes, no quota, no conditions.
import { invalid, notFound } from './errors.mjs';
import { endedBefore, instancesOf } from './recurrence.mjs';
import { find, findLive } from './store.mjs';
import { msOf } from './times.mjs';
import { deleteEvent, insertEvent, moveEvent, patchEvent } from './writes.mjs';

export function calendarOf(world, id) {
  const calendar = world.calendars.get(id);
  if (!calendar) throw notFound();
  return calendar;
}

const ownerOf = (calendar) => [...calendar.roles].find(([, role]) => role === 'owner')?.[0] ?? calendar.id;

/** The verbs. Each gets what the request says, with the calendar in place of its id, and `by`, who does it. */
const VERBS = {
  /** With `organizer`: an invitation from somebody elsewhere. */
  create: (world, { calendar, by, event, organizer }) =>
    insertEvent(world, calendar, event, { by: organizer ?? by, organizer, knowsConferences: true }),
  change: (world, { calendar, by, id, event }) =>
    patchEvent(world, calendar, id, event, { by, knowsConferences: true }),
  delete: (world, { calendar, id }) => void deleteEvent(world, calendar, id),
  move: (world, { calendar, id, to }) => moveEvent(world, calendar, id, calendarOf(world, to)),
  answer,
  split,
};

/** accepted, declined or tentative, as the guest that the calendar belongs to. */
function answer(world, { calendar, by, id, response }) {
  const { attendees = [] } = findLive(calendar, id).event;
  if (!attendees.some(({ email }) => email === calendar.id)) throw invalid('Not invited.', 'id');
  const said = attendees.map((one) => (one.email === calendar.id ? { ...one, responseStatus: response } : one));
  return patchEvent(world, calendar, id, { attendees: said }, { by });
}

/** "This and following": the series ends before this instance, and another one begins with it. */
function split(world, { calendar, by, id, event = {} }) {
  const instance = findLive(calendar, id).event;
  const series = find(calendar, instance.recurringEventId).event;
  const original = instance.originalStartTime;
  const before = instancesOf(series, calendar.timeZone, msOf(original, calendar.timeZone) - 1).length;
  if (before === 0) return patchEvent(world, calendar, series.id, event, { by });
  const { iCalUID: _, sequence: __, recurringEventId: ___, originalStartTime: ____, ...fields } = instance;
  const recurrence = series.recurrence.map((line) =>
    line.replace(/COUNT=(\d+)/, (_, count) => `COUNT=${Number(count) - before}`),
  );
  patchEvent(world, calendar, series.id, { recurrence: endedBefore(series, original) }, { by });
  const body = { ...fields, id: undefined, recurrence, ...event };
  return insertEvent(world, calendar, body, { by, id: `${series.id}_R${id.split('_').at(-1).replace('Z', '')}` });
}

/** `said`: do (a verb), calendar, and what the verb needs. The event as it is afterwards. */
export function act(world, said) {
  const verb = VERBS[said.do];
  if (!verb) throw invalid(`Nobody can do ${said.do}.`, 'do');
  const calendar = calendarOf(world, said.calendar);
  return verb(world, { ...said, calendar, by: ownerOf(calendar) })?.event ?? {};
}
