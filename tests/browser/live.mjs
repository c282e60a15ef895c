// An open page follows what happens elsewhere.
import assert from 'node:assert/strict';
import { call, signIn } from './server.mjs';

const ROUNDS = 10;

/** Journeys of the learner's booking page; somebody else books what it shows. */
export const live = {
  'live: a time that somebody else books leaves the open page within a second': async ({ page, base }) => {
    await page.goto('/book?who=any');
    await page.locator('[name=slot]').first().waitFor();
    const type = await page.locator('[name=type]:checked').inputValue();
    const headers = { Authorization: `Bearer ${await signIn(base, 'admin@demo.test')}` };
    const learners = await (await call(base, 'GET', '/api/v1/learners?limit=200', headers)).json();
    const waits = [];
    for (let round = 0; round < ROUNDS; ++round) {
      const start = await page.locator('[name=slot]').first().inputValue();
      const answered = page.waitForResponse((answer) => answer.url().includes('/calendar/availability'));
      const learner_id = learners.items[round].id;
      const began = Date.now();
      const answer = await fetch(`${base}/api/v1/calendar/bookings`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': `live-${start}-${round}` },
        body: JSON.stringify({ lesson_type_id: type, start, learner_id }),
      });
      if (!answer.ok) continue; // That learner has a lesson then.
      await answered;
      waits.push(Date.now() - began);
    }
    assert.ok(waits.length >= ROUNDS / 2, `${waits.length} of ${ROUNDS} could be booked`);
    assert.ok(Math.max(...waits) < 1000, `it took ${Math.max(...waits)} ms`);
  },
};
