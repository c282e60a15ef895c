// tools/google-sim, held to Google's own clients, and to an independent emulator where that covers it. The number at
// the beginning of a name is that of a statement about Google's behaviour that the test shows.
// Usage: node tests/google/run.mjs [part of a test's name]
import { consent } from './consent.mjs';
import { control } from './control.mjs';
import { emulator } from './emulator.mjs';
import { events } from './events.mjs';
import { limits } from './limits.mjs';
import { closeBrowser, page } from './page.mjs';
import { push } from './push.mjs';
import { startSim, worldAt } from './sim.mjs';
import { start } from './start.mjs';
import { sync } from './sync.mjs';

const TEST_MS = 60_000;
const only = process.argv[2] ?? '';
const sim = await startSim();
const world = worldAt(sim.base);
let passed = 0;
let failed = 0;

const late = (ms) =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms).unref());

for (const [name, test] of Object.entries({
  ...consent,
  ...events,
  ...sync,
  ...push,
  ...limits,
  ...control,
  ...emulator,
  ...page,
  ...start,
})) {
  if (!name.includes(only)) continue;
  const began = Date.now();
  try {
    await world.sim('POST', 'reset');
    await Promise.race([test(world), late(TEST_MS)]);
    ++passed;
    console.log(`ok    ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n${error.stack ?? error}`);
  }
}
sim.stop();
await closeBrowser();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
