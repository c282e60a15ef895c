// A second opinion: what an independent emulator of Google (npm "emulate") covers too, the stand-in answers alike. Both
// are found by their discovery documents. Where they differ, Google's documentation decided for the stand-in: a refresh
// token comes with consent alone, an hour is 3599 s, scopes are checked, a second delete is 410, listings have cursors.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { calendar } from '@googleapis/calendar';
import { createEmulator } from 'emulate';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { ALL, INES, REDIRECT, failing, lesson } from './sim.mjs';

const ID = { client_id: 'roadbook.apps.googleusercontent.com', client_secret: 'the-secret-of-the-stand-in' };
const DAY = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-02T00:00:00Z' };

const SEED = {
  google: {
    users: [{ email: INES, name: 'Ines Instructor' }],
    oauth_clients: [{ ...ID, name: 'Roadbook', redirect_uris: [REDIRECT] }],
    calendars: [
      { id: INES, user_email: INES, summary: 'Ines', primary: true, selected: true, time_zone: 'Europe/Berlin' },
    ],
  },
};

/** Somewhere that says it is Google: its addresses, a client for it, and how one agrees there. */
async function placeAt(base, agree) {
  const known = await (await fetch(`${base}/.well-known/openid-configuration`)).json();
  const client = new OAuth2Client({
    ...ID,
    redirectUri: REDIRECT,
    endpoints: {
      oauth2AuthBaseUrl: known.authorization_endpoint,
      oauth2TokenUrl: known.token_endpoint,
      oauth2RevokeUrl: known.revocation_endpoint,
    },
  });
  return { known, client, agree, api: calendar({ version: 'v3', auth: client, rootUrl: `${base}/`, retry: false }) };
}

/** What the page's form sends, on a page that is not ours. */
async function agreeAtEmulator(url) {
  const form = new URLSearchParams({ email: INES, ...Object.fromEntries(new URL(url).searchParams) });
  const answer = await fetch(`${new URL(url).origin}/o/oauth2/v2/auth/callback`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  return new URL(answer.headers.get('location')).searchParams;
}

async function signIn({ client, agree }, more = {}) {
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  const pkce = { code_challenge: codeChallenge, code_challenge_method: CodeChallengeMethod.S256 };
  const url = client.generateAuthUrl({
    scope: ALL,
    access_type: 'offline',
    prompt: 'consent',
    state: 's',
    ...pkce,
    ...more,
  });
  const said = await agree(url);
  const { tokens } = await client.getToken({ code: said.get('code'), codeVerifier });
  client.setCredentials(tokens);
  return { said, tokens, codeVerifier };
}

const invalidGrant = async (call) => {
  const { status, error } = await failing(call);
  assert.deepEqual([status, error.response.data.error], [400, 'invalid_grant']);
};

/** What has to be the same in both. */
const alike = {
  'a code with its verifier, once': async (place) => {
    const { said, tokens, codeVerifier } = await signIn(place);
    assert.equal(said.get('state'), 's');
    assert.ok(tokens.access_token && tokens.refresh_token);
    await invalidGrant(place.client.getToken({ code: said.get('code'), codeVerifier }));
  },
  'a refreshed token, without a new refresh token; an unknown one is invalid_grant': async (place) => {
    const { tokens } = await signIn(place);
    const { res, credentials } = await place.client.refreshAccessToken();
    assert.notEqual(credentials.access_token, tokens.access_token);
    assert.equal(res.data.refresh_token, tokens.refresh_token, 'put back by the client');
    place.client.setCredentials({ refresh_token: 'unknown' });
    await invalidGrant(place.client.refreshAccessToken());
  },
  'an id token with keys, issuer, audience and nonce; userinfo says the same': async (place) => {
    const { tokens } = await signIn(place, { nonce: 'of this request' });
    const { keys } = await (await fetch(place.known.jwks_uri)).json();
    const pem = (key) => createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const certs = Object.fromEntries(keys.map((key) => [key.kid, pem(key)]));
    const { issuer } = place.known;
    const ticket = await place.client.verifySignedJwtWithCertsAsync(tokens.id_token, certs, ID.client_id, [issuer]);
    const { nonce, email, sub } = ticket.getPayload();
    assert.deepEqual([nonce, email], ['of this request', INES]);
    const { data } = await place.client.request({ url: place.known.userinfo_endpoint });
    assert.deepEqual([data.sub, data.email], [sub, INES]);
  },
  'plain events: made, listed, busy, deleted': async (place) => {
    await signIn(place);
    const { api } = place;
    const [own] = (await api.calendarList.list()).data.items;
    assert.deepEqual([own.id, own.primary, own.timeZone], [INES, true, 'Europe/Berlin']);
    const { data } = await api.events.insert({ calendarId: INES, requestBody: lesson() });
    assert.deepEqual([data.kind, data.status, data.summary], ['calendar#event', 'confirmed', 'Lesson']);
    const { items } = (await api.events.list({ calendarId: INES, ...DAY })).data;
    assert.deepEqual(
      items.map(({ id }) => id),
      [data.id],
    );
    assert.equal(Date.parse(items[0].start.dateTime), Date.parse(lesson().start.dateTime));
    const { calendars } = (await api.freebusy.query({ requestBody: { ...DAY, items: [{ id: INES }] } })).data;
    assert.deepEqual(
      calendars[INES].busy.map(({ start }) => Date.parse(start)),
      [Date.parse(lesson().start.dateTime)],
    );
    assert.equal((await api.events.delete({ calendarId: INES, eventId: data.id })).status, 204);
    assert.deepEqual((await api.events.list({ calendarId: INES, ...DAY })).data.items, []);
    assert.equal((await failing(api.events.delete({ calendarId: INES, eventId: 'never0' }))).status, 404);
    assert.equal(
      (await failing(api.events.insert({ calendarId: INES, requestBody: { summary: 'No times' } }))).status,
      400,
    );
  },
};

async function withEmulator(test) {
  const emulator = await createEmulator({ service: 'google', port: 0, seed: SEED });
  try {
    await test(await placeAt(emulator.url, agreeAtEmulator));
  } finally {
    await emulator.close();
  }
}

export const emulator = Object.fromEntries(
  Object.entries(alike).flatMap(([name, test]) => [
    [`both: ${name} (stand-in)`, async (world) => test(await placeAt(world.base, world.consent))],
    [`both: ${name} (emulate)`, () => withEmulator(test)],
  ]),
);
