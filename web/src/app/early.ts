// The first script that runs, and a small one: it asks for what the booking page will show while the others travel.
import { askAhead, readSearch } from '../features/booking/choice';
import { meQuery, placesQuery } from '../lib/queries';
import { resumeSession, sessionState } from '../lib/session';
import { ahead, makeClient } from './client';

export const client = makeClient();

export const resumed = resumeSession();

async function ask() {
  await resumed;
  if (sessionState() !== 'signed-in') return;
  const { pathname, search } = globalThis.location;
  if (pathname === '/') await client.query(meQuery);
  if (pathname === '/book') {
    ahead(client.query(placesQuery()));
    await askAhead(client, readSearch(Object.fromEntries(new URLSearchParams(search))));
  }
}

/** Comes with the answers, or without: the page itself shows what fails. */
export const asked = ask().catch(() => undefined);
