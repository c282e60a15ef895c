// The calendar on which one plays the human. Everything goes through /sim/…, as it does for tests.
import { openDialog } from '/page/dialog.mjs';
import { allDayOn, isAllDay, mondayOf, plusDays, timedOn, wallTime } from '/page/week.mjs';

const POLL_MS = 1000;
const [FIRST_HOUR, STEP_MINUTES] = [7, 15];
const MOST_SHOWN = 100;
const $ = (id) => document.getElementById(id);
const narrow = matchMedia('(max-width: 45rem)');

const view = { account: undefined, day: undefined, off: new Set(), state: undefined, events: [], seen: 0, key: '' };

async function sim(method, path, body) {
  const answer = await fetch(`/sim/${path}`, { method, body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error.message ?? said.error);
  return said;
}

const act = async (said) => {
  const event = await sim('POST', 'human', said);
  await refresh();
  return event;
};

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

const accountOf = () => view.state.accounts.find(({ email }) => email === view.account) ?? view.state.accounts[0];
const calendars = () => accountOf().calendars.filter(({ deleted, hidden }) => !deleted && !hidden);
const hueOf = (id) => (calendars().findIndex((one) => one.id === id) * 137 + 210) % 360;
const mayWrite = ({ role }) => ['owner', 'writer'].includes(role);
const columns = () => (narrow.matches ? 1 : 7);
const firstDay = () => (narrow.matches ? view.day : mondayOf(view.day));
const shownDays = () => Array.from({ length: columns() }, (_, i) => plusDays(firstDay(), i));

async function refresh() {
  view.state = await sim('GET', 'state');
  const today = new Intl.DateTimeFormat('sv', { timeZone: accountOf().time_zone }).format(new Date(view.state.now));
  view.day ??= today;
  const key = JSON.stringify([
    view.state.version,
    accountOf(),
    view.state.grants,
    firstDay(),
    columns(),
    [...view.off],
    today,
  ]);
  if (key === view.key) return;
  view.key = key;
  // A day more on both sides: wall time of any zone is less than a day from UTC.
  const range = `from=${plusDays(firstDay(), -1)}T00:00:00Z&to=${plusDays(firstDay(), columns() + 1)}T00:00:00Z`;
  const wanted = calendars().filter(({ id }) => !view.off.has(id));
  const lists = await Promise.all(
    wanted.map(({ id }) => sim('GET', `events?calendar=${encodeURIComponent(id)}&${range}`)),
  );
  view.events = lists.flatMap(({ events }, i) => events.map((event) => ({ ...event, calendar: wanted[i].id })));
  drawAccounts();
  drawDays(today);
  drawGrants();
}

function drawAccounts() {
  const options = view.state.accounts.map(({ email, name }) =>
    element('option', { value: email }, `${name} (${email})`),
  );
  $('account').replaceChildren(...options);
  $('account').value = accountOf().email;
  const boxes = calendars().map(({ id, summary }) => {
    const swatch = element('span', { className: 'swatch' });
    swatch.style.setProperty('--hue', hueOf(id));
    const onchange = ({ target }) => {
      if (target.checked) view.off.delete(id);
      else view.off.add(id);
      void refresh();
    };
    return element(
      'label',
      { className: 'check' },
      element('input', { type: 'checkbox', checked: !view.off.has(id), onchange }),
      swatch,
      summary,
    );
  });
  $('calendars').replaceChildren($('calendars').firstElementChild, ...boxes);
}

const dayName = (day) =>
  new Date(day).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

function drawDays(today) {
  const days = shownDays();
  document.documentElement.style.setProperty('--columns', days.length);
  $('span').textContent = days.length === 1 ? dayName(days[0]) : `${dayName(days[0])} – ${dayName(days.at(-1))}`;
  const head = (day) =>
    element(
      'div',
      { className: day === today ? 'day now' : 'day' },
      dayName(day),
      ...allDayOn(day, view.events).map(eventButton),
    );
  $('days').replaceChildren(element('div'), ...days.map(head));
  const clock = element('div', { className: 'clock' });
  for (let hour = 0; hour < 24; ++hour) clock.append(element('span', {}, `${String(hour).padStart(2, '0')}:00`));
  $('hours').replaceChildren(clock, ...days.map(dayColumn));
}

function dayColumn(day) {
  const column = element('div', { className: 'column' });
  column.dataset.day = day;
  for (const { event, from, to, lane, lanes } of timedOn(day, view.events)) {
    const button = eventButton(event);
    const tall = Math.max(to - from, 20) / 60;
    button.style.cssText += `top:calc(${from / 60} * var(--hour));height:calc(${tall} * var(--hour));`;
    button.style.cssText += `left:${(lane / lanes) * 100}%;width:${100 / lanes}%`;
    if (mayWrite(calendars().find(({ id }) => id === event.calendar))) draggable(button, event);
    column.append(button);
  }
  column.onclick = ({ target, offsetY }) => {
    const hour = Math.floor((offsetY / column.clientHeight) * 24);
    if (target === column) add(day, hour);
  };
  return column;
}

const mine = (event) => event.attendees?.find(({ self }) => self);

function eventButton(event) {
  const times = isAllDay(event)
    ? 'All day'
    : `${event.start.dateTime.slice(11, 16)}–${event.end.dateTime.slice(11, 16)}`;
  const free = event.transparency === 'transparent';
  const declined = mine(event)?.responseStatus === 'declined';
  const words = [times, free && 'free', declined && 'declined'].filter(Boolean).join(', ');
  const button = element('button', { type: 'button' }, element('b', {}, event.summary ?? '(no title)'), words);
  button.className = ['event', free && 'free', declined && 'declined'].filter(Boolean).join(' ');
  button.dataset.id = event.id;
  button.style.setProperty('--hue', hueOf(event.calendar));
  button.onclick = () => edit(event);
  return button;
}

const placeOf = (event) => calendars().find(({ id }) => id === event.calendar);
const shifted = (event, { dateTime }, minutes) => ({
  dateTime: wallTime(dateTime, minutes),
  timeZone: placeOf(event).time_zone,
});

/** Up and down in steps of a quarter of an hour, sideways from day to day. Other ways to do it are in the dialog. */
function draggable(button, event) {
  button.onpointerdown = (down) => {
    if (down.button !== 0 || down.pointerType === 'touch') return;
    button.setPointerCapture(down.pointerId);
    const column = button.parentElement;
    const quarter = (column.clientHeight / 1440) * STEP_MINUTES;
    let minutes = 0;
    button.onpointermove = (move) => {
      const days = Math.round((move.clientX - down.clientX) / column.clientWidth);
      minutes = Math.round((move.clientY - down.clientY) / quarter) * STEP_MINUTES + days * 1440;
      button.classList.toggle('dragged', minutes !== 0);
      button.style.transform = `translate(${days * column.clientWidth}px, ${Math.round((move.clientY - down.clientY) / quarter) * quarter}px)`;
    };
    button.onpointerup = async () => {
      button.onpointermove = button.onpointerup = null;
      if (minutes === 0) return;
      button.onclick = null;
      const change = { start: shifted(event, event.start, minutes), end: shifted(event, event.end, minutes) };
      await act({ do: 'change', calendar: event.calendar, id: event.id, event: change }).catch(() => (view.key = ''));
    };
  };
}

const writable = () => calendars().filter(mayWrite);
const edit = (event) => openDialog({ event, calendars: writable(), mine: mine(event), act });

function add(day, hour) {
  const at = (hours) => ({ dateTime: wallTime(`${day}T00:00:00`, hours * 60) });
  openDialog({
    event: { calendar: writable()[0].id, start: at(hour), end: at(hour + 1) },
    calendars: writable(),
    act,
  });
}

function drawGrants() {
  const mineOf = view.state.grants.filter(({ account }) => account === accountOf().email);
  const items = mineOf.map(({ client, scopes }) => {
    const onclick = async () => {
      await sim('POST', 'revoke', { account: accountOf().email });
      await refresh();
    };
    const names = scopes.map((scope) => scope.split('/').pop()).join(', ');
    const text = element('span', {}, element('b', {}, client.split('.')[0]), ` ${names}`);
    return element('li', {}, text, element('button', { className: 'danger', onclick }, 'Remove access'));
  });
  $('grants').replaceChildren(...(items.length > 0 ? items : [element('li', {}, 'None has been given any.')]));
}

async function drawRequests() {
  const { requests } = await sim('GET', `requests?after=${view.seen}`);
  for (const { at, method, path, status, number } of requests) {
    const cells = [new Date(at).toTimeString().slice(0, 8), `${method} ${decodeURIComponent(path)}`, status ?? '…'];
    $('requests').prepend(element('tr', {}, ...cells.map((text) => element('td', {}, String(text)))));
    view.seen = number;
  }
  while ($('requests').children.length > MOST_SHOWN) $('requests').lastElementChild.remove();
}

function go(days) {
  view.day = days === 0 ? undefined : plusDays(view.day, days * columns());
  void refresh();
}

$('account').onchange = ({ target }) => {
  view.account = target.value;
  void refresh();
};
$('earlier').onclick = () => go(-1);
$('today').onclick = () => go(0);
$('later').onclick = () => go(1);
$('add').onclick = () => add(view.day, 12);
narrow.onchange = () => void refresh();

async function poll() {
  // While somebody drags or writes, the week stays as it is.
  if (!document.querySelector('.dragged, dialog[open]')) await refresh();
  await drawRequests();
}
await poll();
$('scroll').scrollTop = ($('hours').scrollHeight / 24) * FIRST_HOUR;
setInterval(() => void poll().catch(() => undefined), POLL_MS);
