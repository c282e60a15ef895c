// HTTP: which request goes where, what goes wrong on the way because a test wants it to, and what is written down.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { batch } from './batch.mjs';
import { calendarApi } from './calendar.mjs';
import { authorize, decide } from './consent.mjs';
import { control } from './control.mjs';
import { certificates, discovery, pemCertificates, revoke, token, userinfo } from './tokens.mjs';
import { logRequest, now, takeFault } from './world.mjs';

const LARGEST_BODY = 8 * 1024 * 1024;
/** Longer than any test waits: a connection that ends by itself would look like a torn one. */
const KEEP_ALIVE_MS = 240_000;
const TYPES = { html: 'text/html', css: 'text/css', mjs: 'text/javascript' };

/** What is not there Google says in HTML, whatever a client accepts. */
const nowhere = ({ url }) => ({
  status: 404,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That’s an error.
    <p>The requested URL was not found on this server: ${encodeURI(url.pathname)}`,
});

const SIGN_IN = {
  'GET /o/oauth2/v2/auth': (world, base, request) => authorize(world, request),
  'POST /o/oauth2/v2/auth': (world, base, request) => decide(world, request),
  'POST /token': token,
  'POST /revoke': (world, base, request) => revoke(world, request),
  'GET /oauth2/v3/certs': certificates,
  'GET /oauth2/v1/certs': pemCertificates,
  'GET /v1/userinfo': (world, base, request) => userinfo(world, request),
  'GET /.well-known/openid-configuration': discovery,
};

async function pageFile({ url }) {
  const name = url.pathname === '/' ? 'index.html' : /^\/page\/([a-z]+\.(?:css|mjs))$/.exec(url.pathname)?.[1];
  if (!name) return undefined;
  const body = await readFile(new URL(`page/${name}`, import.meta.url), 'utf8').catch(() => undefined);
  const headers = { 'Content-Type': `${TYPES[name.split('.')[1]]}; charset=utf-8`, 'Cache-Control': 'no-cache' };
  return body && { status: 200, headers, body };
}

/** One request of Google's, with the fault that waits for it. Parts of a batch come here as well. */
async function google(world, base, request) {
  const { method, url, headers, text } = request;
  const entry = {
    at: new Date(now(world)).toISOString(),
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
  };
  if (headers['if-match']) entry.if_match = headers['if-match'];
  if (url.pathname.startsWith('/calendar/') && text) entry.body = text;
  logRequest(world, entry);
  const fault = takeFault(world, method, url.pathname);
  if (fault?.delay_ms) await new Promise((resolve) => setTimeout(resolve, fault.delay_ms));
  const instead = fault?.torn || fault?.status;
  const answer = instead ? faulty(fault) : await real(world, base, request, entry);
  if (fault?.lost) answer.torn = true;
  entry.status = answer.torn ? 'torn' : answer.status;
  return answer;
}

async function real(world, base, request, entry) {
  const { method, url } = request;
  if (url.pathname === '/batch/calendar/v3' && method === 'POST')
    return batch(base, request, (part) => google(world, base, part));
  const signIn = SIGN_IN[`${method} ${url.pathname}`];
  return (await signIn?.(world, base, request)) ?? calendarApi(world, base, request, entry) ?? nowhere(request);
}

/** A fault's own answer: JSON where the body is an object, otherwise what a proxy would say. */
function faulty({ torn, status, headers = {}, body = '' }) {
  if (torn) return { torn };
  const html = typeof body === 'string' ? { 'Content-Type': 'text/html; charset=UTF-8' } : {};
  return { status, headers: { ...html, ...headers }, body };
}

async function respond(world, base, request) {
  if (request.url.pathname.startsWith('/sim/')) return control(world, request);
  return (request.method === 'GET' && (await pageFile(request))) || google(world, base, request);
}

async function textOf(incoming) {
  const pieces = [];
  let size = 0;
  for await (const piece of incoming) {
    pieces.push(piece);
    size += piece.length;
    if (size > LARGEST_BODY) throw new Error('a body too large');
  }
  return Buffer.concat(pieces).toString();
}

/** Compressed only for those who ask for it twice: Accept-Encoding, and "gzip" in the User-Agent (guides/performance). */
const wantsGzip = (headers) =>
  /\bgzip\b/.test(headers['accept-encoding'] ?? '') && /gzip/i.test(headers['user-agent'] ?? '');

function send(incoming, response, { status, headers = {}, body, torn }) {
  if (torn) return incoming.socket.destroy();
  const json = typeof body === 'string' ? {} : { 'Content-Type': 'application/json; charset=UTF-8' };
  let bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const gzip = bytes.length > 0 && wantsGzip(incoming.headers);
  if (gzip) bytes = gzipSync(bytes);
  const length = status === 204 || status === 304 ? {} : { 'Content-Length': bytes.length };
  response.writeHead(status, {
    Vary: 'Origin, X-Origin',
    ...json,
    ...length,
    ...(gzip && { 'Content-Encoding': 'gzip' }),
    ...headers,
  });
  return response.end(bytes);
}

/** Listens on the loopback address only, for as long as the process lives; resolves to its address. */
export async function serve(world, port) {
  let base;
  const server = createServer(async (incoming, response) => {
    try {
      const request = { method: incoming.method, url: new URL(incoming.url, base), headers: incoming.headers };
      request.text = await textOf(incoming);
      const answer = await respond(world, base, request);
      if (incoming.method !== 'GET') world.changed?.(); // Before anybody hears that it was done.
      send(incoming, response, answer);
    } catch (error) {
      console.error(error);
      if (!response.headersSent)
        send(incoming, response, { status: 500, body: { error: { code: 500, message: String(error) } } });
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  return base;
}
