// How long until a lesson that was just booked stands in the instructor's calendar at the stand-in for Google
// (tools/google-sim), and until one that is dragged there is moved here: one after another, with the demo's settings.
// Prints median, p99 and worst.
// Usage: node bench/calendar.mjs build/release/roadbook
import { ACCOUNT, startGoogle } from '../tests/browser/google.mjs';
import { signIn, startServer } from '../tests/browser/server.mjs';

const LESSONS = 60;
const LIMIT_MS = 30_000;
const API = '/api/v1/calendar';
const HOUR = 3_600_000;

const google = await startGoogle();
const server = await startServer(process.argv[2], () => google.settings);
const token = await signIn(server.base, 'instructor@demo.test');

async function ask(method, path, body, more = {}) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...more };
  const answer = await fetch(server.base + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
const json = async (...question) => (await ask(...question)).json();

async function connect() {
  const begun = await ask('POST', `${API}/connections`, { provider: 'google' });
  const [cookie] = begun.headers.get('set-cookie').split(';');
  const { authorization_url: url } = await begun.json();
  const form = new URLSearchParams({ account: ACCOUNT, decision: 'allow' });
  const agreed = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const back = await fetch(agreed.headers.get('location'), { headers: { Cookie: cookie }, redirect: 'manual' });
  if (!back.headers.get('location')?.includes('connected=google')) throw new Error('not connected');
}

/** Milliseconds until it is there, looked for every 5. */
async function until(what, look) {
  const begun = performance.now();
  while (!(await look())) {
    if (performance.now() - begun > LIMIT_MS) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - begun;
}

const at = (start) => (event) => Date.parse(event.start.dateTime) === Date.parse(start);
function shown(name, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const part = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0);
  console.log(`${name}, ${times.length} one after another: p50 ${part(0.5)} ms, p99 ${part(0.99)}, worst ${part(1)}`);
}

try {
  await connect();
  const me = await json('GET', '/api/v1/me');
  const learners = (await json('GET', '/api/v1/learners?limit=200')).items.filter(({ active }) => active);
  const type = (await json('GET', '/api/v1/lesson-types')).items.find(({ active }) => active);
  await until('what stands there already', async () => (await google.events()).length > 0);
  const written = [], moved = [];
  for (let i = 0; i < LESSONS; ++i) {
    const learner = learners[i % learners.length].id;
    const from = new Date(Date.now() + 26 * HOUR).toISOString().slice(0, 10);
    const to = new Date(Date.now() + 14 * 24 * HOUR).toISOString().slice(0, 10);
    const question = `lesson_type_id=${type.id}&instructor_id=${me.instructor_id}&learner_id=${learner}`;
    const { slots } = await json('GET', `${API}/availability?${question}&from=${from}&to=${to}`);
    const whose = { lesson_type_id: type.id, instructor_id: me.instructor_id, learner_id: learner };
    const lesson = { ...whose, start: slots[0].start };
    const booking = await json('POST', `${API}/bookings`, lesson, { 'Idempotency-Key': `bench-${i}` });
    written.push(await until('written', async () => (await google.events()).some(at(lesson.start))));
    const { start } = slots.at(-1);
    const event = (await google.events()).find(at(lesson.start));
    await google.drag(event.id, start, new Date(Date.parse(start) + type.length_minutes * 60_000).toISOString());
    const path = `${API}/bookings/${booking.id}`;
    moved.push(await until('moved', async () => Date.parse((await json('GET', path)).start) === Date.parse(start)));
    const { version } = await json('GET', path);
    await ask('POST', `${path}/cancellation`, {}, { 'If-Match': `"${version}"` });
    await until('taken away', async () => !(await google.events()).some(at(start)));
  }
  shown('from booking to event at the stand-in', written);
  shown('from a drag there to the move here', moved);
} finally {
  await server.stop();
  await google.stop();
}
