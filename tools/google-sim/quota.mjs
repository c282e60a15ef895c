// Requests a minute, in a window that slides with the stand-in's clock. Source: Calendar API, guides/quota.
import { calendarLimit, rateLimited } from './errors.mjs';
import { now } from './world.mjs';

const MINUTE_MS = 60_000;

/** Whether one more fits; what is refused does not count. */
function fits(world, key, limit) {
  if (limit === 0) return true;
  const since = now(world) - MINUTE_MS;
  const spent = (world.spent.get(key) ?? []).filter((at) => at > since);
  world.spent.set(key, spent);
  if (spent.length >= limit) return false;
  spent.push(now(world));
  return true;
}

/** With a calendar: a write to it. Without: any request of an account. */
export function spend(world, account, calendar) {
  const { user, project, writes, status } = world.settings.quota;
  if (calendar) {
    if (!fits(world, `calendar ${calendar.id}`, writes)) throw calendarLimit();
    return;
  }
  if (!fits(world, 'project', project)) throw rateLimited('Queries per minute', status);
  if (!fits(world, `user ${account}`, user)) throw rateLimited('Queries per minute per user', status);
}
