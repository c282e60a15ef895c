// What people do with their accounts themselves: one of the demo's other learners, who has no password yet. Each
// journey leaves the demo's learner signed in.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';
import { answerTo, quiet, signIn } from './pages.mjs';
import { call, signIn as tokenOf } from './server.mjs';

const MAIL_SECONDS = 20;
export const PASSWORD = 'a sentence of some length';

/** The first link to this page in the newest mails of the demo that are not in `seen`. */
export async function mailedLink(base, page, seen = '') {
  const found = new RegExp(`${base}/${page}#[\\w-]+`, 'g');
  for (const end = Date.now() + MAIL_SECONDS * 1000; Date.now() < end; ) {
    const links = (await (await fetch(`${base}/demo/mail`)).text()).match(found) ?? [];
    const fresh = links.find((link) => !seen.includes(link));
    if (fresh) return fresh;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail with a link to /${page} came`);
}

/** The address of a learner with whom nothing else happens here. */
async function somebody(base) {
  const headers = { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}` };
  const { items } = await (await call(base, 'GET', '/api/v1/learners', headers)).json();
  return items.filter(({ email }) => email !== 'learner@demo.test').at(-1).email;
}

/** The welcome link of an instructor who is new. */
async function welcomeOf(base) {
  const key = `account-${Math.random()}`;
  const headers = { Authorization: `Bearer ${await tokenOf(base, 'admin@demo.test')}`, 'Idempotency-Key': key };
  const person = { name: 'Nell Account', email: `${key}@demo.test` };
  return (await (await call(base, 'POST', '/api/v1/instructors', headers, person)).json()).welcome_url;
}

/** As somebody who was never here. */
export async function asStranger(page, path) {
  await quiet(page);
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.goto(path);
}

const ask = async (page, email) => {
  await page.getByLabel('E-mail').fill(email);
  const answer = answerTo(page, 'POST', '/api/v1/auth/password-reset');
  await page.getByRole('button', { name: 'Send the link' }).click();
  return (await answer).status();
};

export const accounts = {
  'account: a forgotten password': async ({ page, view, base, allowed, context }) => {
    const email = await somebody(base);
    const seen = await (await fetch(`${base}/demo/mail`)).text();
    await asStranger(page, '/sign-in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
    await look(page, 'forgot', view);
    await page.getByLabel('E-mail').fill(email);
    allowed.add('ERR_INTERNET_DISCONNECTED').add('ERR_FAILED');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('alert').waitFor();
    await look(page, 'forgot-offline', view);
    await context.setOffline(false);
    allowed.clear();
    assert.equal(await ask(page, email), 202);
    await page.getByText('Look into your mail').waitFor();
    await look(page, 'forgot-sent', view);

    const link = await mailedLink(base, 'reset', seen);
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: 'A new password' }).waitFor();
    await look(page, 'reset', view);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('navigation').waitFor();
    await quiet(page);
    await look(page, 'reset-done', view);

    allowed.add('422');
    await quiet(page);
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByLabel('New password').fill('a sentence of some length');
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('link', { name: 'Ask for a new link' }).waitFor();
    await look(page, 'reset-spent', view);
    await page.getByRole('link', { name: 'Ask for a new link' }).click();

    allowed.clear();
    allowed.add('429');
    let status = 202;
    for (let tries = 0; tries < 6 && status === 202; ++tries) {
      status = await ask(page, 'nobody@demo.test');
      if (status === 202) await page.getByRole('button', { name: 'Try another address' }).click();
    }
    assert.equal(status, 429);
    await page.getByText('No more mails for now').waitFor();
    await look(page, 'forgot-limited', view);
    allowed.clear();
    await asStranger(page, '/');
    await signIn(page);
  },

  'account: the own password, and where one is signed in': async ({ page, view, base, allowed }) => {
    await page.goto('/lessons');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('link', { name: 'Your account' }).click();
    const list = page.getByRole('region', { name: 'Where you are signed in' });
    await list.getByText('This device').waitFor();
    await tokenOf(base, 'learner@demo.test');
    await page.reload();
    await list.getByText('A device we do not know').first().waitFor();
    await quiet(page);
    await look(page, 'own-account', view);
    await list.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText('Signed out there.').waitFor();
    await list.getByText('A device we do not know').first().waitFor({ state: 'detached' });

    allowed.add('422');
    await page.getByLabel('Password now').fill('not this one');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('This is not your password.').waitFor();
    await look(page, 'own-account-wrong', view);
    allowed.clear();
  },

  'account: somebody changes the password': async ({ page, view, base }) => {
    const link = await welcomeOf(base);
    await asStranger(page, link);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('navigation').waitFor();
    await quiet(page);
    await page.goto('/account');
    await page.getByLabel('Password now').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD}, and more`);
    const answer = answerTo(page, 'PUT', '/api/v1/me/password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    assert.equal((await answer).status(), 204);
    await page.getByText(/^Your password is changed/).waitFor();
    await look(page, 'own-account-changed', view);
    await asStranger(page, '/');
    await signIn(page);
  },

  'account: a learner registers': async ({ page, view, base, allowed }) => {
    const email = `new-${Math.random()}@demo.test`;
    const seen = await (await fetch(`${base}/demo/mail`)).text();
    await asStranger(page, '/sign-in');
    await look(page, 'sign-in-links', view);
    await page.getByRole('link', { name: 'New here? Make an account' }).click();
    await page.getByRole('heading', { name: 'New here?' }).waitFor();
    await look(page, 'register', view);
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('Look into your mail').waitFor();
    await look(page, 'register-sent', view);

    const link = await mailedLink(base, 'join', seen);
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Make your account' }).waitFor();
    await page.getByLabel('Your name').fill('Ada Newcomer');
    await page.getByLabel('Choose a password').fill('password1');
    allowed.add('422');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText(/first that anybody would try/).waitFor();
    await look(page, 'join-common', view);
    allowed.clear();
    await page.getByLabel('Choose a password').fill(PASSWORD);
    await look(page, 'join', view);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('heading', { name: 'Book a lesson' }).waitFor();
    await quiet(page);
    await look(page, 'joined', view);

    allowed.add('422');
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByLabel('Your name').fill('Ada Newcomer');
    await page.getByLabel('Choose a password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('This link can no longer be used').waitFor();
    await look(page, 'join-spent', view);
    allowed.clear();
    await asStranger(page, '/');
    await signIn(page);
  },

  'account: another address': async ({ page, view, base }) => {
    const link = await welcomeOf(base);
    await asStranger(page, link);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save and sign in' }).click();
    await page.getByRole('navigation').waitFor();
    await quiet(page);
    await page.goto('/account');
    const seen = await (await fetch(`${base}/demo/mail`)).text();
    const email = `other-${Math.random()}@demo.test`;
    await page.getByLabel('New address').fill(email);
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change the address' }).click();
    await page.getByText('Look into your mail').waitFor();
    await look(page, 'address-asked', view);
    await page.goto(await mailedLink(base, 'confirm', seen));
    await page.getByRole('heading', { name: 'Your new address' }).waitFor();
    await look(page, 'address-confirm', view);
    await page.getByRole('button', { name: 'Use this address' }).click();
    await page.getByText('Your address is changed').waitFor();
    await look(page, 'address-changed', view);
    await quiet(page);
    await page.goto('/account');
    await page.getByText(`You sign in with ${email}.`).waitFor();
    await asStranger(page, '/');
    await signIn(page);
  },
};
