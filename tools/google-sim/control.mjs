// The control interface of tests and of the page: /sim/…, JSON in and out. Nothing of it is Google's.
import { shownChannel } from './channels.mjs';
import { ApiError } from './errors.mjs';
import { act, calendarOf } from './human.mjs';
import { expanded, shown } from './lists.mjs';
import { instantOf } from './times.mjs';
import { endGrant, rotateKeys } from './tokens.mjs';
import { addAccount, addCalendar, merge, now, removeCalendar, reset, share } from './world.mjs';

const ROUTES = {
  'GET /sim/state': state,
  'POST /sim/reset': reset,
  'POST /sim/clock': (world, { advance_seconds: seconds }) => void (world.skew += seconds * 1000),
  'PATCH /sim/settings': (world, change) => merge(world.settings, change),
  'POST /sim/clients': (world, { id, secret, testing = false }) =>
    void world.clients.set(id, { id, secret, testing }),
  'POST /sim/accounts': (world, body) => ({ sub: addAccount(world, body).sub }),
  'POST /sim/calendars': (world, body) => ({ id: addCalendar(world, body).id }),
  'DELETE /sim/calendars': (world, { id }) => removeCalendar(world, calendarOf(world, id)),
  'POST /sim/shares': (world, { calendar, account, ...said }) =>
    share(world, calendarOf(world, calendar), account, said),
  'POST /sim/human': act,
  'GET /sim/events': events,
  'GET /sim/requests': ({ requests }, { after = 0 }) => ({
    requests: requests.filter(({ number }) => number > after),
  }),
  'DELETE /sim/requests': (world) => void (world.requests = []),
  'POST /sim/faults': (world, fault) => void world.faults.push({ times: 1, skip: 0, ...fault }),
  'DELETE /sim/faults': (world) => void (world.faults = []),
  'POST /sim/sync-tokens/expire': expireSyncTokens,
  'POST /sim/access-tokens/expire': expireAccessTokens,
  'POST /sim/revoke': (world, { account }) => revokeAll(world, account),
  'POST /sim/keys/rotate': rotateKeys,
};

export function control(world, { method, url, text }) {
  const route = ROUTES[`${method} ${url.pathname}`];
  if (!route) return { status: 404, body: { error: `There is no ${method} ${url.pathname}.` } };
  try {
    const said = { ...Object.fromEntries(url.searchParams), ...JSON.parse(text || '{}') };
    return { status: 200, body: route(world, said) ?? {} };
  } catch (error) {
    if (error instanceof ApiError) return error.answer();
    return { status: 400, body: { error: String(error) } };
  }
}

function accountState(world, { email, name, timeZone, list }) {
  const calendars = [...list].map(([id, entry]) => {
    const calendar = world.calendars.get(id);
    return { id, summary: calendar.summary, time_zone: calendar.timeZone, role: calendar.roles.get(email), ...entry };
  });
  return { email, name, time_zone: timeZone, calendars };
}

function state(world) {
  const grants = [...world.grants.values()].filter(({ scopes }) => scopes.size > 0);
  return {
    now: new Date(now(world)).toISOString(),
    version: world.version,
    settings: world.settings,
    faults: world.faults,
    accounts: [...world.accounts.values()].map((account) => accountState(world, account)),
    grants: grants.map(({ client, account, scopes }) => ({ client, account, scopes: [...scopes] })),
    channels: [...world.channels.values()].map((channel) => ({
      ...shownChannel(channel),
      address: channel.address,
      calendar: channel.calendar,
      stopped: Boolean(channel.stopped),
      messages: channel.messages,
    })),
  };
}

/** All of a calendar, deleted ones too; with `from` and `to` what happens then, instances one by one. */
function events(world, { calendar: id, from, to }) {
  const calendar = calendarOf(world, id);
  const found = from
    ? expanded(world, calendar, instantOf(from, 'from'), instantOf(to, 'to'))
    : [...calendar.events.values()].map(({ event }) => event);
  return { events: found.map((event) => shown(calendar, event, 'owner')) };
}

function expireSyncTokens(world, { calendar }) {
  const chosen = calendar ? [calendarOf(world, calendar)] : [...world.calendars.values()];
  for (const one of chosen) one.floor = ++world.version;
}

function expireAccessTokens(world, { account }) {
  for (const kept of world.tokens.values())
    if (kept.kind === 'access' && (!account || kept.account === account)) kept.until = 0;
}

/** As its owner at myaccount.google.com: every app loses what it had. */
function revokeAll(world, email) {
  for (const { client, account } of [...world.grants.values()])
    if (account === email) endGrant(world, client, account);
}
