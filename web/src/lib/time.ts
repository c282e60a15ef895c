// Instants are strings in UTC, dates are strings of the school's calendar. Nothing here knows the zone of the phone.

const formats = new Map<string, Intl.DateTimeFormat>();
function format(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  formats.set(key, made);
  return made;
}

const NUMBERS: Intl.DateTimeFormatOptions = {
  calendar: 'iso8601',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
};

function onTheClock(instant: string, zone: string) {
  const parts = format('en-u-nu-latn', zone, NUMBERS).formatToParts(new Date(instant));
  return Object.fromEntries(parts.map((part) => [part.type, part.value]));
}

/** The school's date at an instant: "2026-03-29". */
export function dateAt(instant: string, zone: string): string {
  const { year = '', month = '', day = '' } = onTheClock(instant, zone);
  return `${year}-${month}-${day}`;
}

/** The hour of the day, 0 to 23, at an instant on the school's clock. */
export const hourAt = (instant: string, zone: string): number => Number(onTheClock(instant, zone).hour);

/** What the clock on the school's wall shows: a date, and the minutes since its midnight. */
export type Wall = { date: string; minutes: number };

// A drag asks for the same few hundred again and again.
const walls = new Map<string, Wall>();
const MOST_WALLS = 5_000;

export function wallOf(instant: string, zone: string): Readonly<Wall> {
  const key = `${zone} ${instant}`;
  const known = walls.get(key);
  if (known) return known;
  const { year = '', month = '', day = '', hour, minute } = onTheClock(instant, zone);
  const wall = { date: `${year}-${month}-${day}`, minutes: Number(hour) * 60 + Number(minute) };
  if (walls.size >= MOST_WALLS) walls.clear();
  walls.set(key, wall);
  return wall;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The first instant at which the clock of the school shows this time or a later one: see docs/time.md. */
export function instantAt(date: string, minutes: number, zone: string): string {
  // Both the wall's time and the one that is asked for, counted as if they were UTC.
  const asked = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS;
  const shown = (at: number) => {
    const wall = wallOf(new Date(at).toISOString(), zone);
    return Date.parse(`${wall.date}T00:00:00Z`) + wall.minutes * MINUTE_MS;
  };
  const [first = asked, last = asked] = [asked - DAY_MS, asked + DAY_MS]
    .map((near) => asked - (shown(near) - near))
    .toSorted((a, b) => a - b);
  const met = [first, last].find((at) => shown(at) === asked);
  let [before, after] = [first, last];
  // The clock leaps over it: look for the leap.
  while (met === undefined && after - before > MINUTE_MS) {
    const middle = before + Math.round((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (shown(middle) < asked) before = middle;
    else after = middle;
  }
  return toInstant(met ?? after);
}

/** An instant as the server writes it, to the second. */
export const toInstant = (at: number): string => new Date(at).toISOString().replace('.000', '');

export const addMinutes = (instant: string, minutes: number): string =>
  toInstant(Date.parse(instant) + minutes * MINUTE_MS);

export const minutesBetween = (start: string, end: string): number =>
  (Date.parse(end) - Date.parse(start)) / MINUTE_MS;

export const todayIn = (zone: string, now: Date): string => dateAt(now.toISOString(), zone);

// A plain date has no zone: noon in UTC stands for it, so that no offset can push it over midnight.
const noon = (date: string): Date => new Date(`${date}T12:00:00Z`);

export function addDays(date: string, days: number): string {
  const moved = noon(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

export const daysBetween = (from: string, to: string): number =>
  Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);

/** The Monday of a date's week. */
export const mondayOf = (date: string): string => addDays(date, -((noon(date).getUTCDay() + 6) % 7));

/** 1 is Monday, as in an instructor's weekly hours. */
export const weekdayNumber = (date: string): number => ((noon(date).getUTCDay() + 6) % 7) + 1;

/** "London" for "Europe/London". */
export const cityOf = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

const language = (): string => (navigator.language.startsWith('en') ? navigator.language : 'en-GB');

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
const SHORT_DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };

/** "09:00" on the school's clock. */
export const clock = (instant: string, zone: string): string =>
  format(language(), zone, CLOCK).format(new Date(instant));

export const clockRange = (start: string, end: string, zone: string): string =>
  `${clock(start, zone)} – ${clock(end, zone)}`;

/** "Monday 23 November" of an instant. */
export const dayOf = (instant: string, zone: string): string =>
  format(language(), zone, DAY).format(new Date(instant));

/** "Mon 23 Nov, 09:00" of an instant. */
export const shortMoment = (instant: string, zone: string): string =>
  format(language(), zone, { ...SHORT_DAY, ...CLOCK }).format(new Date(instant));

/** "Mon 23 Nov, 09:00 – 10:00" of a lesson. */
export const shortRange = (start: string, end: string, zone: string): string =>
  `${shortMoment(start, zone)} – ${clock(end, zone)}`;

export const longDate = (date: string): string => format(language(), 'UTC', DAY).format(noon(date));
export const shortDate = (date: string): string => format(language(), 'UTC', SHORT_DAY).format(noon(date));
export const weekday = (date: string): string =>
  format(language(), 'UTC', { weekday: 'short' }).format(noon(date));
export const dayNumber = (date: string): string =>
  format(language(), 'UTC', { day: 'numeric' }).format(noon(date));
export const monthName = (date: string): string =>
  format(language(), 'UTC', { month: 'short' }).format(noon(date));

/** "9 – 15 March 2026", both ends included. */
export const dateRange = (from: string, last: string, month: 'long' | 'short' = 'long'): string =>
  format(language(), 'UTC', { day: 'numeric', month, year: 'numeric' }).formatRange(noon(from), noon(last));

/** "09:00" for minutes since midnight, whatever the date: the end of a day is 24:00. */
export const wallTime = (minutes: number): string =>
  minutes >= 1440 ? '24:00' : clock(toInstant(minutes * MINUTE_MS), 'UTC');

/** "09:05" as fields of forms and the server write it, in any language. */
export const timeOfDay = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** The other way round. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** "in 3 days", "in 2 hours", "in 20 minutes": the largest unit that says something. */
export function fromNow(instant: string, zone: string, now: Date): string {
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const minutes = Math.round((Date.parse(instant) - now.getTime()) / 60_000);
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  const days = daysBetween(todayIn(zone, now), dateAt(instant, zone));
  if (days === 0) return words.format(Math.round(minutes / 60), 'hour');
  return words.format(days, 'day');
}
