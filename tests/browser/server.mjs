// The real server with the demo school, on a free port of this machine, with data that is thrown away.
import { execFileSync, spawn } from 'node:child_process';
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

const place = async (host = '127.0.0.1') => {
  const folder = mkdtempSync(join(tmpdir(), 'roadbook-browser-'));
  const port = await freePort();
  const base = `http://${host}:${port}`;
  const env = {
    ...process.env,
    DATABASE_URL: `sqlite://${folder}/roadbook.db`,
    LISTEN: `127.0.0.1:${port}`,
    PUBLIC_URL: base,
  };
  return { folder, base, env };
};

/** Runs until it is stopped; its data goes with it. */
async function running(binary, command, { folder, base, env }) {
  const child = spawn(binary, [command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  return { base, stop };
}

/** `settings` are added to its environment and may follow from its address; it is asked for by the name `host`. */
export async function startServer(binary, settings = () => ({}), host = undefined) {
  const where = await place(host);
  const more = await settings(where.base);
  const server = await running(binary, 'demo', { ...where, env: { ...where.env, ...more } });
  await liftLimits(server.base);
  return server;
}

/** A school of which only the name and the admin are there; `link` is where the admin sets a password. */
export async function startNewSchool(binary, admin) {
  const where = await place();
  const env = { ...where.env, APP_ENV: 'development' };
  const flags = [
    '--name=First Gear',
    '--slug=first-gear',
    `--admin-name=${admin.name}`,
    `--admin-email=${admin.email}`,
  ];
  const said = execFileSync(binary, ['setup', ...flags], { env, encoding: 'utf8' });
  const link = /http\S+\/welcome#\S+/.exec(said)?.[0];
  if (!link) throw new Error(`setup printed no link:\n${said}`);
  return { ...(await running(binary, 'serve', { ...where, env })), link };
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
export async function liftLimits(base) {
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
