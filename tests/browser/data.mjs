// What schools owe people about their data: how long it is kept, holds, requests, the record of processing. Each
// journey leaves the demo's learner signed in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asStranger } from './accounts.mjs';
import { look } from './browser.mjs';
import { answerTo, quiet, signIn } from './pages.mjs';

async function asAdmin(page, path) {
  await asStranger(page, '/');
  await signIn(page, 'admin@demo.test');
  await page.goto(path);
}

async function asLearner(page) {
  await asStranger(page, '/');
  await signIn(page);
}

export const data = {
  'data: how long it is kept, with what would go, and a hold': async ({ page, view, allowed }) => {
    await asAdmin(page, '/manage/retention');
    await page.getByLabel(/^Notes and reasons/).fill('1');
    await page.getByLabel(/^Learners who stay away/).fill('240');
    await page.getByRole('button', { name: 'Show what would go' }).click();
    const preview = page.getByRole('region', { name: 'What would go now' });
    await preview.getByRole('heading', { name: 'Learners' }).waitFor();
    await quiet(page);
    await look(page, 'retention', view);
    const answer = answerTo(page, 'PUT', '/api/v1/privacy/retention');
    await preview.getByRole('button', { name: 'Save' }).click();
    assert.equal((await answer).status(), 200);
    await page.getByText('Saved.').first().waitFor();

    const holds = page.getByRole('region', { name: 'On hold' });
    const learner = await holds.getByLabel('Learner').locator('option', { hasText: 'Maya' }).first().textContent();
    await holds.getByLabel('Learner').selectOption({ label: learner });
    await holds.getByLabel('Why it stays').selectOption('claim');
    await holds.getByLabel('Reason', { exact: true }).fill('The scratch on the red car');
    await holds.getByRole('button', { name: 'Put on hold' }).click();
    await holds.getByText('The scratch on the red car').waitFor();
    await look(page, 'holds', view);

    await asLearner(page);
    allowed.add('409');
    await page.goto('/account');
    await page.getByRole('link', { name: 'Your data: what you may ask for' }).click();
    await page.getByRole('button', { name: 'Erase me…' }).click();
    await page.getByLabel('Password now').fill('roadbook-demo');
    await page.getByRole('button', { name: 'Erase me for good' }).click();
    await page.getByText('The scratch on the red car').waitFor();
    await look(page, 'erase-held', view);
    await page.getByRole('dialog').getByRole('button', { name: 'Keep my account' }).click();
    allowed.clear();

    await asAdmin(page, '/manage/retention');
    await holds.getByRole('button', { name: /^Lift the hold/ }).click();
    await holds.getByText('Nobody.').waitFor();
    await asLearner(page);
  },

  'data: somebody asks the school, which takes longer and answers': async ({ page, view, allowed }) => {
    await page.goto('/account');
    await page.getByRole('link', { name: 'Your data: what you may ask for' }).click();
    const ask = page.getByRole('region', { name: 'Ask the school' });
    await ask.getByLabel('What you ask for').selectOption('rectification');
    await ask.getByLabel('In your words').fill('My second name is missing.');
    const filed = answerTo(page, 'POST', '/api/v1/me/requests');
    await ask.getByRole('button', { name: 'Send it' }).click();
    assert.equal((await filed).status(), 201);
    await ask.getByText(/An answer is due by/).waitFor();
    await look(page, 'requests-mine', view);

    await asAdmin(page, '/manage/requests');
    await page.getByText('My second name is missing.').waitFor();
    await page.getByRole('button', { name: 'Record one' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Received on').fill('2026-01-05');
    await dialog.getByLabel('In their words').fill('Please send me what you have.');
    await look(page, 'requests-record', view);
    await dialog.getByRole('button', { name: 'Record one' }).click();
    await page.getByText(/^Overdue since/).waitFor();
    await quiet(page);
    await look(page, 'requests', view);

    const mine = page.getByRole('listitem').filter({ hasText: 'My second name is missing.' });
    await mine.getByRole('button', { name: /^Take longer/ }).click();
    await dialog.getByLabel('Why it takes longer').fill('We have to ask the licensing office.');
    await look(page, 'requests-extension', view);
    await dialog.getByRole('button', { name: 'Take two months more' }).click();
    await mine.getByText(/We have to ask/).waitFor();
    await mine.getByRole('button', { name: /^Answer/ }).click();
    allowed.add('422');
    await dialog.getByRole('combobox', { name: 'Answer' }).selectOption('refused');
    await dialog.getByRole('button', { name: 'Answer', exact: true }).click();
    await dialog.getByText('Whoever is refused is told why (art. 12(4) GDPR).').first().waitFor();
    await look(page, 'requests-answer', view);
    allowed.clear();
    await dialog.getByLabel('In your words').fill('The licence has no second name.');
    await dialog.getByRole('button', { name: 'Answer', exact: true }).click();
    await mine.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Answered', exact: true }).click();
    await mine.getByText('Refused').waitFor();
    await look(page, 'requests-answered', view);

    await asLearner(page);
    await page.goto('/account');
    await page.getByRole('link', { name: 'Your data: what you may ask for' }).click();
    await page.getByText('The licence has no second name.').waitFor();
    await look(page, 'requests-answer-read', view);
  },

  'data: the record of processing, to read and to take along': async ({ page, view }) => {
    await asAdmin(page, '/manage/record');
    await page.getByRole('heading', { name: 'Planning, giving and charging driving lessons' }).waitFor();
    await look(page, 'record', view);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as a table' }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), 'record-of-processing.csv');
    assert.match(readFileSync(await file.path(), 'utf8'), /^table,purpose,people,/);
    await asLearner(page);
  },
};
