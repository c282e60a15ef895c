// Push channels: real POSTs without a body. Source: Calendar API, guides/push.
import { createHash } from 'node:crypto';
import { later, now } from './world.mjs';
import { ApiError, invalid, required } from './errors.mjs';

const WEEK_MS = 7 * 86_400_000;
/** Longest time that is granted; Google promises none. */
const LONGEST_MS = 30 * 86_400_000;
const RETRIED = new Set([500, 502, 503, 504]);
const MOST_TRIES = 5;
const PUSH_TIMEOUT_MS = 10_000;

export function openChannel(world, base, { calendar, account, client, body }) {
  const { id, type, address, token, expiration, params } = body;
  if (!id) throw required('Required');
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id))
    throw new ApiError(400, 'channelIdInvalid', 'Invalid channel id', { location: 'id' });
  if (world.channels.has(id)) throw new ApiError(400, 'channelIdNotUnique', `Channel id ${id} not unique`);
  if (type !== 'web_hook') throw invalid('Unknown channel type', 'type');
  checkAddress(address);
  if (token?.length > 256) throw invalid('Channel token is too long', 'token');
  const asked = params?.ttl ? now(world) + Number(params.ttl) * 1000 : Number(expiration ?? now(world) + WEEK_MS);
  const channel = {
    id,
    address,
    token,
    calendar: calendar.id,
    account,
    client,
    resourceId: createHash('sha256').update(`events ${calendar.id}`).digest('base64url').slice(0, 27),
    resourceUri: `${base}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`,
    expires: Math.min(asked, now(world) + LONGEST_MS),
    number: 1,
    messages: [],
  };
  if (!(channel.expires > now(world))) throw invalid('Invalid expiration', 'expiration');
  world.channels.set(id, channel);
  send(world, channel, 'sync', 1);
  return channel;
}

function checkAddress(address) {
  const url = URL.canParse(address ?? '') ? new URL(address) : undefined;
  // https to the world; plain http to this machine is what tests need, and the only thing Google would not take.
  const local = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || local) return;
  throw new ApiError(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`);
}

export function shownChannel(channel) {
  const { id, resourceId, resourceUri, token, expires } = channel;
  return { kind: 'api#channel', id, resourceId, resourceUri, ...(token && { token }), expiration: String(expires) };
}

/** A channel of another client is not found: nobody may find out which there are. */
export function stopChannel(world, client, { id, resourceId }) {
  const channel = world.channels.get(id);
  if (!channel || channel.stopped || channel.resourceId !== resourceId || channel.client !== client)
    throw new ApiError(404, 'notFound', `Channel '${id}' not found for project '1'`);
  channel.stopped = true;
}

/** Tells every live channel of a calendar that something is different; numbers grow with gaps. */
export function announce(world, calendar) {
  for (const channel of world.channels.values()) {
    if (channel.calendar !== calendar.id || channel.stopped || channel.expires <= now(world)) continue;
    channel.number += 1 + (channel.number % 3);
    send(world, channel, 'exists', channel.number);
  }
}

function send(world, channel, state, number) {
  const { webhooks } = world.settings;
  if (state === 'exists' && webhooks.drop > 0) {
    --webhooks.drop;
    channel.messages.push({ number, state, result: 'dropped' });
    return;
  }
  const copies = state === 'exists' && webhooks.duplicate > 0 ? 2 : 1;
  if (copies === 2) --webhooks.duplicate;
  for (let copy = 0; copy < copies; ++copy)
    later(world, webhooks.delay_ms, () => void deliver(world, channel, state, number, 1));
}

async function deliver(world, channel, state, number, attempt) {
  if (channel.stopped) return;
  const headers = {
    'User-Agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'X-Goog-Channel-ID': channel.id,
    'X-Goog-Channel-Expiration': new Date(channel.expires).toUTCString(),
    'X-Goog-Resource-ID': channel.resourceId,
    'X-Goog-Resource-URI': channel.resourceUri,
    'X-Goog-Resource-State': state,
    'X-Goog-Message-Number': String(number),
  };
  if (channel.token) headers['X-Goog-Channel-Token'] = channel.token;
  const signal = AbortSignal.timeout(PUSH_TIMEOUT_MS);
  const result = await fetch(channel.address, { method: 'POST', headers, signal, redirect: 'manual' }).then(
    (answer) => answer.status,
    (error) => error.cause?.code ?? error.name,
  );
  channel.messages.push({ number, state, attempt, result });
  if (!RETRIED.has(result) || attempt === MOST_TRIES) return;
  const wait = world.settings.webhooks.retry_ms * 2 ** (attempt - 1);
  later(world, wait, () => void deliver(world, channel, state, number, attempt + 1));
}
