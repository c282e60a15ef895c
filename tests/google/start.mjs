// How the stand-in is started and how it ends; the tools/with-google of the demo.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { INES, failing, lesson, until, worldAt } from './sim.mjs';

const root = new URL('../..', import.meta.url).pathname;
const withGoogle = join(root, 'tools/with-google');
/** The command that tools/with-google becomes: says where Google is and who it is, and waits. */
const COMMAND = ['sh', '-c', 'echo "$GOOGLE_API_BASE $GOOGLE_CLIENT_ID" && exec sleep 60'];

const quiet = (program, args, env) =>
  spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });

async function begin(file, env = {}) {
  const child = quiet(withGoogle, [file, ...COMMAND], { GOOGLE_CLIENT_ID: '', ...env });
  const lines = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (/^(http\S+)? \S+$/.test(line)) break;
  }
  const [base, client] = lines.at(-1).split(' ');
  const end = async (signal) => {
    child.kill(signal);
    await once(child, 'exit');
  };
  return { lines, base, client, world: worldAt(base), end };
}
const isGone = (base) =>
  fetch(base).then(
    () => false,
    () => true,
  );

const inFolder = (test) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roadbook-google-'));
  try {
    await test(join(folder, 'google'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const start = {
  'start: it ends with what it was started for, however that ends': inFolder(async (file) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL']) {
      const { base, end, lines } = await begin(file);
      assert.match(lines.join('\n'), new RegExp(`play the human at ${base}\n  instructor@gmail.test\n`));
      assert.equal(await isGone(base), false);
      await end(signal);
      await until(`its end after ${signal}`, () => isGone(base));
    }
    const child = quiet(withGoogle, [file, 'false'], { GOOGLE_CLIENT_ID: '' });
    const [line] = await once(createInterface(child.stdout), 'line');
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 1, 'what the command says');
    await until('its end with a command that fails', () => isGone(/http\S+/.exec(line)[0]));
  }),
  'start: what it was told it knows after the next start, on another port': inFolder(async (file) => {
    const first = await begin(file);
    const auth = await first.world.connect();
    const { nextSyncToken } = (await first.world.api(auth).events.list({ calendarId: INES })).data;
    const { id } = await first.world.human('create', { event: lesson() });
    const { issuer } = (await first.world.sim('GET', 'state')).settings;
    await first.end('SIGKILL');
    const { world, base, end } = await begin(file);
    assert.notEqual(base, first.base);
    assert.equal((await world.sim('GET', 'state')).settings.issuer, issuer, 'the account is the same one');
    const again = world.oauth();
    again.setCredentials({ refresh_token: auth.credentials.refresh_token });
    const request = { calendarId: INES, syncToken: nextSyncToken };
    const { items } = (await world.api(again).events.list(request)).data;
    assert.deepEqual(
      items.map((one) => one.id),
      [id],
    );
    await world.sim('POST', 'revoke', { account: INES });
    assert.equal((await failing(again.refreshAccessToken())).status, 400);
    await end();
  }),
  'start: where somebody has a client at Google, Google is Google': inFolder(async (file) => {
    const { base, client, lines, end } = await begin(file, { GOOGLE_CLIENT_ID: 'mine', GOOGLE_API_BASE: '' });
    assert.deepEqual([base, client, lines.length], ['', 'mine', 1]);
    await end();
    for (const flag of ['--google-client-id=mine', '--config']) {
      const child = quiet(withGoogle, [file, 'echo', flag], { GOOGLE_CLIENT_ID: '' });
      const [line] = await once(createInterface(child.stdout), 'line');
      assert.equal(line, flag);
    }
    assert.equal(existsSync(file), false);
  }),
  'start: a memory that it cannot read is a reason not to start': inFolder(async (file) => {
    writeFileSync(file, 'nonsense');
    const child = quiet(withGoogle, [file, 'echo', 'started'], { GOOGLE_CLIENT_ID: '' });
    let said = '';
    for await (const bytes of child.stdout) said += bytes;
    if (child.exitCode === null) await once(child, 'exit');
    assert.deepEqual([child.exitCode, said], [1, '']);
  }),
};
