// A learner's first visit to the booking page on a phone: 4x slower processor, 1.6 Mbit/s, 150 ms, nothing cached,
// signed in.
// Prints median and worst of the visits: first and largest contentful paint, the first slot that can be tapped, shifts.
// Usage: node bench/phone.mjs build/release/roadbook
import { openPage, startBrowser } from '../tests/browser/browser.mjs';
import { startServer } from '../tests/browser/server.mjs';

const VISITS = 7;

async function slowDown(context, page) {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6e6 / 8) | 0,
    uploadThroughput: (0.75e6 / 8) | 0,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  return session;
}

function watch() {
  localStorage.setItem('roadbook.signed-in', '1');
  globalThis.vitals = { lcp: 0, cls: 0, slot: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.vitals.lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.vitals.cls += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    if (document.querySelector('input[name=slot]:not([disabled])')) globalThis.vitals.slot = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function visit(browser, base) {
  const { context, page } = await openPage(browser, { width: 390, height: 844, scheme: 'light', base });
  const answer = await context.request.post('/api/v1/auth/login', {
    data: { email: 'learner@demo.test', password: 'roadbook-demo' },
  });
  if (!answer.ok()) throw new Error(`cannot sign in: ${answer.status()}`);
  await slowDown(context, page);
  await page.addInitScript(watch);
  await page.goto('/book');
  await page.waitForFunction(() => globalThis.vitals.slot > 0, undefined, { timeout: 30_000 });
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => ({
    ...globalThis.vitals,
    fcp: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  }));
  await context.close();
  return seen;
}

const server = await startServer(process.argv[2]);
const browser = await startBrowser();
try {
  const visits = [];
  for (let round = 0; round < VISITS; ++round) visits.push(await visit(browser, server.base));
  const of = (key) => visits.map((each) => each[key]).toSorted((a, b) => a - b);
  const shown = (key) => `${(of(key)[VISITS >> 1] / 1000).toFixed(2)} (${(of(key).at(-1) / 1000).toFixed(2)})`;
  console.log(
    `booking page on a phone, ${VISITS} first visits, seconds, median (worst): first paint ${shown('fcp')}, ` +
      `largest ${shown('lcp')}, first slot ${shown('slot')}; shift ${of('cls').at(-1).toFixed(3)} at most`,
  );
} finally {
  await browser.close();
  await server.stop();
}
