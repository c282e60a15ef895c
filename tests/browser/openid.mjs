// Signing in at a provider of OpenID Connect, through the real pages of a real one.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { quiet, signIn } from './pages.mjs';
import { startProvider } from './provider.mjs';
import { startServer } from './server.mjs';

const INSTRUCTOR = 'instructor@demo.test';
const STRANGER = 'nobody@elsewhere.test';

/** As somebody who was never here, nor at the provider. */
async function asStranger(page, path) {
  await quiet(page);
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.goto(path);
}

/** From the sign-in page there, and back again. */
async function throughProvider(page, account) {
  await page.getByRole('link', { name: 'Sign in with Test ID' }).click();
  await page.getByRole('heading', { name: 'Test ID' }).waitFor();
  await page.getByLabel('Account').fill(account);
  await page.getByRole('button', { name: account ? 'Go on' : 'Cancel' }).click();
}

async function journey({ page, view, allowed }) {
  await page.goto('/lessons');
  await page.getByRole('link', { name: 'Sign in with Test ID' }).waitFor();
  await page.getByRole('link', { name: 'Sign in with Google' }).waitFor();
  await look(page, 'openid-sign-in', view);

  // A learner whose address the provider vouches for.
  await throughProvider(page, 'learner@demo.test');
  await page.getByRole('navigation').waitFor();
  assert.equal(new URL(page.url()).pathname, '/lessons');
  await page.reload();
  await page.getByRole('navigation').waitFor();
  await quiet(page);

  await page.goto('/account');
  const section = page.getByRole('region', { name: 'Other ways to sign in' });
  await section.getByText(/^Connected on/).waitFor();
  await quiet(page);
  await look(page, 'openid-account', view);
  await section.getByRole('button', { name: 'Disconnect Test ID' }).click();
  await page.getByText('Test ID is disconnected.').waitFor();
  await section.getByRole('button', { name: 'Connect Test ID' }).waitFor();

  // Who is not let in, and why.
  const refused = async (account, words, picture) => {
    await asStranger(page, '/sign-in?next=%2Faccount');
    await throughProvider(page, account);
    await page.getByRole('heading', { name: 'No sign-in with Test ID' }).waitFor();
    await page.getByText(words).waitFor();
    await look(page, picture, view);
  };
  await refused(STRANGER, 'There is no account with this address at this school.', 'openid-unknown');
  await refused('unproved.learner@demo.test', 'does not say that this address is yours', 'openid-unproved');
  await refused('', 'You said no there. Nothing has changed.', 'openid-denied');
  await refused(INSTRUCTOR, 'Sign in with your password first', 'openid-staff');

  // Staff connect it themselves, with another address even.
  await page.context().clearCookies();
  await page.goto('about:blank');
  await signIn(page, INSTRUCTOR);
  await quiet(page);
  await page.goto('/account');
  await section.getByRole('button', { name: 'Connect Test ID' }).click();
  allowed.add('422');
  await section.getByLabel('Your password here').fill('not this one');
  await section.getByRole('button', { name: 'Continue to Test ID' }).click();
  await section.getByText('This is not your password.').waitFor();
  await look(page, 'openid-connect', view);
  allowed.clear();
  await section.getByLabel('Your password here').fill('roadbook-demo');
  await section.getByRole('button', { name: 'Continue to Test ID' }).click();
  await page.getByLabel('Account').fill(STRANGER);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Test ID is connected.').waitFor();
  await quiet(page);
  await look(page, 'openid-connected', view);
  await asStranger(page, '/sign-in?next=%2Faccount');
  await throughProvider(page, STRANGER);
  await page.getByText(`, ${INSTRUCTOR}`).waitFor();

  // The provider's answer, in a browser that did not ask.
  await asStranger(page, '/api/v1/auth/oidc/callback?code=stolen&state=stolen');
  await page.getByText('was begun in another window').waitFor();
  await look(page, 'openid-again', view);
}

export const openId = {
  'openid: in by a provider, and who is not': async ({ view, elsewhere }) => {
    // A running server of somebody's has no provider of ours.
    if (!elsewhere) return;
    let provider;
    const server = await startServer(elsewhere.binary, async (base) => {
      provider = await startProvider([`${base}/api/v1/auth/oidc/callback`]);
      return {
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: provider.client.client_id,
        OIDC_CLIENT_SECRET: provider.client.client_secret,
        OIDC_NAME: 'Test ID',
        GOOGLE_CLIENT_ID: 'none',
        GOOGLE_CLIENT_SECRET: 'none',
      };
    });
    const visit = await elsewhere.open(server.base);
    try {
      await journey({ ...visit, view });
      assert.deepEqual(visit.complaints, []);
    } finally {
      await visit.context.close();
      await server.stop();
      await provider.stop();
    }
  },
};
