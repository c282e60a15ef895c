// Which instances a series has. ical.js (Mozilla) expands the rules: the web uses it too, it knows RDATE and EXDATE as
// well as RRULE, and it takes local times as they are. rrule keeps zones as if they were UTC, which is where clock
// changes go wrong. Here everything is local time of the series' zone until the very end.
import ICAL from 'ical.js';
import { YEAR_MS, addDays, compact, daysBetween, fromLocal, msOf, toLocal } from './times.mjs';
import { invalid } from './errors.mjs';

/** Longest search, so that a rule that never matches ends. */
const MOST_STEPS = 20_000;

const parsed = (line) => {
  try {
    return ICAL.Property.fromString(line);
  } catch (error) {
    throw invalid(`Invalid recurrence rule. (${error.message})`);
  }
};

/** What insert and update refuse. */
export function checkRecurrence(lines) {
  for (const line of lines) {
    const property = parsed(line);
    if (!['rrule', 'exdate', 'rdate'].includes(property.name)) throw invalid('Invalid recurrence rule.');
    if (property.name === 'rrule' && !property.getFirstValue()?.freq) throw invalid('Invalid recurrence rule.');
  }
}

/** An ical.js time as local time of the series' zone (or as its date). */
function localText(time, zone, tzid) {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.utcTimezone) return toLocal(time.toUnixTime() * 1000, zone);
  const text = time.toString().replace('Z', '');
  return tzid && tzid !== zone ? toLocal(fromLocal(text, tzid), zone) : text;
}

/** All starts of a rule in local time up to `last`, which is local time too. */
function startsOf(rule, first, last, zone) {
  const copy = rule.clone();
  if (copy.until) {
    const until = localText(copy.until, zone);
    copy.until = ICAL.Time.fromString(first.length === 10 ? until.slice(0, 10) : until.padEnd(19, 'T23:59:59'));
  }
  const found = [];
  const iterator = copy.iterator(ICAL.Time.fromString(first));
  for (let step = 0; step < MOST_STEPS; ++step) {
    const next = iterator.next()?.toString();
    if (!next || next > last) break;
    found.push(next);
  }
  return found;
}

function localStarts(event, last, zone) {
  const { start, recurrence } = event;
  const first = start.date ?? toLocal(Date.parse(start.dateTime), zone);
  const starts = new Set([first]);
  const left = new Set();
  for (const line of recurrence) {
    const property = parsed(line);
    const values = property.getValues();
    const texts = () => values.map((value) => localText(value, zone, property.getParameter('tzid')));
    if (property.name === 'rrule') startsOf(values[0], first, last, zone).forEach((text) => starts.add(text));
    if (property.name === 'rdate') texts().forEach((text) => starts.add(text));
    if (property.name === 'exdate') texts().forEach((text) => left.add(text));
  }
  return [...starts].filter((text) => !left.has(text) && text <= last).sort();
}

/** Expanding is what costs; events as they are kept never change, new ones take their place. */
const expansions = new WeakMap();

/**
 * The instances of a series that begin before `until` (an instant), as
 * `{id, start, end, originalStartTime}` in kept form, exceptions not considered.
 */
export function instancesOf(event, calendarZone, until) {
  let known = expansions.get(event);
  if (!known || known.until < until || known.calendarZone !== calendarZone) {
    const found = expand(event, calendarZone, until + YEAR_MS);
    known = { until: until + YEAR_MS, calendarZone, found };
    expansions.set(event, known);
  }
  return known.found.filter(({ originalStartTime }) => msOf(originalStartTime, calendarZone) <= until);
}

function expand(event, calendarZone, until) {
  const { start, end } = event;
  if (start.date) {
    const days = daysBetween(start.date, end.date);
    return localStarts(event, toLocal(until, calendarZone).slice(0, 10), calendarZone).map((date) => ({
      id: `${event.id}_${date.replaceAll('-', '')}`,
      start: { date },
      end: { date: addDays(date, days) },
      originalStartTime: { date },
    }));
  }
  const zone = start.timeZone ?? calendarZone;
  const length = msOf(end) - msOf(start);
  return localStarts(event, toLocal(until, zone), zone).map((text) => {
    const from = fromLocal(text, zone);
    const at = (ms, timeZone) => ({ dateTime: new Date(ms).toISOString().replace('.000', ''), timeZone });
    const begun = at(from, zone);
    const ended = at(from + length, end.timeZone ?? zone);
    return { id: `${event.id}_${compact(from)}`, start: begun, end: ended, originalStartTime: begun };
  });
}

/** The series' rules with an end just before `start`, an instance in kept form: "this and following". */
export function endedBefore(event, start) {
  const until = start.date ? addDays(start.date, -1).replaceAll('-', '') : compact(Date.parse(start.dateTime) - 1000);
  return event.recurrence.map((line) =>
    line.startsWith('RRULE') ? `${line.replace(/;(UNTIL|COUNT)=[^;]*/g, '')};UNTIL=${until}` : line,
  );
}
