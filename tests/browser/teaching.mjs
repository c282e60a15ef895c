// An instructor gets another language, and lessons are listed and booked by it. Leaves the demo's learner signed in.
import assert from 'node:assert/strict';
import { asStranger } from './accounts.mjs';
import { look } from './browser.mjs';
import { asOffice } from './manage.mjs';
import { answerTo, BOOKINGS, quiet, signIn } from './pages.mjs';
import { call, signIn as tokenOf } from './server.mjs';

const TEACHER = 'Grace Whitfield';
const names = (page) => page.locator('label:has([name=who])').allInnerTexts();
const wholeWidth = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

export const teaching = {
  'teaching: a language that one instructor has': async ({ page, view, base }) => {
    await asOffice(page, '/manage/instructors');
    await page.getByRole('button', { name: `Change ${TEACHER}` }).click();
    const languages = page.getByRole('combobox', { name: 'Languages of lessons' });
    await languages.fill('Welsh');
    await languages.press('Enter');
    await page.getByRole('button', { name: 'Remove Welsh' }).waitFor();
    assert.equal(await languages.inputValue(), '');
    await look(page, 'manage-teaching', view);
    const saved = answerTo(page, 'PATCH', '/api/v1/instructors');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.deepEqual((await (await saved).json()).languages, ['cy', 'en']);
    await page.getByText(/English, Welsh|Welsh, English/).waitFor();

    await asStranger(page, '/sign-in');
    await signIn(page);
    await page.goto('/book');
    await page.getByLabel('Language').selectOption({ label: 'Welsh' });
    await page.getByRole('radio', { name: 'Daniel Okafor' }).waitFor({ state: 'detached' });
    await quiet(page);
    assert.deepEqual(await names(page), ['Any instructor', TEACHER]);
    assert.equal(new URL(page.url()).searchParams.get('language'), 'cy');
    assert.ok(await wholeWidth(page), 'nothing is wider than the phone');
    await page.reload();
    await page.getByLabel('Language').waitFor();
    assert.equal(await page.getByLabel('Language').inputValue(), 'cy');
    await page.locator('label:has([name=type])').first().click(); // The one for which there are most times.
    await page.getByRole('radio', { name: 'Any instructor' }).check();
    await quiet(page);
    await page.locator('label:has([name=day])').filter({ hasText: /\d free/ }).last().click();
    await quiet(page);
    await look(page, 'book-language', view);
    await page.locator('label:has([name=slot])').last().click();
    const answer = answerTo(page, 'POST', BOOKINGS);
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    assert.equal((await answer).status(), 201);
    const booked = await (await answer).json();
    await page.getByText(TEACHER).first().waitFor();
    const headers = { Authorization: `Bearer ${await tokenOf(base, 'learner@demo.test')}`, 'If-Match': '"1"' };
    await call(base, 'POST', `${BOOKINGS}/${booked.id}/cancellation`, headers, {});

    await asStranger(page, '/guest?school=northgate');
    await page.getByLabel('Area').selectOption('N10');
    await page.getByRole('radio', { name: 'Daniel Okafor' }).waitFor({ state: 'detached' });
    await quiet(page);
    assert.deepEqual(await names(page), ['Any instructor', TEACHER]);
    assert.ok(await wholeWidth(page), 'nothing is wider than the phone');
    await look(page, 'guest-area', view);
    await signIn(page);
  },
};
