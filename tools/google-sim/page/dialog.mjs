// What somebody says about one event.
import { isAllDay, plusDays } from '/page/week.mjs';

const $ = (id) => document.getElementById(id);
const form = $('form');
const field = (name) => form.elements[name];
const show = (query, visible) => form.querySelectorAll(query).forEach((one) => (one.hidden = !visible));

function fill({ event, calendars }) {
  const known = calendars.some(({ id }) => id === event.calendar);
  const options = calendars.map(({ id, summary }) =>
    Object.assign(document.createElement('option'), { value: id, textContent: summary }),
  );
  field('calendar').replaceChildren(...options);
  field('calendar').value = event.calendar;
  field('summary').value = event.summary ?? '';
  field('allDay').checked = isAllDay(event);
  field('free').checked = event.transparency === 'transparent';
  field('startDate').value = event.start.date ?? event.start.dateTime.slice(0, 10);
  field('endDate').value = event.end.date ? plusDays(event.end.date, -1) : event.end.dateTime.slice(0, 10);
  field('startTime').value = event.start.dateTime?.slice(11, 16) ?? '09:00';
  field('endTime').value = event.end.dateTime?.slice(11, 16) ?? '10:00';
  field('repeats').value = '';
  field('reach').value = 'one';
  return known;
}

function timesIn(zone) {
  const [allDay, startDate, endDate] = [field('allDay').checked, field('startDate').value, field('endDate').value];
  const none = { date: null, dateTime: null, timeZone: null };
  if (allDay) return { start: { ...none, date: startDate }, end: { ...none, date: plusDays(endDate, 1) } };
  const at = (date, time) => ({ ...none, dateTime: `${date}T${time}:00`, timeZone: zone });
  return { start: at(startDate, field('startTime').value), end: at(endDate, field('endTime').value) };
}

/** What differs from what was there: a change of a title must not be a change of a time. */
function changes(event, said) {
  const before = { summary: event.summary ?? '', transparency: event.transparency ?? 'opaque' };
  const changed = Object.fromEntries(Object.entries(said).filter(([name, value]) => before[name] !== value));
  const same = (was, is) =>
    was.date ? was.date === is.date : was.dateTime.slice(0, 16) === is.dateTime?.slice(0, 16);
  if (same(event.start, said.start) && same(event.end, said.end)) {
    delete changed.start;
    delete changed.end;
  }
  return changed;
}

function said(calendars, calendar) {
  const { time_zone: zone } = calendars.find(({ id }) => id === calendar);
  return {
    summary: field('summary').value,
    transparency: field('free').checked ? 'transparent' : 'opaque',
    ...timesIn(zone),
  };
}

/** Instances know their series; a change of all of them is one of the series, but for times. */
function target(event) {
  const reach = event.recurringEventId ? field('reach').value : 'one';
  return { reach, id: reach === 'all' ? event.recurringEventId : event.id };
}

async function save({ event, calendars, act }) {
  const calendar = field('calendar').value;
  if (!event.id) {
    const recurrence = field('repeats').value ? [field('repeats').value] : undefined;
    return act({ do: 'create', calendar, event: { ...said(calendars, calendar), recurrence } });
  }
  const changed = changes(event, said(calendars, event.calendar));
  const { reach, id } = target(event);
  if (reach === 'all' && changed.start) throw new Error('Times of a whole series change with “This and following”.');
  if (reach === 'following') await act({ do: 'split', calendar: event.calendar, id, event: changed });
  else if (Object.keys(changed).length > 0) await act({ do: 'change', calendar: event.calendar, id, event: changed });
  if (calendar !== event.calendar)
    await act({ do: 'move', calendar: event.calendar, id: event.recurringEventId ?? id, to: calendar });
  return undefined;
}

/** What follows is deleted by being made a series of its own first. */
async function remove({ event, act }) {
  const { reach, id } = target(event);
  const { calendar } = event;
  const rest = reach === 'following' ? await act({ do: 'split', calendar, id }) : { id };
  await act({ do: 'delete', calendar, id: rest.id });
}

/** `options`: event (without an id it is a new one), calendars that may be written, mine (the own invitation), act. */
export function openDialog(options) {
  const { event, mine, act } = options;
  const writable = fill(options);
  const invited = Boolean(mine) && !event.organizer?.self;
  $('title').textContent = event.id ? 'Event' : 'New event';
  $('about').textContent = invited ? `Invited by ${event.organizer.email}, ${mine.responseStatus}` : '';
  $('problem').textContent = '';
  show('.fresh', !event.id);
  show('.series', Boolean(event.recurringEventId));
  show('#delete', Boolean(event.id) && writable);
  show('#accept, #decline', Boolean(event.id) && invited);
  show('#save', writable);
  field('allDay').onchange = () => {
    show('.timed', !field('allDay').checked);
    for (const name of ['startTime', 'endTime']) field(name).disabled = field('allDay').checked;
  };
  field('allDay').onchange();
  const done = (action) => async (press) => {
    press?.preventDefault();
    try {
      await action();
      $('dialog').close();
    } catch (error) {
      $('problem').textContent = error.message;
    }
  };
  const { calendar, id } = event;
  form.onsubmit = done(() => save(options));
  $('delete').onclick = done(() => remove(options));
  $('accept').onclick = done(() => act({ do: 'answer', calendar, id, response: 'accepted' }));
  $('decline').onclick = done(() => act({ do: 'answer', calendar, id, response: 'declined' }));
  $('close').onclick = () => $('dialog').close();
  $('dialog').showModal();
}
