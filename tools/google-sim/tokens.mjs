// Tokens: codes against tokens, refreshing, ending, and who somebody is. Source: identity/protocols/oauth2/web-server,
// identity/openid-connect; the words of errors are those that Google's clients meet. jose signs the id tokens: it is
// what the web's tests check such tokens with as well.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { DAY_MS } from './times.mjs';
import { now, randomId } from './world.mjs';

const USERINFO = 'https://www.googleapis.com/auth/userinfo';
const ALIASES = { email: `${USERINFO}.email`, profile: `${USERINFO}.profile` };
export const SIGN_IN = new Set(['openid', ...Object.values(ALIASES)]);

const ACCESS_SECONDS = 3599;
const CODE_MS = 600_000;
const UNUSED_MS = 183 * DAY_MS;
const TESTING_MS = 7 * DAY_MS;
const MOST_REFRESH_TOKENS = 100;
const KEYS_KEPT = 2;

export const scopesOf = (text) => [
  ...new Set(
    (text ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .map((one) => ALIASES[one] ?? one),
  ),
];

/** What an account has agreed to for a client. */
export function grantOf(world, client, account) {
  const key = `${client} ${account}`;
  if (!world.grants.has(key)) world.grants.set(key, { client, account, scopes: new Set(), refresh: [] });
  return world.grants.get(key);
}

export function newCode(world, said) {
  const code = `4/0${randomId(24)}`;
  world.codes.set(code, { ...said, until: now(world) + CODE_MS });
  return code;
}

const refused = (error, description, status = 400) => ({
  status,
  headers: { 'Cache-Control': 'no-store' },
  body: { error, ...(description && { error_description: description }) },
});

/** The client that a token request is from, by its form or by Basic. */
function clientOf(world, form, headers) {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    : [form.get('client_id'), form.get('client_secret')];
  const client = world.clients.get(id);
  if (!client) return { refusal: refused('invalid_client', 'The OAuth client was not found.', 401) };
  if (client.secret !== secret) return { refusal: refused('invalid_client', 'Unauthorized', 401) };
  return { client };
}

export async function token(world, base, { text, headers }) {
  const form = new URLSearchParams(text);
  const { client, refusal } = clientOf(world, form, headers);
  if (refusal) return refusal;
  const kind = form.get('grant_type');
  if (kind === 'authorization_code') return exchange(world, base, client, form);
  if (kind === 'refresh_token') return refresh(world, base, client, form);
  return refused('unsupported_grant_type', `Invalid grant_type: ${kind ?? ''}`);
}

const challengeOf = (verifier, method) =>
  method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;

/** A code is good once, for ten minutes, at the address and with the verifier that it was made for. */
async function exchange(world, base, client, form) {
  const code = world.codes.get(form.get('code'));
  if (!code) return refused('invalid_grant', 'Malformed auth code.');
  if (code.used || code.until < now(world) || code.client !== client.id)
    return refused('invalid_grant', 'Bad Request');
  if (code.redirectUri !== form.get('redirect_uri')) return refused('redirect_uri_mismatch', 'Bad Request');
  if (code.challenge && !form.get('code_verifier')) return refused('invalid_grant', 'Missing code verifier.');
  if (code.challenge && challengeOf(form.get('code_verifier'), code.method) !== code.challenge)
    return refused('invalid_grant', 'Invalid code verifier.');
  code.used = true;
  const { account, scopes, offline, nonce } = code;
  return answer(world, base, { client, account, scopes, nonce, refreshToken: offline && newRefresh(world, code) });
}

function newRefresh(world, { client, account, scopes }) {
  const grant = grantOf(world, client, account);
  const token = `1//0${randomId(32)}`;
  world.tokens.set(token, { kind: 'refresh', client, account, scopes, made: now(world), used: now(world) });
  grant.refresh.push(token);
  // The oldest dies, and nobody is told.
  if (grant.refresh.length > MOST_REFRESH_TOKENS) world.tokens.delete(grant.refresh.shift());
  return token;
}

const onlySignIn = (scopes) => scopes.every((scope) => SIGN_IN.has(scope));

async function refresh(world, base, client, form) {
  const name = form.get('refresh_token');
  const kept = world.tokens.get(name);
  const at = now(world);
  const dead =
    kept?.kind !== 'refresh' ||
    kept.client !== client.id ||
    at - kept.used > UNUSED_MS ||
    (client.testing && !onlySignIn(kept.scopes) && at - kept.made > TESTING_MS);
  if (dead) return refused('invalid_grant', name ? 'Token has been expired or revoked.' : 'Bad Request');
  kept.used = at;
  const { account, scopes } = kept;
  const rotate = world.settings.rotate_refresh_tokens;
  if (rotate) forget(world, name);
  return answer(world, base, { client, account, scopes, refreshToken: rotate && newRefresh(world, kept) });
}

function forget(world, name) {
  const { client, account } = world.tokens.get(name);
  const grant = grantOf(world, client, account);
  grant.refresh = grant.refresh.filter((one) => one !== name);
  world.tokens.delete(name);
}

async function answer(world, base, { client, account, scopes, nonce, refreshToken }) {
  const access = `ya29.${randomId(48)}`;
  const until = now(world) + ACCESS_SECONDS * 1000;
  world.tokens.set(access, { kind: 'access', client: client.id, account, scopes, until });
  const body = {
    access_token: access,
    expires_in: ACCESS_SECONDS,
    ...(refreshToken && { refresh_token: refreshToken }),
    scope: scopes.join(' '),
    token_type: 'Bearer',
  };
  if (scopes.includes('openid'))
    body.id_token = await idToken(world, base, { client, account, scopes, nonce, access });
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
}

function claimsOf(world, email, scopes) {
  const { sub, name } = world.accounts.get(email);
  return {
    sub,
    ...(scopes.includes(ALIASES.email) && { email, email_verified: true }),
    ...(scopes.includes(ALIASES.profile) && { name }),
  };
}

async function idToken(world, base, { client, account, scopes, nonce, access }) {
  const [key] = keysOf(world);
  const seconds = Math.floor(now(world) / 1000);
  const hash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url');
  const claims = { azp: client.id, at_hash: hash, ...claimsOf(world, account, scopes), ...(nonce && { nonce }) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT' })
    .setIssuer(world.settings.issuer || base)
    .setAudience(client.id)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ACCESS_SECONDS + 1)
    .sign(key.privateKey);
}

/** Made when somebody first asks: a key costs a tenth of a second. */
function keysOf(world) {
  if (!world.keys?.length) rotateKeys(world);
  return world.keys;
}

/** A new key signs from now on; the one before can still be checked with. */
export function rotateKeys(world) {
  const key = { kid: randomId(20), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  world.keys = [key, ...(world.keys ?? [])].slice(0, KEYS_KEPT);
}

const cached = { 'Cache-Control': 'public, max-age=20000, must-revalidate, no-transform' };

export function certificates(world) {
  const keys = keysOf(world).map(({ kid, publicKey }) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
    use: 'sig',
    alg: 'RS256',
  }));
  return { status: 200, headers: cached, body: { keys } };
}

/** As PEM, which Google's own client for Node reads. Google's are certificates, these are the keys alone. */
export function pemCertificates(world) {
  const pem = ({ kid, publicKey }) => [kid, publicKey.export({ format: 'pem', type: 'spki' })];
  return { status: 200, headers: cached, body: Object.fromEntries(keysOf(world).map(pem)) };
}

/** Ends the whole grant, whichever of its tokens is given. */
export function revoke(world, { text, url }) {
  const name = new URLSearchParams(text).get('token') ?? url.searchParams.get('token');
  const kept = world.tokens.get(name);
  if (!kept || kept.until < now(world)) return refused('invalid_token', 'Token expired or revoked');
  endGrant(world, kept.client, kept.account);
  return { status: 200, body: {} };
}

export function endGrant(world, client, account) {
  world.grants.delete(`${client} ${account}`);
  const theirs = (kept) => kept.client === client && kept.account === account;
  for (const kind of [world.tokens, world.codes])
    for (const [name, kept] of kind) if (theirs(kept)) kind.delete(name);
}

/** The access token that a request brings, if it is still good. */
export function bearerOf(world, headers) {
  const name = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const kept = world.tokens.get(name);
  return kept?.kind === 'access' && kept.until > now(world) ? kept : undefined;
}

export function userinfo(world, { headers }) {
  const kept = bearerOf(world, headers);
  if (!kept?.scopes.some((scope) => SIGN_IN.has(scope)))
    return refused('invalid_request', 'Invalid Credentials', 401);
  return { status: 200, body: claimsOf(world, kept.account, kept.scopes) };
}

export function discovery(world, base) {
  const body = {
    issuer: world.settings.issuer || base,
    authorization_endpoint: `${base}/o/oauth2/v2/auth`,
    token_endpoint: `${base}/token`,
    userinfo_endpoint: `${base}/v1/userinfo`,
    revocation_endpoint: `${base}/revoke`,
    jwks_uri: `${base}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['aud', 'email', 'email_verified', 'exp', 'iat', 'iss', 'name', 'sub'],
    code_challenge_methods_supported: ['plain', 'S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  };
  return { status: 200, headers: cached, body };
}
