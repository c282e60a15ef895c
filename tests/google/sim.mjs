// The stand-in as a process of its own, and Google's own clients pointed at it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { calendar } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';

export const INES = 'instructor@gmail.test';
export const OLGA = 'office@gmail.test';
export const REDIRECT = 'http://127.0.0.1:1/callback';
export const SCOPE = 'https://www.googleapis.com/auth/';
export const EVENTS = `${SCOPE}calendar.events`;
export const LIST = `${SCOPE}calendar.calendarlist.readonly`;
export const FREEBUSY = `${SCOPE}calendar.freebusy`;
export const ALL = ['openid', 'email', EVENTS, LIST, FREEBUSY];
const CLIENT = { client_id: 'roadbook.apps.googleusercontent.com', client_secret: 'the-secret-of-the-stand-in' };

const program = new URL('../../tools/google-sim/main.mjs', import.meta.url).pathname;

export async function startSim() {
  const child = spawn(process.execPath, [program, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [base] = await once(createInterface(child.stdout), 'line');
  return { base, stop: () => child.kill() };
}

/** What a test works with: the stand-in's address, its control interface, and clients. */
export function worldAt(base) {
  const sim = async (method, path, body) => {
    const answer = await fetch(`${base}/sim/${path}`, { method, body: body && JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method} /sim/${path}: ${JSON.stringify(said)}`);
    return said;
  };
  const human = (verb, said) => sim('POST', 'human', { do: verb, calendar: INES, ...said });
  const world = { base, sim, human, oauth: (options) => oauthAt(base, options) };
  world.consent = (url, form) => consent(url, form);
  world.connect = (options) => connect(world, options);
  world.api = (auth) => calendar({ version: 'v3', auth, rootUrl: `${base}/`, retry: false });
  world.ines = async () => world.api(await world.connect());
  world.raw = (path, auth, options = {}) => raw(base, path, auth, options);
  return world;
}

export const oauthAt = (base, client = CLIENT) =>
  new OAuth2Client({
    ...client,
    redirectUri: REDIRECT,
    issuers: [base],
    forceRefreshOnFailure: true,
    endpoints: {
      oauth2AuthBaseUrl: `${base}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${base}/token`,
      oauth2RevokeUrl: `${base}/revoke`,
      oauth2FederatedSignonPemCertsUrl: `${base}/oauth2/v1/certs`,
      oauth2FederatedSignonJwkCertsUrl: `${base}/oauth2/v3/certs`,
      tokenInfoUrl: `${base}/tokeninfo`,
    },
  });

/** What the human says on the consent page; what comes back to the app. */
async function consent(url, { account = INES, decision = 'allow', scopes } = {}) {
  const form = new URLSearchParams({ account, decision });
  if (scopes) form.set('granular', 'yes');
  for (const scope of scopes ?? []) form.append('scope', scope);
  const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  if (answer.status !== 302) throw new Error(`${answer.status} ${await answer.text()}`);
  return new URL(answer.headers.get('location')).searchParams;
}

async function connect(world, { account, scope = ALL, scopes, ...more } = {}) {
  const client = world.oauth();
  const url = client.generateAuthUrl({ access_type: 'offline', prompt: 'consent', scope, ...more });
  const { tokens } = await client.getToken((await world.consent(url, { account, scopes })).get('code'));
  client.setCredentials(tokens);
  return client;
}

/** A request that no client of Google's stands before. */
async function raw(base, path, auth, { headers, ...options }) {
  const { token } = auth ? await auth.getAccessToken() : {};
  const bearer = token && { Authorization: `Bearer ${token}` };
  return fetch(`${base}${path}`, { ...options, headers: { ...bearer, ...headers } });
}

/** The error that a call of the client ends with. */
export async function failing(call) {
  try {
    await call;
  } catch (error) {
    const { error: said } = error.response?.data ?? {};
    return {
      status: error.status,
      error,
      said,
      reason: said?.errors?.[0]?.reason,
      domain: said?.errors?.[0]?.domain,
    };
  }
  throw new Error('the call did not fail');
}

export const lesson = (hour = 9, more = {}) => ({
  summary: 'Lesson',
  start: { dateTime: `2027-03-01T${String(hour).padStart(2, '0')}:00:00Z` },
  end: { dateTime: `2027-03-01T${String(hour + 1).padStart(2, '0')}:00:00Z` },
  ...more,
});

export async function until(what, probe, ms = 5000) {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}
