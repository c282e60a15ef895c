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

export const longDate = (date: string): string => format(language(), 'UTC', DAY).format(noon(date));
export const shortDate = (date: string): string => format(language(), 'UTC', SHORT_DAY).format(noon(date));
export const weekday = (date: string): string =>
  format(language(), 'UTC', { weekday: 'short' }).format(noon(date));
export const dayNumber = (date: string): string =>
  format(language(), 'UTC', { day: 'numeric' }).format(noon(date));
export const monthName = (date: string): string =>
  format(language(), 'UTC', { month: 'short' }).format(noon(date));

/** "in 3 days", "in 2 hours", "in 20 minutes": the largest unit that says something. */
export function fromNow(instant: string, zone: string, now: Date): string {
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const minutes = Math.round((Date.parse(instant) - now.getTime()) / 60_000);
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  const days = daysBetween(todayIn(zone, now), dateAt(instant, zone));
  if (days === 0) return words.format(Math.round(minutes / 60), 'hour');
  return words.format(days, 'day');
}
