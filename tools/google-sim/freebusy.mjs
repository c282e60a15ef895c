// When calendars are busy. Source: Calendar API, reference/freebusy/query; the longest range is what integrators met.
import { ApiError, required, timeRangeEmpty } from './errors.mjs';
import { expanded } from './lists.mjs';
import { isCancelled } from './store.mjs';
import { DAY_MS, inZone, instantOf, msOf } from './times.mjs';

const LONGEST_MS = 90 * DAY_MS;
const MOST_CALENDARS = 50;
const NEVER_BUSY = ['workingLocation', 'birthday'];

/** Tentative and unanswered are busy; declined is not. */
export function isBusy(calendar, event) {
  const mine = event.attendees?.find(({ email }) => email === calendar.id);
  const free = isCancelled(event) || event.transparency === 'transparent' || mine?.responseStatus === 'declined';
  return !free && !NEVER_BUSY.includes(event.eventType);
}

function busySpans(world, calendar, min, max) {
  const zone = calendar.timeZone;
  const spans = expanded(world, calendar, min, max)
    .filter((event) => isBusy(calendar, event))
    .map(({ start, end }) => [Math.max(msOf(start, zone), min), Math.min(msOf(end, zone), max)])
    .sort(([a], [b]) => a - b);
  const joined = [];
  for (const [start, end] of spans) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** `calendarOf` throws for what cannot be seen; that is an error of one calendar inside an answer that is fine. */
export function freeBusy(world, { timeMin, timeMax, timeZone = 'UTC', items = [] }, calendarOf) {
  if (!timeMin || !timeMax) throw required('Missing timeMin or timeMax.');
  const [min, max] = [instantOf(timeMin, 'timeMin'), instantOf(timeMax, 'timeMax')];
  if (max <= min) throw timeRangeEmpty();
  if (max - min > LONGEST_MS)
    throw new ApiError(400, 'timeRangeTooLong', 'The requested time range is too long.', {
      domain: 'calendar',
      location: 'timeMax',
    });
  const calendars = {};
  for (const [place, { id }] of items.entries()) {
    const refused = (reason) => (calendars[id] = { errors: [{ domain: 'global', reason }], busy: [] });
    if (place >= MOST_CALENDARS) refused('tooManyCalendarsRequested');
    else
      try {
        const spans = busySpans(world, calendarOf(id), min, max);
        calendars[id] = {
          busy: spans.map(([start, end]) => ({ start: inZone(start, timeZone), end: inZone(end, timeZone) })),
        };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused(error.reason);
      }
  }
  return { kind: 'calendar#freeBusy', timeMin: inZone(min, 'utc'), timeMax: inZone(max, 'utc'), calendars };
}
