// Instants, dates and zones as Calendar v3 writes them. luxon does the arithmetic of zones: Node has none of its own
// before Temporal, and luxon asks Intl, so the zones are those of the system that runs it.
import { DateTime, IANAZone } from 'luxon';
import { invalid, required } from './errors.mjs';

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;
const OFFSET = /([Zz]|[+-]\d\d:\d\d)$/;
export const DAY_MS = 86_400_000;
export const YEAR_MS = 366 * DAY_MS;

const utc = (ms) => DateTime.fromMillis(ms, { zone: 'utc' });
export const iso = (ms) => utc(ms).toISO({ suppressMilliseconds: false });
export const compact = (ms) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
export const toLocal = (ms, zone) => DateTime.fromMillis(ms, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
export const fromLocal = (local, zone) => DateTime.fromISO(local, { zone }).toMillis();
export const addDays = (date, days) => DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate();
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** What a request means by timeMin and the like: an instant with an offset. */
export function instantOf(text, name) {
  const ms = DATE_TIME.test(text) && OFFSET.test(text) ? fromLocal(text.toUpperCase(), 'utc') : NaN;
  if (Number.isNaN(ms)) throw invalid(`Invalid value for: Invalid format: "${text}"`, name);
  return ms;
}

/** A start or end as it was written, as it is kept: `{date}` or `{dateTime (UTC, whole seconds), timeZone?}`. */
export function normalised(when, name, { recurring = false } = {}) {
  if (!when) throw required(`Missing ${name} time.`);
  const { date, dateTime, timeZone } = when;
  if (Boolean(date) === Boolean(dateTime)) throw invalid(`Invalid ${name} time.`);
  if (timeZone && !IANAZone.isValidZone(timeZone)) throw invalid(`Invalid time zone definition for ${name} time.`);
  if (date) {
    if (!DATE.test(date) || !DateTime.fromISO(date).isValid) throw invalid(`Invalid ${name} time.`);
    return { date };
  }
  if (!DATE_TIME.test(dateTime)) throw invalid(`Invalid ${name} time.`);
  const absolute = OFFSET.test(dateTime);
  if (!timeZone && (recurring || !absolute)) throw required(`Missing time zone definition for ${name} time.`);
  const ms = fromLocal(dateTime.toUpperCase(), timeZone ?? 'utc');
  if (Number.isNaN(ms)) throw invalid(`Invalid ${name} time.`);
  const kept = { dateTime: utc(Math.floor(ms / 1000) * 1000).toISO({ suppressMilliseconds: true }) };
  return timeZone ? { ...kept, timeZone } : kept;
}

/** The instant of a kept start or end; all-day means midnight in the calendar's zone. */
export const msOf = (when, zone) => (when.date ? fromLocal(when.date, zone) : Date.parse(when.dateTime));

/** As an answer shows it: in the zone asked for, which need not be `timeZone`. */
export function rendered(when, zone) {
  if (!when?.dateTime) return when;
  const dateTime = DateTime.fromISO(when.dateTime, { zone }).toISO({ suppressMilliseconds: true });
  return { dateTime, timeZone: when.timeZone ?? zone };
}

export const inZone = (ms, zone) => DateTime.fromMillis(ms, { zone }).toISO({ suppressMilliseconds: true });
export const isZone = (zone) => IANAZone.isValidZone(zone);
