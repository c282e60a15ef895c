// Consent and tokens: statements 1 to 13.
import assert from 'node:assert/strict';
import { CodeChallengeMethod } from 'google-auth-library';
import { ALL, EVENTS, FREEBUSY, INES, LIST, OLGA, REDIRECT, failing, lesson } from './sim.mjs';

const S256 = CodeChallengeMethod.S256;
const DAY = 86_400;
const later = (world, seconds) => world.sim('POST', 'clock', { advance_seconds: seconds });
const oauthError = async (call) => (await failing(call)).error.response.data;

/** A grant of a refresh token by hand: without the client's own memory of credentials. */
const post = async (world, path, form) => {
  const answer = await fetch(`${world.base}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, body: await answer.json() };
};
const ID = { client_id: 'roadbook.apps.googleusercontent.com', client_secret: 'the-secret-of-the-stand-in' };
const refresh = (world, token) => post(world, '/token', { ...ID, grant_type: 'refresh_token', refresh_token: token });

export const consent = {
  '1 state comes back as it was sent, with a code or with a refusal': async (world) => {
    const url = world.oauth().generateAuthUrl({ scope: ALL, state: 'a state & more' });
    assert.equal((await world.consent(url)).get('state'), 'a state & more');
    assert.equal((await world.consent(url, { decision: 'cancel' })).get('state'), 'a state & more');
  },
  '1 nobody is sent to an address that is neither https nor this machine, nor for an unknown client': async (
    world,
  ) => {
    const url = new URL(world.oauth().generateAuthUrl({ scope: ALL }));
    const refusal = async (name, value) => {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      const answer = await fetch(changed, { redirect: 'manual' });
      return [answer.status, /Error \d+: (\w+)/.exec(await answer.text())?.[1]];
    };
    assert.deepEqual(await refusal('redirect_uri', 'http://example.com/callback'), [400, 'redirect_uri_mismatch']);
    assert.deepEqual(await refusal('redirect_uri', 'https://example.com/#part'), [400, 'redirect_uri_mismatch']);
    assert.deepEqual(await refusal('client_id', 'another'), [401, 'invalid_client']);
    assert.deepEqual(await refusal('response_type', 'token'), [400, 'unsupported_response_type']);
    assert.deepEqual(await refusal('scope', ' '), [400, 'invalid_request']);
    assert.deepEqual(await refusal('code_challenge_method', 'S512'), [400, 'invalid_request']);
    await assert.rejects(world.consent(String(url).replace('code&', 'token&')), /unsupported_response_type/);
    await assert.rejects(world.consent(url, { account: 'nobody@gmail.test' }), /no such account/);
  },
  '2 a code needs the verifier that its challenge was made of': async (world) => {
    const client = world.oauth();
    const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
    const url = client.generateAuthUrl({ scope: ALL, code_challenge: codeChallenge, code_challenge_method: S256 });
    const exchange = async (verifier) =>
      client.getToken({ code: (await world.consent(url)).get('code'), codeVerifier: verifier });
    assert.equal((await oauthError(exchange(undefined))).error_description, 'Missing code verifier.');
    assert.equal((await oauthError(exchange(`${codeVerifier}x`))).error_description, 'Invalid code verifier.');
    assert.ok((await exchange(codeVerifier)).tokens.access_token);
    const plain = client.generateAuthUrl({ scope: ALL, code_challenge: 'as it is' });
    const code = (await world.consent(plain)).get('code');
    assert.ok((await client.getToken({ code, codeVerifier: 'as it is' })).tokens.access_token);
  },
  '2 a code is good once, for ten minutes, at one address and for one client': async (world) => {
    const client = world.oauth();
    const url = client.generateAuthUrl({ scope: ALL });
    const code = async () => (await world.consent(url)).get('code');
    const used = await code();
    await client.getToken(used);
    const again = await failing(client.getToken(used));
    assert.deepEqual([again.status, again.error.response.data.error], [400, 'invalid_grant']);
    const elsewhere = client.getToken({ code: await code(), redirect_uri: `${REDIRECT}/x` });
    assert.equal((await oauthError(elsewhere)).error, 'redirect_uri_mismatch');
    await world.sim('POST', 'clients', { id: 'other', secret: 'secret' });
    const other = world.oauth({ client_id: 'other', client_secret: 'secret' });
    assert.equal((await oauthError(other.getToken(await code()))).error, 'invalid_grant');
    const late = await code();
    await later(world, 601);
    assert.equal((await oauthError(client.getToken(late))).error, 'invalid_grant');
    assert.equal((await oauthError(client.getToken('4/0unknown'))).error_description, 'Malformed auth code.');
  },
  '2 who does not know the secret gets nothing': async (world) => {
    const wrong = world.oauth({ client_id: ID.client_id, client_secret: 'wrong' });
    const refused = await failing(wrong.getToken('4/0'));
    assert.deepEqual([refused.status, refused.error.response.data.error], [401, 'invalid_client']);
    const unknown = await post(world, '/token', { client_id: 'unknown', grant_type: 'refresh_token' });
    assert.deepEqual([unknown.status, unknown.body.error_description], [401, 'The OAuth client was not found.']);
    const basic = `Basic ${Buffer.from(`${ID.client_id}:${ID.client_secret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'password' });
    const known = await fetch(`${world.base}/token`, { method: 'POST', body, headers: { Authorization: basic } });
    assert.equal((await known.json()).error, 'unsupported_grant_type');
  },
  '3 a refresh token comes with the consent screen alone': async (world) => {
    const client = world.oauth();
    const tokens = async (options, said) => {
      const url = client.generateAuthUrl({ access_type: 'offline', scope: [EVENTS], ...options });
      return (await client.getToken((await world.consent(url, said)).get('code'))).tokens;
    };
    assert.equal((await tokens({ access_type: 'online' })).refresh_token, undefined);
    assert.equal((await tokens({})).refresh_token, undefined, 'agreed to already');
    assert.ok((await tokens({ prompt: 'consent' })).refresh_token, 'asked again');
    assert.ok((await tokens({ scope: [EVENTS, LIST] })).refresh_token, 'a new scope');
    assert.ok((await tokens({}, { account: OLGA })).refresh_token, 'another account');
  },
  '3 whoever agreed before is sent back without a page, and prompt=none never shows one': async (world) => {
    const url = (options) => world.oauth().generateAuthUrl({ scope: [EVENTS], login_hint: INES, ...options });
    const get = async (options) => {
      const answer = await fetch(url(options), { redirect: 'manual' });
      return answer.status === 302 ? new URL(answer.headers.get('location')).searchParams : answer.status;
    };
    assert.equal((await get({ prompt: 'none' })).get('error'), 'interaction_required');
    assert.equal(await get({}), 200);
    await world.consent(url());
    assert.equal((await get({})).get('prompt'), 'none');
    assert.ok((await get({ prompt: 'none' })).get('code'));
    assert.equal(await get({ prompt: 'consent' }), 200);
    assert.equal(await get({ prompt: 'select_account' }), 200);
    assert.equal(await get({ login_hint: 'nobody@gmail.test' }), 200);
  },
  '4 what was not ticked is not granted, and the answers say so': async (world) => {
    const client = world.oauth();
    const url = client.generateAuthUrl({ scope: ALL });
    const page = await (await fetch(`${url}&account=${encodeURIComponent(INES)}`)).text();
    assert.equal(page.match(/type="checkbox"/g).length, 3, 'signing in is no box');
    const said = await world.consent(url, { scopes: [EVENTS] });
    const { tokens } = await client.getToken(said.get('code'));
    const granted = ['openid', 'https://www.googleapis.com/auth/userinfo.email', EVENTS];
    assert.deepEqual([said.get('scope').split(' '), tokens.scope.split(' ')], [granted, granted]);
    client.setCredentials(tokens);
    assert.equal((await failing(world.api(client).calendarList.list())).status, 403);
    const one = await fetch(`${client.generateAuthUrl({ scope: ['openid', EVENTS] })}&account=${OLGA}`);
    assert.doesNotMatch(await one.text(), /checkbox/, 'one scope is all or nothing');
    const signIn = await fetch(`${client.generateAuthUrl({ scope: ['openid', 'profile'] })}&account=${OLGA}`);
    assert.doesNotMatch(await signIn.text(), /would like to/, 'signing in alone');
    const other = await fetch(`${client.generateAuthUrl({ scope: ['https://other.test/<b>'] })}&account=${OLGA}`);
    assert.match(await other.text(), /other\.test\/&#60;b&#62;/, 'a scope without words, escaped');
  },
  '5 a refusal comes back as access_denied': async (world) => {
    const url = world.oauth().generateAuthUrl({ scope: [EVENTS, LIST] });
    const said = await world.consent(url, { decision: 'cancel' });
    assert.deepEqual([said.get('error'), said.get('code')], ['access_denied', null]);
    assert.equal((await world.consent(url, { scopes: [] })).get('error'), 'access_denied', 'nothing ticked');
  },
  '6 include_granted_scopes adds what was agreed to before; revoking ends all of it': async (world) => {
    const first = await world.connect({ scope: [EVENTS] });
    const alone = await world.connect({ scope: [LIST] });
    assert.equal(alone.credentials.scope, LIST);
    const both = await world.connect({ scope: [LIST], include_granted_scopes: true });
    assert.deepEqual(both.credentials.scope.split(' ').sort(), [LIST, EVENTS].sort());
    await both.revokeCredentials();
    assert.equal(
      (await failing(world.api(first).events.list({ calendarId: INES }))).status,
      400,
      'its refresh fails',
    );
  },
  '7 an access token lives 3599 seconds; the client refreshes on 401 and goes on': async (world) => {
    const client = await world.connect();
    const before = client.credentials.access_token;
    const left = (client.credentials.expiry_date - Date.now()) / 1000;
    assert.ok(left > 3590 && left <= 3599, `${left} s`);
    const api = world.api(client);
    await later(world, 3600);
    await api.events.list({ calendarId: INES });
    assert.notEqual(client.credentials.access_token, before);
    await world.sim('POST', 'access-tokens/expire', { account: INES });
    const { token } = await client.getAccessToken();
    const answer = await fetch(`${world.base}/calendar/v3/users/me/calendarList`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error.status, error.errors[0].reason], [401, 'UNAUTHENTICATED', 'authError']);
    assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/);
  },
  '8 invalid_grant in Google’s words: revoked by the user, unused for six months, unknown': async (world) => {
    const dead = {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    };
    const one = (await world.connect()).credentials.refresh_token;
    assert.equal((await refresh(world, one)).status, 200);
    await world.sim('POST', 'revoke', { account: INES });
    assert.deepEqual(await refresh(world, one), dead);
    const two = (await world.connect()).credentials.refresh_token;
    await later(world, 182 * DAY);
    assert.equal((await refresh(world, two)).status, 200);
    await later(world, 184 * DAY);
    assert.deepEqual(await refresh(world, two), dead);
    assert.deepEqual(await refresh(world, 'unknown'), dead);
  },
  '8 of more than 100 refresh tokens the oldest dies': async (world) => {
    const tokens = [];
    for (let i = 0; i < 101; ++i) tokens.push((await world.connect({ scope: [EVENTS] })).credentials.refresh_token);
    assert.equal((await refresh(world, tokens[0])).body.error, 'invalid_grant');
    assert.equal((await refresh(world, tokens[1])).status, 200);
  },
  '8 an app in testing is forgotten after seven days, unless it only signs people in': async (world) => {
    await world.sim('POST', 'clients', { id: ID.client_id, secret: ID.client_secret, testing: true });
    const calendar = (await world.connect()).credentials.refresh_token;
    const signIn = (await world.connect({ scope: ['openid', 'email'] })).credentials.refresh_token;
    await later(world, 7 * DAY + 60);
    assert.equal((await refresh(world, calendar)).body.error, 'invalid_grant');
    assert.equal((await refresh(world, signIn)).status, 200);
  },
  '9 a refresh answer has no new refresh token, unless they rotate, and then the old one is dead': async (world) => {
    const first = (await world.connect()).credentials.refresh_token;
    assert.equal((await refresh(world, first)).body.refresh_token, undefined);
    await world.sim('PATCH', 'settings', { rotate_refresh_tokens: true });
    const second = (await refresh(world, first)).body.refresh_token;
    assert.ok(second);
    assert.equal((await refresh(world, first)).body.error, 'invalid_grant');
    assert.equal((await refresh(world, second)).status, 200);
  },
  '10 revoking takes either token, ends both, and says so when there is nothing left': async (world) => {
    for (const kind of ['access_token', 'refresh_token']) {
      const { credentials } = await world.connect();
      await world.oauth().revokeToken(credentials[kind]);
      assert.equal((await refresh(world, credentials.refresh_token)).body.error, 'invalid_grant');
      const again = await failing(world.oauth().revokeToken(credentials[kind]));
      assert.deepEqual([again.status, again.error.response.data.error], [400, 'invalid_token']);
    }
  },
  '11 an id token is checked by Google’s client: key, issuer, audience, nonce': async (world) => {
    const client = await world.connect({ scope: ['openid', 'email', 'profile'], nonce: 'of this request' });
    const idToken = client.credentials.id_token;
    const claims = (await client.verifyIdToken({ idToken, audience: ID.client_id })).getPayload();
    assert.deepEqual(
      [claims.iss, claims.aud, claims.email, claims.email_verified, claims.nonce, claims.exp - claims.iat],
      [world.base, ID.client_id, INES, true, 'of this request', 3600],
    );
    assert.match(claims.sub, /^\d+$/);
    await assert.rejects(client.verifyIdToken({ idToken, audience: 'another' }), /Wrong recipient/);
    await world.sim('PATCH', 'settings', { issuer: 'https://evil.test' });
    const other = (await world.connect({ scope: ['openid'] })).credentials.id_token;
    await assert.rejects(client.verifyIdToken({ idToken: other, audience: ID.client_id }), /Invalid issuer/);
  },
  '11 keys rotate: the one before is still published, the one before that is not': async (world) => {
    const kids = async () => (await (await fetch(`${world.base}/oauth2/v3/certs`)).json()).keys.map(({ kid }) => kid);
    const [first] = await kids();
    await world.sim('POST', 'keys/rotate');
    const [second, ...rest] = await kids();
    assert.notEqual(second, first);
    assert.deepEqual(rest, [first]);
    const idToken = (await world.connect()).credentials.id_token;
    const ticket = await world.oauth().verifyIdToken({ idToken, audience: ID.client_id });
    assert.equal(ticket.getEnvelope().kid, second);
    await world.sim('POST', 'keys/rotate');
    assert.ok(!(await kids()).includes(first));
  },
  '11 userinfo and the discovery document agree with the id token': async (world) => {
    const known = await (await fetch(`${world.base}/.well-known/openid-configuration`)).json();
    assert.deepEqual([known.issuer, known.token_endpoint], [world.base, `${world.base}/token`]);
    const client = await world.connect({ scope: ['openid', 'email', 'profile'] });
    const { sub } = (await client.verifyIdToken({ idToken: client.credentials.id_token })).getPayload();
    const said = await client.request({ url: known.userinfo_endpoint });
    assert.deepEqual(said.data, { sub, email: INES, email_verified: true, name: 'Ines Instructor' });
    const calendarOnly = await world.connect({ scope: [EVENTS] });
    assert.equal((await failing(calendarOnly.request({ url: known.userinfo_endpoint }))).status, 401);
  },
  '12 each scope opens its own methods and no other': async (world) => {
    const methods = (api) => ({
      events: api.events.list({ calendarId: 'primary' }),
      write: api.events.insert({ calendarId: 'primary', requestBody: lesson() }),
      list: api.calendarList.list(),
      busy: api.freebusy.query({ requestBody: { timeMin: '2027-01-01T00:00:00Z', timeMax: '2027-01-02T00:00:00Z' } }),
    });
    const open = async (scope) => {
      const calls = Object.entries(methods(world.api(await world.connect({ scope: [scope] }))));
      const done = await Promise.allSettled(calls.map(([, call]) => call));
      return calls.map(([name]) => name).filter((_, place) => done[place].status === 'fulfilled');
    };
    assert.deepEqual(await open(EVENTS), ['events', 'write']);
    assert.deepEqual(await open(`${EVENTS}.owned`), ['events', 'write']);
    assert.deepEqual(await open(`${EVENTS}.readonly`), ['events']);
    assert.deepEqual(await open(LIST), ['list']);
    assert.deepEqual(await open(FREEBUSY), ['busy']);
    assert.deepEqual(await open('https://www.googleapis.com/auth/calendar'), ['events', 'write', 'list', 'busy']);
  },
  '12 events.owned ends where somebody else’s calendar begins': async (world) => {
    await world.sim('POST', 'shares', { calendar: OLGA, account: INES, role: 'writer' });
    const owned = world.api(await world.connect({ scope: [`${EVENTS}.owned`] }));
    assert.equal((await failing(owned.events.list({ calendarId: OLGA }))).status, 403);
    const all = world.api(await world.connect({ scope: [EVENTS] }));
    assert.equal((await all.events.list({ calendarId: OLGA })).status, 200);
  },
  '13 a missing scope is a 403 of its own kind': async (world) => {
    const api = world.api(await world.connect({ scope: [LIST] }));
    const { status, said, reason, error } = await failing(api.events.list({ calendarId: INES }));
    assert.deepEqual([status, reason, said.status], [403, 'insufficientPermissions', 'PERMISSION_DENIED']);
    assert.equal(said.details[0].reason, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT');
    assert.match(error.response.headers.get('www-authenticate'), /insufficient_scope/);
  },
};
