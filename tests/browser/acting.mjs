// Who acts in whose name: a guardian whom the office links books for the child, an admin sees as somebody. Each journey
// leaves the demo's learner signed in.
import assert from 'node:assert/strict';
import { asStranger, mailedLink, PASSWORD } from './accounts.mjs';
import { look } from './browser.mjs';
import { answerTo, BOOKINGS, quiet, signIn } from './pages.mjs';
import { call, signIn as tokenOf } from './server.mjs';

const YEAR = 31_557_600_000;

async function asAdmin(base) {
  return { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}` };
}

/** A learner of sixteen, in a school that asks guardians. */
async function minor(base) {
  const headers = await asAdmin(base);
  const school = await call(base, 'GET', '/api/v1/school', headers);
  const seen = { ...headers, 'If-Match': school.headers.get('etag') };
  await call(base, 'PATCH', '/api/v1/school', seen, {
    guardian_consent_required: true,
    guardian_consent_text: 'My child may take driving lessons and drive on public roads with an instructor.',
  });
  const key = `acting-${Math.random()}`;
  const birth = new Date(Date.now() - 16 * YEAR).toISOString().slice(0, 10);
  const person = { name: 'Kim Minor', email: `${key}@demo.test`, birth_date: birth };
  const made = await call(base, 'POST', '/api/v1/learners', { ...headers, 'Idempotency-Key': key }, person);
  return made.json();
}

async function nobodyIsAsked(base) {
  const headers = await asAdmin(base);
  const school = await call(base, 'GET', '/api/v1/school', headers);
  const seen = { ...headers, 'If-Match': school.headers.get('etag') };
  await call(base, 'PATCH', '/api/v1/school', seen, { guardian_consent_required: false });
}

const banner = (page) => page.getByRole('complementary', { name: 'In whose name you act' });

export const acting = {
  'guardians: linked by the office, they agree and book for their child': async ({ page, view, base, allowed }) => {
    const kim = await minor(base);
    const seen = await (await fetch(`${base}/demo/mail`)).text();
    await asStranger(page, '/');
    await signIn(page, 'admin@demo.test');
    await page.goto('/manage/learners');
    await page.getByRole('button', { name: 'Guardians Kim Minor' }).click();
    const dialog = page.getByRole('dialog', { name: 'Guardians of Kim Minor' });
    await dialog.getByText('Nobody yet.').waitFor();
    await dialog.getByRole('button', { name: 'Invite somebody new' }).click();
    await dialog.getByLabel('Name').fill('Pat Parent');
    await dialog.getByLabel('E-mail').fill(`pat-${Math.random()}@demo.test`);
    await look(page, 'guardians-invite', view);
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
    await dialog.getByText('has not agreed to lessons').waitFor();
    await look(page, 'guardians', view);

    await asStranger(page, await mailedLink(base, 'welcome', seen));
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('navigation').waitFor();
    await page.goto('/children');
    await page.getByRole('heading', { level: 1, name: 'Your children' }).waitFor();
    await page.getByText('Your school asks you to agree before Kim Minor has lessons:').waitFor();
    await look(page, 'children', view);

    // Without the consent nothing is booked.
    allowed.add('422');
    await page.getByRole('button', { name: 'Book a lesson Kim Minor' }).click();
    await banner(page).getByText('You act for Kim Minor.').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Book a lesson' }).waitFor();
    await quiet(page);
    await look(page, 'acting-without-consent', view);
    assert.equal(await page.locator('[name=slot]').count(), 0, 'what would be refused is not offered');
    allowed.add('403');
    await banner(page).getByRole('button', { name: 'Your children' }).click();
    const consent = answerTo(page, 'PUT', `/api/v1/me/children/${kim.id}/consent`);
    await page.getByRole('button', { name: 'I agree Kim Minor' }).click();
    assert.equal((await consent).status(), 204);
    await page.getByText('You have agreed that Kim Minor has lessons:').waitFor();
    await look(page, 'children-consent', view);

    await page.getByRole('button', { name: 'Book a lesson Kim Minor' }).click();
    await page.locator('label:has([name=slot])').first().click();
    await look(page, 'acting-book', view);
    const answer = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    assert.equal((await answer).status(), 201);
    assert.equal((await answer).request().headers()['acting-for'], kim.id);
    await page.getByRole('heading', { level: 1, name: /booked|school/i }).waitFor();
    await look(page, 'acting-booked', view);
    // The page that is left asks once more, now for the guardian, who has no lessons (actAs in lib/account/act.ts).
    allowed.add('403');
    await banner(page).getByRole('button', { name: 'Your children' }).click();
    await page.getByRole('list', { name: 'Next lessons' }).getByRole('listitem').first().waitFor();
    await quiet(page);
    await look(page, 'children-lessons', view);
    assert.equal(await banner(page).count(), 0);
    await nobodyIsAsked(base);
    await asStranger(page, '/');
    await signIn(page);
  },

  'see as: an admin acts as a learner, who reads why': async ({ page, view, base }) => {
    const headers = await asAdmin(base);
    const { items } = await (await call(base, 'GET', '/api/v1/learners?limit=200', headers)).json();
    const { name } = items.find(({ email }) => email === 'learner@demo.test');
    await asStranger(page, '/');
    await signIn(page, 'admin@demo.test');
    await page.goto('/manage/learners');
    await page.getByRole('button', { name: `More ${name}` }).click();
    await page.getByRole('menuitem', { name: 'See as…' }).click();
    const dialog = page.getByRole('dialog', { name: `See as ${name}` });
    await dialog.getByLabel('Reason').fill('They cannot find a time');
    await look(page, 'see-as', view);
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await banner(page).getByText(`You see and act as ${name} until`).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Book a lesson' }).waitFor();
    await quiet(page);
    await look(page, 'acting-admin', view);
    // It stays in sight on every page, also when it is scrolled.
    await page.getByRole('link', { name: 'My lessons' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'My lessons' }).waitFor();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const box = await banner(page).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= view.height, 'the banner is in sight');
    await quiet(page);
    await look(page, 'acting-admin-lessons', view);
    const ended = answerTo(page, 'DELETE', '/api/v1/impersonations/');
    await banner(page).getByRole('button', { name: 'Stop' }).click();
    assert.equal((await ended).status(), 204);
    await page.getByRole('link', { name: 'Manage', exact: true }).waitFor();
    assert.equal(await banner(page).count(), 0);

    await asStranger(page, '/');
    await signIn(page);
    await page.goto('/account');
    const acted = page.getByRole('region', { name: 'Who acts in your name' });
    await acted.getByText('Why: They cannot find a time').waitFor();
    await look(page, 'acted-for', view);
  },
};
