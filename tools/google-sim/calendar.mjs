// Calendar v3 over HTTP: which request is which method, who may ask for it, and what it answers. Scopes are those that
// the discovery document lists for each method. Source: Calendar API v3 reference.
import { openChannel, shownChannel, stopChannel } from './channels.mjs';
import {
  ApiError,
  conditionNotMet,
  invalid,
  needsRole,
  notFound,
  required,
  scopeMissing,
  unauthorized,
} from './errors.mjs';
import { freeBusy } from './freebusy.mjs';
import { listEvents, listInstances, paged, shown, shownOne, zoneOf } from './lists.mjs';
import { spend } from './quota.mjs';
import { find } from './store.mjs';
import { bearerOf } from './tokens.mjs';
import { later } from './world.mjs';
import {
  deleteEvent,
  importEvent,
  insertEvent,
  makeConference,
  moveEvent,
  patchEvent,
  replaceEvent,
} from './writes.mjs';

const ROLES = ['freeBusyReader', 'reader', 'writer', 'owner'];
const SEND_UPDATES = ['all', 'externalOnly', 'none'];
const CONFERENCE_MS = 200;

const READ = ['calendar', 'calendar.readonly'];
const LISTS = [...READ, 'calendar.calendarlist', 'calendar.calendarlist.readonly'];
const WRITE_EVENTS = ['calendar', 'calendar.events', 'calendar.events.owned'];
const READ_EVENTS = [
  ...READ,
  'calendar.events',
  'calendar.events.readonly',
  'calendar.events.owned',
  'calendar.events.owned.readonly',
];

const EVENTS = '/calendars/:calendar/events';
const EVENT = `${EVENTS}/:event`;

/** [method, path, name, scopes, role at least (undefined: no calendar), handler] */
const ROUTES = [
  ['GET', '/users/me/calendarList', 'CalendarList.List', LISTS, undefined, listCalendars],
  ['GET', '/users/me/calendarList/:calendar', 'CalendarList.Get', LISTS, 'freeBusyReader', calendarEntry],
  [
    'GET',
    '/calendars/:calendar',
    'Calendars.Get',
    [...READ, 'calendar.calendars', 'calendar.calendars.readonly'],
    'freeBusyReader',
    calendarOnly,
  ],
  ['GET', EVENTS, 'Events.List', READ_EVENTS, 'freeBusyReader', list],
  ['POST', EVENTS, 'Events.Insert', WRITE_EVENTS, 'writer', insert],
  ['POST', `${EVENTS}/import`, 'Events.Import', WRITE_EVENTS, 'writer', importOne],
  ['POST', `${EVENTS}/watch`, 'Events.Watch', READ_EVENTS, 'freeBusyReader', watch],
  ['GET', EVENT, 'Events.Get', READ_EVENTS, 'freeBusyReader', get],
  ['PUT', EVENT, 'Events.Update', WRITE_EVENTS, 'writer', update],
  ['PATCH', EVENT, 'Events.Patch', WRITE_EVENTS, 'writer', patch],
  ['DELETE', EVENT, 'Events.Delete', WRITE_EVENTS, 'writer', remove],
  ['GET', `${EVENT}/instances`, 'Events.Instances', READ_EVENTS, 'freeBusyReader', instances],
  ['POST', `${EVENT}/move`, 'Events.Move', WRITE_EVENTS, 'writer', move],
  ['POST', '/channels/stop', 'Channels.Stop', [...new Set([...LISTS, ...READ_EVENTS])], undefined, stop],
  [
    'POST',
    '/freeBusy',
    'Freebusy.Query',
    [...READ, 'calendar.freebusy', 'calendar.events.freebusy'],
    undefined,
    busy,
  ],
].map(([method, path, name, scopes, role, handler]) => ({
  method,
  pattern: new RegExp(`^/calendar/v3${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  name: `calendar.v3.${name}`,
  scopes: scopes.map((scope) => `https://www.googleapis.com/auth/${scope}`),
  role,
  handler,
}));

/** Answers a request, or undefined where there is no such method. Its log entry learns who asked. */
export function calendarApi(world, base, request, entry) {
  const route = ROUTES.find((one) => one.method === request.method && one.pattern.test(request.url.pathname));
  if (!route) return undefined;
  try {
    return answer(world, base, request, route, entry);
  } catch (error) {
    if (error instanceof ApiError) return error.answer();
    throw error;
  }
}

function answer(world, base, request, route, entry) {
  const token = bearerOf(world, request.headers);
  if (!token) throw unauthorized();
  Object.assign(entry, { account: token.account, client: token.client });
  spend(world, token.account);
  const matching = route.scopes.filter((scope) => token.scopes.includes(scope));
  if (matching.length === 0) throw scopeMissing(route.name, route.scopes);
  const call = callOf(world, base, request, route, token);
  // With nothing but "events on calendars that you own" the others are out of reach.
  if (call.role && call.role !== 'owner' && matching.every((scope) => scope.includes('.owned')))
    throw scopeMissing(route.name, route.scopes);
  if (route.role === 'writer') spend(world, token.account, call.calendar);
  const result = route.handler(call);
  if (!result) return { status: 204, body: '' };
  const unchanged = request.method === 'GET' && result.etag && request.headers['if-none-match'] === result.etag;
  const headers = result.etag ? { ETag: result.etag } : {};
  return unchanged ? { status: 304, headers, body: '' } : { status: 200, headers, body: result };
}

function callOf(world, base, request, route, token) {
  const { groups = {} } = route.pattern.exec(request.url.pathname);
  const params = Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  const query = request.url.searchParams;
  const call = {
    world,
    base,
    query,
    headers: request.headers,
    account: world.accounts.get(token.account),
    client: token.client,
  };
  if (!['GET', 'DELETE'].includes(request.method)) call.body = parsed(request.text);
  if (query.has('sendUpdates') && !SEND_UPDATES.includes(query.get('sendUpdates')))
    throw invalid(`Invalid string value: '${query.get('sendUpdates')}'.`, 'sendUpdates');
  if (!route.role) return call;
  Object.assign(call, reached(world, call.account, params.calendar));
  if (ROLES.indexOf(call.role) < ROLES.indexOf(route.role)) throw needsRole(route.role);
  call.id = params.event;
  call.how = { by: token.account, knowsConferences: query.get('conferenceDataVersion') === '1' };
  return call;
}

function parsed(text) {
  try {
    return JSON.parse(text || '{}');
  } catch {
    throw new ApiError(400, 'parseError', 'Parse Error');
  }
}

/** A calendar that an account may see, and as what. Any other is not found. */
export function reached(world, account, id) {
  const calendar = world.calendars.get(id === 'primary' ? account.email : id);
  const role = calendar?.roles.get(account.email);
  if (!role) throw notFound();
  return { calendar, role };
}

function entryOf(account, calendar) {
  const { hidden, deleted, selected } = account.list.get(calendar.id);
  return {
    kind: 'calendar#calendarListEntry',
    etag: `"${calendar.version}"`,
    id: calendar.id,
    summary: calendar.summary,
    timeZone: calendar.timeZone,
    colorId: '14',
    backgroundColor: '#9fe1e7',
    foregroundColor: '#000000',
    ...(selected && { selected }),
    ...(hidden && { hidden }),
    ...(deleted && { deleted }),
    accessRole: calendar.roles.get(account.email),
    defaultReminders: [],
    ...(calendar.id === account.email && { primary: true }),
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

function listCalendars({ world, account, query }) {
  const wanted = (name) => query.get(name) === 'true';
  const least = ROLES.indexOf(query.get('minAccessRole') ?? ROLES[0]);
  if (least < 0) throw invalid('Invalid value for minAccessRole.', 'minAccessRole');
  const page = paged(world, query, `calendarList ${account.email}`, () => ({
    items: [...account.list.keys()]
      .map((id) => entryOf(account, world.calendars.get(id)))
      .filter(({ hidden, deleted }) => (!hidden || wanted('showHidden')) && (!deleted || wanted('showDeleted')))
      .filter(({ accessRole }) => ROLES.indexOf(accessRole) >= least),
  }));
  return { kind: 'calendar#calendarList', etag: `"p${world.version}"`, ...page };
}

function calendarEntry({ account, calendar }) {
  return entryOf(account, calendar);
}

function calendarOnly({ calendar }) {
  const { id, summary, timeZone, version } = calendar;
  return { kind: 'calendar#calendar', etag: `"${version}"`, id, summary, timeZone };
}

function list({ world, calendar, role, query }) {
  return listEvents(world, calendar, role, query);
}

function instances({ world, calendar, role, query, id }) {
  return listInstances(world, calendar, role, find(calendar, id), query);
}

const one = ({ calendar, role, query }, record) => shownOne(calendar, record.event, role, zoneOf(query, calendar));

function get(call) {
  return one(call, find(call.calendar, call.id));
}

function insert(call) {
  return written(call, insertEvent(call.world, call.calendar, call.body, call.how));
}

function importOne(call) {
  return written(call, importEvent(call.world, call.calendar, call.body, call.how));
}

function update(call) {
  checkMatch(call);
  return written(call, replaceEvent(call.world, call.calendar, call.id, call.body, call.how));
}

function patch(call) {
  checkMatch(call);
  return written(call, patchEvent(call.world, call.calendar, call.id, call.body, call.how));
}

function remove(call) {
  checkMatch(call);
  deleteEvent(call.world, call.calendar, call.id);
}

function checkMatch({ calendar, id, headers }) {
  const wanted = headers['if-match'];
  if (wanted && wanted !== '*' && wanted !== find(calendar, id).event.etag) throw conditionNotMet();
}

function written(call, record) {
  const { world, calendar } = call;
  if (call.how.knowsConferences) later(world, CONFERENCE_MS, () => makeConference(world, calendar, record.event));
  return one(call, record);
}

function move(call) {
  const { world, account, calendar, query, id } = call;
  if (!query.get('destination')) throw required('Required parameter: destination');
  const to = reached(world, account, query.get('destination'));
  if (ROLES.indexOf(to.role) < ROLES.indexOf('writer')) throw needsRole('writer');
  const record = moveEvent(world, calendar, id, to.calendar);
  return shown(to.calendar, record.event, to.role, zoneOf(query, to.calendar));
}

function watch({ world, base, calendar, account, client, body }) {
  return shownChannel(openChannel(world, base, { calendar, account: account.email, client, body }));
}

function stop({ world, client, body }) {
  stopChannel(world, client, body);
}

function busy({ world, account, body }) {
  return freeBusy(world, body, (id) => reached(world, account, id).calendar);
}
