// All that the stand-in knows, in memory. Accounts have a list of calendars, calendars have events, every change gets
// the next number of one counter: ETags, sync tokens and page order follow from it.
import { createHash, randomBytes } from 'node:crypto';
import { iso } from './times.mjs';

export const CLIENT = { id: 'roadbook.apps.googleusercontent.com', secret: 'the-secret-of-the-stand-in' };
const MOST_LOGGED = 5000;

/** What a test may change at /sim/settings. */
const SETTINGS = {
  /** An answer with a refresh token brings a new one and ends the old. */
  rotate_refresh_tokens: false,
  /** Listings begin with an empty page and have at most two entries on the others. */
  short_pages: false,
  /** Requests a minute; 0 is no limit. `writes` counts per calendar. */
  quota: { user: 600, project: 10_000, writes: 0, status: 403 },
  /** The next so many messages are lost or sent twice; all are late by so much. */
  webhooks: { drop: 0, duplicate: 0, delay_ms: 0, retry_ms: 250 },
  /** What id tokens say instead of the stand-in's address. */
  issuer: '',
};

export const randomId = (bytes = 16) => randomBytes(bytes).toString('hex');

export function createWorld() {
  const world = { version: 0, timers: new Set() };
  reset(world);
  return world;
}

/** Back to the two people of the demo, with everything else gone; tokens and channels of before know nothing. */
export function reset(world) {
  for (const timer of world.timers) clearTimeout(timer);
  const fresh = {
    skew: 0,
    settings: structuredClone(SETTINGS),
    clients: new Map([[CLIENT.id, { ...CLIENT, testing: false }]]),
    accounts: new Map(),
    calendars: new Map(),
    grants: new Map(),
    codes: new Map(),
    tokens: new Map(),
    channels: new Map(),
    pages: new Map(),
    faults: [],
    requests: [],
    asked: 0,
    spent: new Map(),
    timers: new Set(),
  };
  Object.assign(world, fresh);
  addAccount(world, { email: 'instructor@gmail.test', name: 'Ines Instructor', time_zone: 'Europe/Berlin' });
  addAccount(world, { email: 'office@gmail.test', name: 'Olga Office', time_zone: 'Europe/Berlin' });
}

export const now = (world) => Date.now() + world.skew;

/** A timer that a reset forgets; it keeps no process alive. */
export function later(world, ms, action) {
  const timer = setTimeout(() => {
    world.timers.delete(timer);
    action();
  }, ms);
  timer.unref();
  world.timers.add(timer);
}

/** The same person has the same `sub` after a reset or a new start. */
const subOf = (email) => String(createHash('sha256').update(email).digest().readBigUInt64BE());

export function addAccount(world, { email, name = email, time_zone: timeZone = 'Europe/Berlin', sub }) {
  const account = { email, name, timeZone, sub: sub ?? subOf(email), list: new Map() };
  world.accounts.set(email, account);
  addCalendar(world, { account: email, id: email, summary: name, time_zone: timeZone });
  return account;
}

export function addCalendar(world, { account, id, summary, time_zone: timeZone, role = 'owner' }) {
  const calendar = {
    id: id ?? `${randomId(13)}@group.calendar.google.com`,
    summary,
    timeZone: timeZone ?? world.accounts.get(account).timeZone,
    roles: new Map(),
    events: new Map(),
    /** Sync tokens older than this are no longer good. */
    floor: world.version,
    version: ++world.version,
  };
  world.calendars.set(calendar.id, calendar);
  share(world, calendar, account, { role });
  return calendar;
}

/** What an account may do with a calendar (nothing: role null), and how its list shows it. */
export function share(world, calendar, email, { role, ...shownAs }) {
  const { list } = world.accounts.get(email);
  if (role === null) {
    calendar.roles.delete(email);
    list.delete(calendar.id);
    return;
  }
  if (role) calendar.roles.set(email, role);
  list.set(calendar.id, { hidden: false, deleted: false, selected: true, ...list.get(calendar.id), ...shownAs });
}

export function removeCalendar(world, calendar) {
  for (const email of calendar.roles.keys()) world.accounts.get(email).list.delete(calendar.id);
  world.calendars.delete(calendar.id);
}

/** Changes members of settings, and of settings within them. */
export function merge(settings, change) {
  for (const [name, value] of Object.entries(change)) {
    if (!(name in settings)) throw new Error(`There is no setting ${name}.`);
    if (typeof value === 'object') merge(settings[name], value);
    else settings[name] = value;
  }
}

/** Gives a record its next number; `updated` stays where only reminders changed. */
export function touch(world, calendar, record, { remindersOnly = false } = {}) {
  record.version = ++world.version;
  record.event.etag = `"${1_700_000_000_000 + record.version}000"`;
  if (!remindersOnly) record.event.updated = iso(now(world));
  calendar.version = record.version;
}

/** Takes the first fault that is for this request; those with `skip` let so many pass before. */
export function takeFault(world, method, path) {
  const fault = world.faults.find(
    (one) => (!one.method || one.method === method) && path.startsWith(one.path ?? '/'),
  );
  if (!fault) return undefined;
  if (fault.skip > 0) {
    --fault.skip;
    return undefined;
  }
  if (--fault.times === 0) world.faults = world.faults.filter((one) => one !== fault);
  return fault;
}

export function logRequest(world, entry) {
  world.requests.push(Object.assign(entry, { number: ++world.asked }));
  if (world.requests.length > MOST_LOGGED) world.requests.shift();
}
