// The stand-in for Google (tools/google-sim) on a port of this machine, and the human there. To a browser it is another
// site than the school: the one is localhost, the other 127.0.0.1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const ACCOUNT = 'instructor@gmail.test';

const MAIN = new URL('../../tools/google-sim/main.mjs', import.meta.url).pathname;

export async function startGoogle() {
  const child = spawn(process.execPath, [MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [base] = await once(createInterface({ input: child.stdout }), 'line');
  const ask = async (method, path, body) => {
    const answer = await fetch(`${base}/sim/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path} at the stand-in: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const human = (body) => ask('POST', 'human', { calendar: ACCOUNT, ...body });
  return {
    /** What points a server at it. */
    settings: {
      GOOGLE_CLIENT_ID: 'roadbook.apps.googleusercontent.com',
      GOOGLE_CLIENT_SECRET: 'the-secret-of-the-stand-in',
      GOOGLE_ISSUER: base,
      GOOGLE_AUTH_URL: `${base}/o/oauth2/v2/auth`.replace('127.0.0.1', 'localhost'),
      GOOGLE_TOKEN_URL: `${base}/token`,
      GOOGLE_REVOKE_URL: `${base}/revoke`,
      GOOGLE_JWKS_URL: `${base}/oauth2/v3/certs`,
      GOOGLE_API_BASE: base,
      CALENDAR_WEBHOOK_DEBOUNCE_MS: '100',
    },
    /** All that stand in the calendar. */
    events: async () =>
      (await ask('GET', `events?calendar=${ACCOUNT}`)).events.filter(({ status }) => status !== 'cancelled'),
    addCalendar: (summary) => ask('POST', 'calendars', { account: ACCOUNT, summary, role: 'owner' }),
    create: (summary, start, end) =>
      human({ do: 'create', event: { summary, start: { dateTime: start }, end: { dateTime: end } } }),
    drag: (id, start, end) =>
      human({ do: 'change', id, event: { start: { dateTime: start }, end: { dateTime: end } } }),
    remove: (id) => human({ do: 'delete', id }),
    takeAccessBack: () => ask('POST', 'revoke', { account: ACCOUNT }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
