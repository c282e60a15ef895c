import type { QueryClient } from '@tanstack/react-query';
import { api } from './api';
import { asProblem, networkProblem } from './problem';
import { outdatedByBooking } from './queries';
import { factorIsMissing, isKnown, onSessionChange, sessionState } from './session';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** Many changes in a row make the page ask once for each of these. */
const GATHER_MS = 250;

/**
 * What moved, of what came so far: "instructor", "learner", "vehicle", "rules", or "resync" where it may be anything.
 * What is not whole yet is kept for the next call. `onPosition` is told up to where it has been heard.
 */
export function eventReader(onPosition: (id: string) => void = () => undefined) {
  let rest = '';
  return (text: string): string[] => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    const id = blocks.flatMap((block) => /^id: (\d+)/m.exec(block)?.[1] ?? []).at(-1);
    if (id) onPosition(id);
    return blocks.flatMap((block) => /^event: resync|"resource":"\w+/m.exec(block)?.[0].match(/\w+$/) ?? []);
  };
}

/** Up to where in the school's log this page has heard. */
type Place = { seen?: string };

const mayListen = () =>
  document.visibilityState === 'visible' &&
  navigator.onLine &&
  sessionState() === 'signed-in' &&
  !factorIsMissing();

/** Resolves once the page is seen, online and signed in. */
function untilListening(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!mayListen()) return;
      document.removeEventListener('visibilitychange', look);
      removeEventListener('online', look);
      forget();
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('online', look);
    const forget = onSessionChange(look);
    look();
  });
}

async function listen(from: Place, onEvent: (what: string) => void): Promise<void> {
  const hidden = new AbortController();
  const look = () => {
    if (!mayListen()) hidden.abort();
  };
  document.addEventListener('visibilitychange', look);
  const forget = onSessionChange(look);
  try {
    if (!(await isKnown())) throw networkProblem();
    const params = from.seen ? { header: { 'Last-Event-ID': from.seen } } : {};
    const { data } = await api.GET('/api/v1/calendar/live', {
      params,
      parseAs: 'stream',
      signal: hidden.signal,
    });
    const eventsIn = eventReader((id) => {
      from.seen = id;
    });
    const reader = (data as ReadableStream<Uint8Array<ArrayBuffer>>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read())
      eventsIn(part.value).forEach(onEvent);
  } finally {
    document.removeEventListener('visibilitychange', look);
    forget();
  }
}

/** While the page is seen it asks again for bookings and free times as soon as anything about them has moved. */
export async function followLive(client: QueryClient): Promise<never> {
  const moved = new Set<string>();
  const refetch = (what: string) => {
    if (moved.size === 0)
      setTimeout(() => {
        // Bookings move an instructor as hours do. Cars and learners have none.
        const isHours = moved.has('instructor') || moved.has('resync');
        const outdated = isHours ? [...outdatedByBooking, ['working-time']] : outdatedByBooking;
        outdated.forEach((queryKey) => void client.invalidateQueries({ queryKey: [...queryKey] }));
        moved.clear();
      }, GATHER_MS);
    moved.add(what);
  };
  let pause = FIRST_PAUSE_MS;
  let heardBefore = false;
  const place: Place = {};
  for (;;) {
    await untilListening();
    try {
      await listen(place, (what) => {
        pause = FIRST_PAUSE_MS;
        // The first page has just been loaded: it need not ask for all of it again.
        if (what !== 'resync' || heardBefore) refetch(what);
        heardBefore = true;
      });
    } catch (error) {
      if (!asProblem(error).isTransient && mayListen()) pause = LONGEST_PAUSE_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
