// The page on which somebody chooses their account and agrees, scope by scope, or does not. Source:
// identity/protocols/oauth2/web-server, resources/granular-permissions.
import { SIGN_IN, grantOf, newCode, scopesOf } from './tokens.mjs';

const WORDS = {
  'https://www.googleapis.com/auth/calendar': 'See, change and share all your calendars',
  'https://www.googleapis.com/auth/calendar.events': 'See and change events on all your calendars',
  'https://www.googleapis.com/auth/calendar.events.owned': 'See and change events on the calendars you own',
  'https://www.googleapis.com/auth/calendar.events.readonly': 'See events on all your calendars',
  'https://www.googleapis.com/auth/calendar.calendarlist.readonly': 'See the list of your calendars',
  'https://www.googleapis.com/auth/calendar.freebusy': 'See when you are free',
};

const escaped = (text) => String(text).replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);

const page = (status, title, content) => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/page/page.css">
    </head><body class="narrow"><main class="card"><p class="stand-in">A stand-in for Google</p>
    <h1>${escaped(title)}</h1>${content}</main></body></html>`,
});

const error = (status, code, words) =>
  page(status, 'Access blocked', `<p>${escaped(words)}</p><p>Error ${status}: ${escaped(code)}</p>`);

/** https, or this machine, which needs none; nothing that a browser would strip. */
function isAddress(text) {
  const url = URL.canParse(text ?? '') ? new URL(text) : undefined;
  if (!url || url.hash) return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  );
}

/** What is wrong with a request that must not be answered by sending anybody anywhere. */
function problem(world, query) {
  if (!world.clients.has(query.get('client_id')))
    return error(401, 'invalid_client', 'The OAuth client was not found.');
  if (!isAddress(query.get('redirect_uri')))
    return error(400, 'redirect_uri_mismatch', 'The address to come back to is not one of this app.');
  if (query.get('response_type') !== 'code') return error(400, 'unsupported_response_type', 'Only codes are given.');
  if (scopesOf(query.get('scope')).length === 0)
    return error(400, 'invalid_request', 'Missing required parameter: scope');
  if (!['S256', 'plain'].includes(query.get('code_challenge_method') ?? 'plain'))
    return error(400, 'invalid_request', 'Invalid parameter value for code_challenge_method');
  return undefined;
}

function back(query, said) {
  const url = new URL(query.get('redirect_uri'));
  if (query.has('state')) url.searchParams.set('state', query.get('state'));
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  return { status: 302, headers: { Location: url.href, 'Cache-Control': 'no-store' }, body: '' };
}

const prompts = (query) => scopesOf(query.get('prompt'));

/** The consent screen is shown for what was never agreed to, and where the app insists. */
function isAsked(world, query, account) {
  const { scopes } = grantOf(world, query.get('client_id'), account);
  return prompts(query).includes('consent') || scopesOf(query.get('scope')).some((scope) => !scopes.has(scope));
}

/** GET: the next page, or straight back to the app where nothing is left to ask. */
export function authorize(world, { url: { searchParams: query } }) {
  const wrong = problem(world, query);
  if (wrong) return wrong;
  const hinted = prompts(query).includes('select_account') ? undefined : query.get('login_hint');
  const account = world.accounts.get(query.get('account') ?? hinted);
  const asked = account && isAsked(world, query, account.email);
  if (prompts(query).includes('none') && (!account || asked)) return back(query, { error: 'interaction_required' });
  if (!account) return chooser(world, query);
  return asked ? consent(query, account) : agreed(world, query, account.email, scopesOf(query.get('scope')), false);
}

/** POST: what the human said. A form without `granular` had no boxes: it agrees to everything. */
export function decide(world, { url: { searchParams: query }, text }) {
  const wrong = problem(world, query);
  if (wrong) return wrong;
  const form = new URLSearchParams(text);
  const account = world.accounts.get(form.get('account'));
  if (!account) return error(400, 'invalid_request', 'There is no such account.');
  if (form.get('decision') !== 'allow') return back(query, { error: 'access_denied' });
  const ticked = form.getAll('scope');
  const granted = scopesOf(query.get('scope')).filter(
    (scope) => !form.has('granular') || SIGN_IN.has(scope) || ticked.includes(scope),
  );
  if (granted.length === 0) return back(query, { error: 'access_denied' });
  return agreed(world, query, account.email, granted, isAsked(world, query, account.email));
}

function agreed(world, query, account, granted, seen) {
  const client = query.get('client_id');
  const grant = grantOf(world, client, account);
  for (const scope of granted) grant.scopes.add(scope);
  const scopes = query.get('include_granted_scopes') === 'true' ? [...grant.scopes] : granted;
  const code = newCode(world, {
    client,
    account,
    scopes,
    offline: seen && query.get('access_type') === 'offline',
    redirectUri: query.get('redirect_uri'),
    nonce: query.get('nonce'),
    challenge: query.get('code_challenge'),
    method: query.get('code_challenge_method'),
  });
  return back(query, { code, scope: scopes.join(' '), authuser: '0', prompt: seen ? 'consent' : 'none' });
}

function chooser(world, query) {
  const link = ({ email, name }) => {
    const next = new URLSearchParams(query);
    next.set('account', email);
    return `<li><a class="account" href="?${escaped(next)}"><b>${escaped(name)}</b> ${escaped(email)}</a></li>`;
  };
  return page(
    200,
    'Choose an account',
    `<ul class="accounts">${[...world.accounts.values()].map(link).join('')}</ul>`,
  );
}

function consent(query, { email, name }) {
  const wanted = scopesOf(query.get('scope')).filter((scope) => !SIGN_IN.has(scope));
  const granular = wanted.length > 1;
  const words = (scope) => escaped(WORDS[scope] ?? scope);
  const box = (scope) =>
    `<li><label><input type="checkbox" name="scope" value="${escaped(scope)}"> ${words(scope)}</label></li>`;
  const items = wanted.map((scope) => (granular ? box(scope) : `<li>${words(scope)}</li>`)).join('');
  const intent = wanted.length > 0 ? `<p>The app would like to:</p><ul class="scopes">${items}</ul>` : '';
  return page(
    200,
    'Roadbook wants to access your account',
    `<p><b>${escaped(name)}</b> ${escaped(email)}</p><form method="post">
      <input type="hidden" name="account" value="${escaped(email)}">
      ${granular ? '<input type="hidden" name="granular" value="yes">' : ''}${intent}
      <p class="buttons"><button name="decision" value="cancel">Cancel</button>
      <button class="primary" name="decision" value="allow">Continue</button></p></form>`,
  );
}
