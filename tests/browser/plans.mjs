// What the office sees before it changes something, and what it does about many at once.
import { look, picture } from './browser.mjs';
import { asOffice } from './manage.mjs';

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
    await look(page, 'plans-hours', view);
    const lesson = week.getByRole('link').first();
    const name = (await lesson.textContent()).split(', ').at(-1);
    await lesson.click();
    await page.getByRole('dialog', { name: new RegExp(name) }).waitFor();
  },
};
