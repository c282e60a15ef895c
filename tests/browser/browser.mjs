// One headless Chromium, pages that fail on anything in the console, axe and screenshots. Used by run.mjs.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = new URL('../../build/screenshots/', import.meta.url).pathname;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A fresh profile. `allowed` are the statuses that a journey provokes; Chromium writes each into the console. */
export async function openPage(browser, { width, height, scheme, base }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    hasTouch: width < 800,
    locale: 'en-GB',
    timezoneId: 'Pacific/Auckland',
    baseURL: base,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const allowed = new Set();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const status = /^Failed to load resource.*(?:status of (\d+)|net::(ERR_\w+))/.exec(message.text());
    if (status && allowed.has(status[1] ?? status[2])) return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
  return { context, page, allowed, complaints };
}

/** Kept under build/screenshots for people to look at. */
export async function picture(page, name, { width, scheme }) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}${name}-${width}-${scheme}.png`, animations: 'disabled' });
}

/** Half under a bar that sticks, a target measures what shows of it. Those that are small in the middle, too, are. */
const stillSmall = (page, nodes) =>
  page.evaluate(async (targets) => {
    const { scrollX, scrollY } = globalThis;
    const small = [];
    for (const target of targets) {
      document.querySelector(target)?.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { violations } = await globalThis.axe.run(target, { runOnly: ['target-size'] });
      if (violations.length > 0) small.push(target);
    }
    scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
    return small;
  }, nodes.map((node) => node.target[0]));

/** A picture, no sideways scrolling, and nothing that axe calls serious. */
export async function look(page, name, view) {
  await picture(page, name, view);
  // Compared with the width that was set: under touch emulation innerWidth grows with the page.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > view.width) throw new Error(`${name}: scrolls sideways, ${wide} px on ${view.width}`);
  const devtools = await page.context().newCDPSession(page);
  // Past the Content-Security-Policy of the page, which would refuse a script tag.
  await devtools.send('Runtime.evaluate', { expression: axe });
  const { violations } = await page.evaluate(
    (rules) => globalThis.axe.run(document, { runOnly: rules }),
    RULES,
  );
  const faults = [];
  for (const { id, impact, nodes } of violations) {
    if (!['serious', 'critical'].includes(impact)) continue;
    const targets = id === 'target-size' ? await stillSmall(page, nodes) : nodes.map((node) => node.target);
    if (targets.length > 0) faults.push(`${id} ${targets.join(' ')}`);
  }
  await devtools.detach();
  if (faults.length > 0) throw new Error(`${name}: ${faults.join('; ')}`);
}
