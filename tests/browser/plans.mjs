// What the office sees before it changes something, and what it does about many at once.
import assert from 'node:assert/strict';
import { look, picture } from './browser.mjs';
import { asOffice } from './manage.mjs';
import { call, signIn as token } from './server.mjs';

export const plans = {
  'plans: what other rules and hours would change is counted on real weeks first': async ({
    page,
    view,
    allowed,
  }) => {
    await asOffice(page, '/manage/rules');
    const minutes = page.getByRole('region', { name: 'An instructor’s day' });
    const changes = page.getByRole('region', { name: 'What would change' });
    if (!(await minutes.getByRole('switch').first().isChecked()))
      await minutes.getByRole('switch').first().check();
    await minutes.getByRole('spinbutton').first().fill('120');
    await page.getByText(/Free times: \d+ now, \d+ then\. .* would break a rule\./).waitFor();
    await look(page, 'plans-rules-bar', view);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await changes.getByRole('row', { name: /^Together/ }).waitFor();
    await look(page, 'plans-rules', view);
    allowed.add('ERR_INTERNET_DISCONNECTED');
    await page.context().setOffline(true);
    await minutes.getByRole('spinbutton').first().fill('180');
    await changes.getByText(/^No connection/).waitFor();
    await changes.scrollIntoViewIfNeeded();
    await look(page, 'plans-rules-offline', view);
    await page.context().setOffline(false);
    await page.getByText(/Free times: \d+ now/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await changes.waitFor({ state: 'detached' });

    await asOffice(page, '/manage/instructors');
    await page.getByRole('link', { name: 'Hours Daniel Okafor' }).click();
    const week = page.getByRole('region', { name: 'Every week' });
    await week.getByRole('button', { name: /^Remove hours 1 of Thursday/ }).click();
    await week.getByText(/booked lessons? would break a rule/).waitFor();
    await week.getByRole('region', { name: 'What would change' }).scrollIntoViewIfNeeded();
    await picture(page, 'plans-hours-numbers', view);
    // What lies half below the header is too small for axe.
    await page.evaluate(() => scrollTo(0, 0));
    await look(page, 'plans-hours', view);
    const lesson = week.getByRole('link').first();
    const name = (await lesson.textContent()).split(', ').at(-1);
    await lesson.click();
    await page.getByRole('dialog', { name: new RegExp(name) }).waitFor();
  },

  'plans: a file of learners, three of ten thousand are wrong': async ({ page, view, base, allowed }) => {
    const headers = {
      Authorization: `Bearer ${await token(base, 'admin@demo.test')}`,
    };
    const count = async () => {
      let all = 0;
      for (let cursor = ''; cursor !== null;) {
        const next = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const list = await (await call(base, 'GET', `/api/v1/learners?limit=200${next}`, headers)).json();
        all += list.items.length;
        cursor = list.next_cursor;
      }
      return all;
    };
    const rows = Array.from({ length: 10_000 }, (_, at) => `Learner ${at},learner-${at}@example.com,,true`);
    rows[41] = 'Somebody,nobody.example.com,,true';
    rows[4_999] = ',without.name@example.com,,true';
    rows[9_999] = 'Twice,learner-7@example.com,,true';
    const file = (lines) => ({
      name: 'learners.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['name,email,phone,active', ...lines, ''].join('\r\n')),
    });
    const before = await count();
    await asOffice(page, '/manage/learners');
    await page.getByRole('link', { name: 'Import from a file' }).click();
    await page.getByRole('heading', { level: 1, name: 'Import learners' }).waitFor();
    await look(page, 'plans-import', view);
    const example = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download an example' }).click();
    const choose = page.locator('input[type=file]');
    allowed.add('422');
    await choose.setInputFiles(file(rows));
    await page.getByRole('heading', { name: '3 mistakes in the file' }).waitFor();
    const wrong = await page.getByRole('rowheader').allTextContents();
    assert.deepEqual(wrong, ['43', '5001', '10001']);
    await look(page, 'plans-import-mistakes', view);
    assert.equal(await count(), before, 'nobody is added');
    await choose.setInputFiles(await (await example).path());
    await page.getByRole('heading', { name: '2 learners are ready' }).waitFor();
    await look(page, 'plans-import-ready', view);
    assert.equal(await count(), before, 'nobody is added before it is confirmed');
    await page.getByRole('button', { name: 'Import 2 learners' }).click();
    await page.getByRole('heading', { name: '2 learners are added' }).waitFor();
    assert.equal(await count(), before + 2);
    await page.getByRole('alert').getByRole('link', { name: 'All learners' }).click();
    await page.getByRole('heading', { name: 'Hughes, Oliver' }).waitFor();
  },
};
