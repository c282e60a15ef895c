// Journeys of people through the real pages of the real server, on a phone and on a desktop, light and dark.
// Usage: node tests/browser/run.mjs build/release/roadbook [part of a journey's name]
// Instead of the server's path, the address of one that runs with the demo school will do.
import { openPage, picture, startBrowser } from './browser.mjs';
import { journeys } from './journeys.mjs';
import { startServer } from './server.mjs';

const [target, only = ''] = process.argv.slice(2);
if (!target) {
  console.error('usage: node tests/browser/run.mjs <server or address> [part of a name]');
  process.exit(2);
}
/** The narrowest phone (WCAG 2.2, 1.4.10) and a desk, each scheme once: colours do not depend on the width. */
const views = [
  { width: 320, height: 640, scheme: 'light' },
  { width: 1440, height: 900, scheme: 'dark' },
];

/** How many views at once: a journey waits as much as it works. */
const LANES = 2;

const browser = await startBrowser();
let passed = 0;
const failures = [];

async function travel(view) {
  const server = target.startsWith('http')
    ? { base: target, stop: () => undefined }
    : await startServer(target);
  const { base } = server;
  const visit = { ...(await openPage(browser, { ...view, base })), view, base };
  /** A page of a fresh profile at another server, where there is a binary to start one. */
  visit.elsewhere = target.startsWith('http')
    ? undefined
    : { binary: target, open: (address) => openPage(browser, { ...view, base: address }) };
  for (const [name, journey] of Object.entries(journeys)) {
    // The first one signs in, so that any other can be run alone.
    if (!name.includes(only) && name !== 'signing in') continue;
    const label = `${view.width}x${view.height} ${view.scheme}: ${name}`;
    const began = Date.now();
    try {
      await journey(visit);
      if (visit.complaints.length > 0) throw new Error(`the console says: ${visit.complaints.join('\n')}`);
      ++passed;
      console.log(`ok    ${label} (${Date.now() - began} ms)`);
    } catch (error) {
      failures.push(`FAIL  ${label}\n${error.stack ?? error}`);
      console.log(failures.at(-1));
      await picture(visit.page, `failed-${name.replace(/\W+/g, '-')}`, view);
    }
    visit.complaints.length = 0;
    visit.allowed.clear();
  }
  await visit.context.close();
  await server.stop();
}

const waiting = [...views];
async function lane() {
  for (let view = waiting.shift(); view; view = waiting.shift()) await travel(view);
}
// One server at a given address is one school: its journeys follow each other.
await Promise.all(Array.from({ length: target.startsWith('http') ? 1 : LANES }, lane));
await browser.close();
// Once more where whoever reads only the end of the log finds them.
for (const failure of failures) console.log(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
