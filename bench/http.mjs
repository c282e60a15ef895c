// Availability over HTTP beside nginx serving the very same bytes as a file: wrk asks one, then the other, round by
// round. Prints requests a second, the ratio, p50 and p99, and the hash of the answer.
// Usage: node bench/http.mjs build/release/roadbook
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, signIn, startServer } from '../tests/browser/server.mjs';

const ROUNDS = 5;
const SECONDS = 2;

async function startNginx(body) {
  const folder = mkdtempSync(join(tmpdir(), 'roadbook-nginx-'));
  const port = await freePort();
  mkdirSync(join(folder, 'www'), { mode: 0o755 });
  writeFileSync(join(folder, 'www', 'availability.json'), body, { mode: 0o644 });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes auto; pid ${folder}/pid; error_log stderr crit; user root;
     events { worker_connections 1024; }
     http {
       access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=10;
       types { application/json json; } client_body_temp_path ${folder}; proxy_temp_path ${folder};
       fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
       server { listen 127.0.0.1:${port}; root ${folder}/www; }
     }`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}/availability.json`;
  while (!(await fetch(url).then((answer) => answer.ok, () => false))) {
    if (child.exitCode !== null) throw new Error('nginx did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

const number = (text, pattern) => Number(pattern.exec(text)?.[1]);
const milliseconds = (text, percentile) => {
  const [, value, unit] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(text);
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
};

function measure(url, token, connections) {
  const said = execFileSync(
    'wrk',
    ['-t1', `-c${connections}`, `-d${SECONDS}s`, '--latency', '-H', `Authorization: Bearer ${token}`, url],
    { encoding: 'utf8' },
  );
  if (/Non-2xx|Socket errors/.test(said)) throw new Error(said);
  return { rate: number(said, /Requests\/sec:\s+([\d.]+)/), p50: milliseconds(said, 50), p99: milliseconds(said, 99) };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const summary = (runs) => Object.fromEntries(['rate', 'p50', 'p99'].map((key) => [key, median(runs.map((r) => r[key]))]));
const shown = ({ rate, p50, p99 }) => `${Math.round(rate)}/s (p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms)`;

const server = await startServer(process.argv[2]);
try {
  const token = await signIn(server.base, 'learner@demo.test');
  const headers = { Authorization: `Bearer ${token}`, Connection: 'close' };
  const get = (path) => fetch(server.base + path, { headers });
  const [type] = (await (await get('/api/v1/lesson-types')).json()).items;
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const path = `/api/v1/calendar/availability?lesson_type_id=${type.id}&from=${day(0)}&to=${day(14)}`;
  const body = await (await get(path)).text();
  const nginx = await startNginx(body);
  try {
    const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
    const same = hash(await (await fetch(nginx.url)).text()) === hash(body);
    if (!same) throw new Error('nginx serves other bytes');
    console.log(`availability of 14 days, ${body.length} bytes, sha256 ${hash(body)}`);
    for (const connections of [1, 16, 64]) {
      const ours = [];
      const theirs = [];
      for (let round = 0; round < ROUNDS; ++round) {
        ours.push(measure(server.base + path, token, connections));
        theirs.push(measure(nginx.url, token, connections));
      }
      const [a, b] = [summary(ours), summary(theirs)];
      console.log(
        `${String(connections).padStart(2)} connections: roadbook ${shown(a)}, nginx ${shown(b)}, ratio ${(a.rate / b.rate).toFixed(3)}`,
      );
    }
    if (hash(await (await get(path)).text()) !== hash(body)) throw new Error('the answer changed meanwhile');
  } finally {
    await nginx.stop();
  }
} finally {
  await server.stop();
}
