// Days and where events stand in them. Times are wall time as the stand-in renders it ("2027-03-01T09:00…"): no zones.
const DAY_MS = 86_400_000;

export const plusDays = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
export const mondayOf = (day) => plusDays(day, -((new Date(day).getUTCDay() + 6) % 7));

/** Minutes since midnight of `day`, within that day. */
function minutesIn(day, { dateTime }) {
  const date = dateTime.slice(0, 10);
  if (date !== day) return date < day ? 0 : 1440;
  return Number(dateTime.slice(11, 13)) * 60 + Number(dateTime.slice(14, 16));
}

export const isAllDay = (event) => Boolean(event.start.date);
export const allDayOn = (day, events) =>
  events.filter((event) => isAllDay(event) && event.start.date <= day && day < event.end.date);

/** The timed events of a day as {event, from, to, lane, lanes}: what overlaps stands side by side. */
export function timedOn(day, events) {
  const spans = events
    .filter((event) => !isAllDay(event))
    .map((event) => ({ event, from: minutesIn(day, event.start), to: minutesIn(day, event.end) }))
    .filter(({ event, from, to }) => to > from || (to === from && event.start.dateTime.startsWith(day)))
    .sort((a, b) => a.from - b.from || b.to - a.to);
  for (let group = [], i = 0; i < spans.length; ++i) {
    const span = spans[i];
    if (group.every((one) => one.to <= span.from)) group = [];
    const taken = new Set(group.filter((one) => one.to > span.from).map(({ lane }) => lane));
    span.lane = 0;
    while (taken.has(span.lane)) ++span.lane;
    group.push(span);
    const lanes = Math.max(...group.map(({ lane }) => lane)) + 1;
    for (const one of group) one.lanes = lanes;
  }
  return spans;
}

/** Wall time `minutes` later, as a request says it. */
export const wallTime = (dateTime, minutes) =>
  new Date(Date.parse(`${dateTime.slice(0, 19)}Z`) + minutes * 60_000).toISOString().slice(0, 19);
