// Second factors: an app whose codes are computed here, and passkeys of Chromium's virtual authenticator.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { look } from './browser.mjs';
import { answerTo, quiet } from './pages.mjs';
import { startServer } from './server.mjs';

const PASSWORD = 'roadbook-demo';
const STEP_MS = 30_000;

/** RFC 6238, `later` steps from now. */
export function codeOf(secret, later = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + later));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function signIn(page, email) {
  if (!page.url().includes('/sign-in')) await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page) {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

/** A device that knows its owner, and does what it is asked. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const verified = (isUserVerified) =>
    devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return { verified };
}

const app = (page) => page.getByRole('region', { name: 'Authenticator app' });
const passkeys = (page) => page.getByRole('region', { name: 'Passkeys' });

async function setUpApp(page, view, name) {
  await app(page).getByRole('button', { name: 'Set up an app' }).click();
  await app(page).getByLabel('Your password').fill(PASSWORD);
  await app(page).getByRole('button', { name: 'Set up an app' }).click();
  await app(page).getByRole('img', { name: 'QR code' }).waitFor();
  await look(page, `${name}-scan`, view);
  const secret = (await app(page).locator('.select-all').innerText()).replaceAll(' ', '');
  await app(page).getByLabel('The code that the app shows now').fill(codeOf(secret));
  await app(page).getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Keep these backup codes').waitFor();
  await look(page, `${name}-codes`, view);
  const codes = await app(page).getByRole('listitem').allInnerTexts();
  assert.equal(codes.length, 10);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    app(page).getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'roadbook-backup-codes.txt');
  await app(page).getByRole('button', { name: 'I have kept them' }).click();
  return { secret, codes };
}

async function withAnApp({ page, view, allowed }) {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await look(page, 'factors-sign-in', view);
  await signIn(page, 'admin@demo.test');
  await page.getByRole('navigation').waitFor();
  await page.goto('/account');
  await app(page).waitFor();
  await quiet(page);
  await look(page, 'factors-none', view);
  const { secret, codes } = await setUpApp(page, view, 'factors');
  await app(page).getByText('You have 10 backup codes left.').waitFor();
  await look(page, 'factors-app', view);
  await signOut(page);

  allowed.add('401').add('422');
  await signIn(page, 'admin@demo.test');
  const code = page.getByLabel('Code', { exact: true });
  await code.waitFor();
  await look(page, 'factors-step', view);
  await code.fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(/^This code is not right/).waitFor();
  await look(page, 'factors-step-wrong', view);
  // The one that confirmed the app is spent; the next one is good already.
  await code.fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('navigation').waitFor();
  await signOut(page);
  await signIn(page, 'admin@demo.test');
  await code.fill(codes[0].toUpperCase());
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('navigation').waitFor();
  // What a page still asks while somebody signs out is refused.
  allowed.delete('422');
}

async function withAPasskey({ page, view }) {
  const { verified } = await authenticator(page);
  await page.goto('/account');
  await passkeys(page).getByRole('button', { name: 'Add a passkey' }).click();
  await passkeys(page).getByLabel('Your password').fill(PASSWORD);
  const answer = answerTo(page, 'POST', '/api/v1/me/passkeys');
  await passkeys(page).getByRole('button', { name: 'Add a passkey' }).click();
  assert.equal((await answer).ok(), true);
  await page.getByText('The passkey is added.').waitFor();
  await passkeys(page).getByRole('button', { name: 'Rename' }).click();
  await passkeys(page).getByLabel('Name of the passkey').fill('Key of the front desk');
  await passkeys(page).getByRole('button', { name: 'Save the name' }).click();
  await passkeys(page).getByText('Key of the front desk').first().waitFor();
  await signOut(page);
  await verified(false);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('Nothing was done').waitFor();
  await verified(true);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('navigation').waitFor();
  // Looking at a page ends the device, so that is the last thing.
  await page.goto('/account');
  await passkeys(page).getByText('Last used').waitFor();
  await quiet(page);
  await look(page, 'factors-passkey', view);
}

async function required({ page, view }) {
  await page.goto('/manage/school');
  await page.getByLabel('Staff need a second factor').check();
  const saved = answerTo(page, 'PATCH', '/api/v1/school');
  await page.getByRole('button', { name: /^Save/ }).first().click();
  assert.equal((await saved).status(), 200);
  await signOut(page);
  await signIn(page, 'instructor@demo.test');
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
  await app(page).waitFor();
  await quiet(page);
  await look(page, 'factors-must', view);
  await page.goto('/week');
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
  await app(page).waitFor();
  await setUpApp(page, view, 'factors-must');
  await page.getByText('That is all.').waitFor();
  await page.getByRole('button', { name: 'Go on to Roadbook' }).click();
  await page.waitForURL('**/week');
  await page.getByRole('navigation').waitFor();
  await page.goto('/account');
  await app(page).getByText('Your school asks its staff').waitFor();
  assert.equal(await app(page).getByRole('button', { name: 'Remove the app' }).count(), 0);
  await quiet(page);
  await look(page, 'factors-last', view);
}

export const factors = {
  'factors: an app, a passkey, and a school that asks for one': async ({ elsewhere, view }) => {
    if (!elsewhere) return;
    // A passkey is bound to a name: numbers are none.
    const server = await startServer(elsewhere.binary, undefined, 'localhost');
    const visit = await elsewhere.open(server.base);
    try {
      await withAnApp({ ...visit, view });
      await withAPasskey({ ...visit, view });
      await required({ ...visit, view });
      assert.deepEqual(visit.complaints, []);
    } finally {
      await visit.context.close();
      await server.stop();
    }
  },

  'factors: an address of numbers has no passkeys': async ({ page, view }) => {
    await page.goto('/account');
    await passkeys(page).getByText(/^Passkeys need an address/).waitFor();
    assert.equal(await passkeys(page).getByRole('button').count(), 0);
    await look(page, 'factors-insecure', view);
  },
};
