// What people ask about their own data: somebody of the demo's learners who has set a password. Each journey leaves the
// demo's learner signed in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asStranger, mailedLink, PASSWORD } from './accounts.mjs';
import { look } from './browser.mjs';
import { answerTo, quiet, signIn } from './pages.mjs';
import { call, signIn as tokenOf } from './server.mjs';

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A learner who is new and signed in. */
async function newLearner(page, base) {
  const key = `privacy-${Math.random()}`;
  const headers = { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}`, 'Idempotency-Key': key };
  const person = { name: 'Nell Private', email: `${key}@demo.test` };
  const made = await (await call(base, 'POST', '/api/v1/learners', headers, person)).json();
  await asStranger(page, made.welcome_url);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByRole('navigation').waitFor();
  await quiet(page);
  return { ...person, id: made.id };
}

export const privacy = {
  'privacy: a copy of the own data, and then none at all': async ({ page, view, base, allowed }) => {
    const seen = await (await fetch(`${base}/demo/mail`)).text();
    const nell = await newLearner(page, base);
    await page.goto('/account');
    await page.getByRole('link', { name: 'Your data: what you may ask for' }).click();
    await page.getByRole('heading', { name: 'Your data', exact: true }).waitFor();
    await look(page, 'privacy', view);
    await page.getByRole('button', { name: 'Send me a copy' }).click();
    await page.getByText(`A link is on its way to ${nell.email}`).waitFor();
    await look(page, 'privacy-copy', view);

    const link = await mailedLink(base, 'export', seen);
    await quiet(page);
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Your data', exact: true }).waitFor();
    await look(page, 'copy', view);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    assert.equal((await download).suggestedFilename(), 'roadbook-data.zip');
    await page.getByText('It is in your downloads').waitFor();
    await look(page, 'copy-done', view);
    allowed.add('422');
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('This link can no longer be used').waitFor();
    await look(page, 'copy-spent', view);
    await page.getByRole('link', { name: 'Ask for another copy' }).click();

    await page.getByRole('button', { name: 'Erase me…' }).click();
    await page.getByLabel('Password now').fill('not this one');
    await page.getByRole('button', { name: 'Erase me for good' }).click();
    await page.getByText('This is not your password.').waitFor();
    await look(page, 'erase-wrong', view);
    allowed.clear();
    await page.getByLabel('Password now').fill(PASSWORD);
    const answer = answerTo(page, 'DELETE', '/api/v1/me');
    await page.getByRole('button', { name: 'Erase me for good' }).click();
    assert.equal((await answer).status(), 204);
    await page.getByText('You are erased.').waitFor();
    await look(page, 'erased', view);
    const headers = { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}` };
    assert.equal((await fetch(`${base}/api/v1/learners/${nell.id}`, { headers })).status, 404);
    await asStranger(page, '/');
    await signIn(page);
  },
  'documents: a permit is handed in, looked at, removed': async ({ page, view, base }) => {
    const nell = await newLearner(page, base);
    await page.goto('/account');
    const mine = page.getByRole('region', { name: 'Documents' });
    await mine.getByText('There are none yet.').waitFor();
    await page.getByLabel('Photo or PDF').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: PNG });
    await page.getByText('Only PDF, JPEG and PNG files can be kept.').waitFor();
    await look(page, 'documents-wrong', view);
    await page.getByLabel('Photo or PDF').setInputFiles({ name: 'p.png', mimeType: 'image/png', buffer: PNG });
    await page.getByLabel('Valid until, if it says so').fill('2032-05-03');
    const added = answerTo(page, 'POST', '/api/v1/learners/');
    await page.getByRole('button', { name: 'Add it' }).click();
    assert.equal((await added).status(), 201);
    await mine.getByText('Valid until').first().waitFor();
    await look(page, 'documents', view);
    const download = page.waitForEvent('download');
    await mine.getByRole('button', { name: 'Download' }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^Driving permit \d{4}-\d\d-\d\d\.png$/);
    assert.deepEqual(readFileSync(await file.path()), PNG);
    // Nothing of it stays on the device.
    const stored = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map((request) => request.url);
    });
    assert.deepEqual(stored.filter((url) => url.includes('/documents')), []);

    await asStranger(page, '/');
    await signIn(page, 'admin@demo.test');
    await page.goto(`/learners/${nell.id}/documents`);
    await page.getByRole('heading', { name: 'Documents of Nell Private' }).waitFor();
    await page.getByRole('button', { name: 'Remove' }).waitFor();
    await look(page, 'documents-school', view);
    await page.getByRole('button', { name: 'Remove' }).click();
    await look(page, 'documents-remove', view);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('There are none yet.').waitFor();
    await page.getByRole('link', { name: 'Back to the learners' }).click();
    await page.getByRole('link', { name: 'Documents Nell Private' }).first().waitFor();
    await asStranger(page, '/');
    await signIn(page);
  },

  'policies: an admin publishes, a learner accepts when booking and consents by choice': async ({
    page,
    view,
    base,
    allowed,
  }) => {
    const publish = async (kind, text) => {
      const headers = { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}` };
      const { items } = await (await call(base, 'GET', '/api/v1/policies', headers)).json();
      const seen = items.find((policy) => policy.kind === kind)?.version ?? 0;
      await call(base, 'PUT', `/api/v1/policies/${kind}`, { ...headers, 'If-Match': `"${seen}"` }, { text });
    };
    await publish('notice', 'Riverside keeps your name, address and lessons to teach you.');
    await publish('photos', 'We may show a picture of you with your certificate.');
    await newLearner(page, base);
    await page.goto('/account#data');
    await page.getByRole('heading', { name: 'What your school tells and asks you' }).waitFor();
    await page.getByText('You were shown it on').waitFor();
    await page.getByRole('button', { name: 'Agree Pictures of you' }).click();
    await page.getByText('You agreed on').waitFor();
    await look(page, 'consents', view);
    await page.getByRole('button', { name: 'Withdraw Pictures of you' }).click();
    await page.getByText('You withdrew this on').waitFor();

    await publish('terms', 'Lessons are cancelled a day ahead, or paid. '.repeat(60));
    allowed.add('422');
    await page.goto('/book');
    await page.getByRole('radio', { name: /^\d\d:\d\d/ }).first().click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('dialog', { name: 'Terms of your school' }).waitFor();
    await page.getByRole('region', { name: 'Terms of your school' }).waitFor();
    await look(page, 'terms', view);
    const answer = answerTo(page, 'POST', '/api/v1/calendar/bookings');
    await page.getByRole('button', { name: 'Accept and book' }).click();
    assert.equal((await answer).status(), 201);
    await page.getByRole('heading', { name: 'You’re booked' }).waitFor();

    await asStranger(page, '/sign-in');
    await signIn(page, 'admin@demo.test');
    await page.goto('/manage/policies');
    const terms = page.getByRole('region', { name: 'Terms', exact: true });
    await terms.getByLabel('Text').waitFor();
    await look(page, 'policies', view);
    await terms.getByLabel('Text').fill('');
    await terms.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Published').waitFor();
    await terms.locator('summary').click();
    await terms.getByText('Ended here.').first().waitFor();
    for (const kind of ['notice', 'photos', 'terms']) await publish(kind, '');
    await asStranger(page, '/sign-in');
    await signIn(page);
  },
};
