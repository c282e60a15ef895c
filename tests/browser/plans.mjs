// What the office sees before it changes something, and what it does about many at once.
import assert from 'node:assert/strict';
import { look, picture } from './browser.mjs';
import { asOffice } from './manage.mjs';
import { quiet } from './pages.mjs';
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

  'plans: a day is closed, every lesson in it is settled, and each learner hears of it once': async ({
    page,
    view,
    base,
    allowed,
  }) => {
    const headers = { Authorization: `Bearer ${await token(base, 'admin@demo.test')}` };
    const get = async (path) => (await call(base, 'GET', path, headers)).json();
    const letters = async () =>
      (await (await fetch(`${base}/demo/mail`)).text()).match(/<article>.*?<\/article>/gs) ?? [];
    const today = await get('/api/v1/calendar/bookings?limit=200');
    // The working day after tomorrow or later with the most lessons.
    const days = new Map();
    for (const { local_start: start, status } of today.items) {
      const date = start.slice(0, 10);
      const isAhead = date > new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
      if (status === 'booked' && isAhead) days.set(date, (days.get(date) ?? 0) + 1);
    }
    const [[date]] = [...days].sort((a, b) => b[1] - a[1]);
    const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
    // What other journeys have changed is told first.
    const waits = async () => {
      for (let cursor = ''; cursor !== null;) {
        const next = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const list = await get(`/api/v1/jobs?state=waiting&limit=200${next}`);
        if (list.items.some(({ kind }) => kind === 'notice')) return true;
        cursor = list.next_cursor;
      }
      return false;
    };
    for (const until = Date.now() + 20_000; Date.now() < until && (await waits()); ) await page.waitForTimeout(300);
    const before = await letters();
    await asOffice(page, '/manage/closures');
    await page.getByRole('button', { name: 'Add a closure' }).first().click();
    const adding = page.getByRole('dialog');
    await adding.getByLabel('Why').fill('Burst pipe');
    await adding.getByLabel('First day closed').fill(date);
    await adding.getByLabel('Last day closed').fill(date);
    const made = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await adding.getByRole('button', { name: 'Add' }).click();
    const { affected: hit } = await (await made).json();
    assert.ok(hit.length > 3, `${hit.length} lessons on ${date}`);
    const sheet = page.getByRole('dialog', { name: /affected$/ });
    await sheet.getByRole('button', { name: 'Keep' }).first().click();
    await sheet.getByText('Stays as it is').waitFor();
    await look(page, 'plans-closure', view);
    // Two tabs of one office may want the same time: what is refused stays where it is and says why.
    for (const status of ['409', '422']) allowed.add(status);
    await sheet.getByRole('button', { name: 'Move all to the next free time…' }).click();
    const times = sheet.getByRole('region', { name: 'The next free times' });
    await times.getByRole('checkbox').first().uncheck();
    await look(page, 'plans-closure-times', view);
    await times.getByRole('button', { name: /^Move/ }).last().click();
    await sheet.getByText('Moved', { exact: true }).first().waitFor();
    const cancelling = sheet.getByRole('button', { name: 'Cancel all with this reason' });
    await sheet.getByLabel(/^Reason for cancelling/).fill('A burst pipe: the school is closed.');
    await cancelling.click();
    await sheet.getByText('Cancelled').first().waitFor();
    await sheet.getByRole('button', { name: 'Done' }).click();
    await quiet(page);
    await look(page, 'plans-closure-settled', view);

    const now = await Promise.all(hit.map((id) => get(`/api/v1/calendar/bookings/${id}`)));
    const isThere = (lesson) => lesson.status === 'booked' && lesson.local_start.startsWith(date);
    const changed = now.filter((lesson) => !isThere(lesson));
    assert.equal(changed.length, hit.length - 1, 'all but the kept one are moved or cancelled');
    assert.ok(
      changed.some(({ status }) => status === 'booked') &&
        changed.some(({ status }) => status === 'cancelled'),
    );
    assert.ok(
      now.every((lesson) => isThere(lesson) || lesson.local_start >= next || lesson.status === 'cancelled'),
    );
    const { items: learners } = await get('/api/v1/learners?limit=200');
    const fresh = async () => {
      const left = [...before];
      return (await letters()).filter(
        (letter) => !left.includes(letter) || left.splice(left.indexOf(letter), 1) < 0,
      );
    };
    const mailsOf = (all, id) =>
      all.filter((letter) => letter.includes(learners.find((each) => each.id === id).email));
    const people = new Map();
    for (const { learner_id: id } of changed) people.set(id, (people.get(id) ?? 0) + 1);
    const until = Date.now() + 40_000;
    const isTold = (all) => [...people].every(([id, count]) => mailsOf(all, id).length >= count);
    while (!isTold(await fresh()) && Date.now() < until) await page.waitForTimeout(500);
    // Long enough for a second one to have come.
    await page.waitForTimeout(3_000);
    const told = await fresh();
    for (const [id, count] of people) {
      const mails = mailsOf(told, id);
      assert.equal(mails.length, count, `mails to ${id}: ${mails.join()}`);
    }
    const kept = now.find(isThere);
    if (!people.has(kept.learner_id)) assert.equal(mailsOf(told, kept.learner_id).length, 0);
    await page.getByRole('button', { name: 'Remove Burst pipe' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Burst pipe is removed.').waitFor();
  },
};
