// The real server with the demo school, on a free port of this machine, with data that is thrown away.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 30_000;

export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** `settings` are added to its environment. */
export async function startServer(binary, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'roadbook-browser-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ['demo'], {
    env: {
      ...process.env,
      DATABASE_URL: `sqlite://${folder}/roadbook.db`,
      LISTEN: `127.0.0.1:${port}`,
      PUBLIC_URL: base,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + READY_MS;
  while (
    !(await fetch(`${base}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`the server did not become ready:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await liftLimits(base);
  return { base, stop };
}

export async function call(base, method, path, headers, body) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** The access token of one of the demo's accounts. */
export async function signIn(base, email) {
  const account = { email, password: 'roadbook-demo' };
  return (await (await call(base, 'POST', '/api/v1/auth/login', {}, account)).json()).access_token;
}

/** The demo school lets a learner take four lessons a week; one learner makes all the journeys here. */
async function liftLimits(base) {
  const headers = { Authorization: `Bearer ${await signIn(base, 'admin@demo.test')}` };
  const answer = await call(base, 'GET', '/api/v1/constraints', headers);
  const { items } = await answer.json();
  const lifted = items.map((item) => ({
    ...item,
    enabled: item.enabled && !/^learner-|^open-/.test(item.rule),
  }));
  const seen = { ...headers, 'If-Match': answer.headers.get('etag') };
  await call(base, 'PUT', '/api/v1/constraints', seen, { items: lifted });
}
