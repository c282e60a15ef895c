// From nothing to a school that can be booked.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { quiet } from './pages.mjs';
import { startNewSchool } from './server.mjs';

const admin = { name: 'Ada Marsh', email: 'ada@first-gear.test' };

async function fromNothing({ page, view, link }) {
  let steps = 0;
  const step = async (action) => {
    ++steps;
    await action;
  };
  const ready = page.getByRole('region', { name: 'Getting ready' });
  const isDone = async (name) => {
    await page.goto('/board');
    await ready.getByRole('listitem').filter({ hasText: name }).getByText('Done').waitFor();
  };
  await page.goto(link);
  await step(page.getByLabel('New password').fill('a sentence of some length'));
  await step(page.getByRole('button', { name: 'Save and sign in' }).click());
  await ready.waitFor();
  assert.equal(await ready.getByText('Not yet').count(), 4);
  await quiet(page);
  await look(page, 'first-nothing', view);

  await step(ready.getByRole('link', { name: 'A lesson type' }).click());
  await step(page.getByRole('button', { name: 'Add a lesson type' }).click());
  const dialog = page.getByRole('dialog');
  const add = () => step(dialog.getByRole('button', { name: 'Add', exact: true }).click());
  await step(dialog.getByLabel('Name').fill('Driving lesson'));
  await step(dialog.getByLabel('Price').fill('38'));
  await add();
  await dialog.waitFor({ state: 'detached' });

  await isDone('A lesson type');
  const needsVehicle = (await ready.getByText('A vehicle').count()) > 0;
  await step(ready.getByRole('link', { name: 'An instructor', exact: true }).click());
  await step(page.getByRole('button', { name: 'Add an instructor' }).click());
  await step(dialog.getByLabel('Name').fill('Ines Kerr'));
  await step(dialog.getByLabel('E-mail').fill('ines@first-gear.test'));
  await add();
  await step(page.getByRole('button', { name: 'Done' }).click());

  await isDone('An instructor');
  await look(page, 'first-half', view);
  await step(ready.getByRole('link', { name: /^Hours/ }).click());
  await step(page.getByRole('button', { name: 'Add hours Monday' }).click());
  await step(page.getByLabel('Copy the hours of Monday to').selectOption({ label: 'Monday to Friday' }));
  await step(page.getByRole('button', { name: 'Save hours' }).click());
  await page.getByText('Hours are saved.').waitFor();

  if (needsVehicle) {
    await isDone('Hours in which');
    await step(ready.getByRole('link', { name: 'A vehicle' }).click());
    await step(page.getByRole('button', { name: 'Add a vehicle' }).first().click());
    await step(dialog.getByLabel('Name').fill('Fiesta'));
    await step(dialog.getByLabel('Ines Kerr').check());
    await add();
    await dialog.waitFor({ state: 'detached' });
    await isDone('A vehicle');
  } else await isDone('Hours in which');

  await step(ready.getByRole('link', { name: 'A learner' }).click());
  await step(page.getByRole('button', { name: 'Add a learner' }).first().click());
  await step(dialog.getByLabel('Name').fill('Lou Baker'));
  await step(dialog.getByLabel('E-mail').fill('lou@first-gear.test'));
  await add();
  await step(page.getByRole('button', { name: 'Done' }).click());
  const asked = page.waitForResponse((answer) => answer.url().includes('/calendar/availability'));
  await page.goto('/board');
  const { days } = await (await asked).json();
  assert.ok(
    days.some(({ count }) => count > 0),
    'a time is free',
  );
  await quiet(page);
  assert.equal(await ready.count(), 0, 'nothing is left to do');
  await look(page, 'first-ready', view);
  console.log(`      from setup to a school that can be booked: ${steps} steps`);
}

export const first = {
  'first run: from nothing to a school that can be booked': async ({ view, elsewhere }) => {
    // At the address of a server that runs already there is nothing to begin with.
    if (!elsewhere) return;
    const { link, base, stop } = await startNewSchool(elsewhere.binary, admin);
    const { context, page, complaints } = await elsewhere.open(base);
    try {
      await fromNothing({ page, view, link });

      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      await stop();
    }
  },
};
