// Many calls in one request (multipart/mixed). Source: Calendar API, guides/batch.
import { randomId } from './world.mjs';

const MOST_PARTS = 50;
const OUTER = [
  'content-type',
  'content-length',
  'content-id',
  'content-transfer-encoding',
  'accept-encoding',
  'host',
];

const headersOf = (text) =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter(Boolean)
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );

/** Head and body of what stands before and after the first empty line. */
const halves = (text) => {
  const at = text.indexOf('\r\n\r\n');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 4)];
};

const refused = (message) => ({ status: 400, body: { error: { code: 400, message, status: 'INVALID_ARGUMENT' } } });

function partsOf({ headers, text }) {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (!boundary) return undefined;
  const normal = text.replace(/\r?\n/g, '\r\n');
  return normal
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => part.replace(/^\r\n/, '').replace(/\r\n$/, ''));
}

/** The request that a part is, with the outer request's headers where it has none of its own. */
function inner(part, outer, base) {
  const [about, http] = halves(part);
  const [head, text] = halves(http);
  const [first, ...lines] = head.split('\r\n');
  const [method, target] = first.split(' ');
  if (!target?.startsWith('/')) return undefined;
  const given = Object.fromEntries(Object.entries(outer).filter(([name]) => !OUTER.includes(name)));
  return {
    id: headersOf(about)['content-id'],
    request: { method, url: new URL(target, base), headers: { ...given, ...headersOf(lines.join('\r\n')) }, text },
  };
}

const shownPart = ({ id, answer }) => {
  const { status, headers = {}, body } = answer;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? {} : { 'Content-Type': 'application/json; charset=UTF-8' };
  const lines = Object.entries({ ...type, ...headers, 'Content-Length': Buffer.byteLength(text) });
  return [
    'Content-Type: application/http',
    ...(id ? [`Content-ID: ${id.replace(/^<?/, (open) => `${open}response-`)}`] : []),
    '',
    `HTTP/1.1 ${status} Status`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    text,
  ].join('\r\n');
};

/** Google promises no order: here the last part comes first. `respond` answers one request. */
export async function batch(base, request, respond) {
  const parts = partsOf(request)?.map((part) => inner(part, request.headers, base));
  if (!parts?.length || parts.includes(undefined)) return refused('Failed to parse batch request.');
  if (parts.length > MOST_PARTS)
    return refused(`The batch request has ${parts.length} calls, more than the maximum of ${MOST_PARTS}.`);
  const answers = [];
  for (const { id, request: call } of parts.toReversed()) answers.push({ id, answer: await respond(call) });
  if (answers.some(({ answer }) => answer.torn)) return { torn: true };
  const boundary = `batch_${randomId()}`;
  const body = answers.map((one) => `--${boundary}\r\n${shownPart(one)}\r\n`).join('');
  return {
    status: 200,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}` },
    body: `${body}--${boundary}--\r\n`,
  };
}
