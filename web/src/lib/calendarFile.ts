type Entry = { id: string; title: string; start: string; end: string; place?: string };

const stamp = (instant: string): string => new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** Text in iCalendar: RFC 5545 §3.3.11. */
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');

/** One lesson as an iCalendar file (RFC 5545), instants in UTC. */
export function calendarFile(entry: Entry, now: Date): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Roadbook//EN',
    'BEGIN:VEVENT',
    `UID:${entry.id}@roadbook`,
    `DTSTAMP:${stamp(now.toISOString())}`,
    `DTSTART:${stamp(entry.start)}`,
    `DTEND:${stamp(entry.end)}`,
    `SUMMARY:${escaped(entry.title)}`,
    ...(entry.place ? [`LOCATION:${escaped(entry.place)}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** A link that opens Google Calendar with the lesson filled in. */
export function googleCalendarLink(entry: Entry): string {
  const query = new URLSearchParams({
    action: 'TEMPLATE',
    text: entry.title,
    dates: `${stamp(entry.start)}/${stamp(entry.end)}`,
    ...(entry.place ? { location: entry.place } : {}),
  });
  return `https://calendar.google.com/calendar/render?${query.toString()}`;
}
