import type { Schema } from './api';
import { networkProblem, Problem, problemOf } from './problem';

export type SessionState = 'signed-out' | 'signed-in' | 'expired';

const REMEMBERED = 'roadbook.signed-in';
const CACHED_DIARY = 'diary';
const OWN_WRITE_WINDOW_MS = 2_000;
const EARLY_MS = 20_000;
const ACTING_FOR = 'Acting-For';
const OF_LESSONS = /\/v1\/(places|calendar\/(a|bo|e|h))/;

let state: SessionState = 'signed-out';
// Held in memory only: a script of another origin or a stolen disk finds nothing.
let token: { value: string; expiresAt: number } | undefined;
let refreshing: Promise<'renewed' | 'ended' | 'unreachable'> | undefined;
let waiting: { resume: () => void; giveUp: () => void }[] = [];
/** In whose name what is about lessons is asked for. */
export type Acting = { id: string; name: string; role: 'learner' | 'instructor'; until?: string };
let represented: Acting | undefined;
let lastWriteAt = -Infinity;
let isFactorMissing = false;
const listeners = new Set<() => void>();

export const acting = (): Acting | undefined => represented;
export function setActing(next: Acting | undefined) {
  represented = next;
}

export const sessionState = (): SessionState => state;

/** The school asks for a second factor, and this person may do nothing else before there is one. */
export const factorIsMissing = (): boolean => isFactorMissing;

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: SessionState) {
  state = next;
  listeners.forEach((listener) => {
    listener();
  });
}

function remembered(): boolean {
  try {
    return localStorage.getItem(REMEMBERED) !== null;
  } catch {
    return false;
  }
}

function remember(yes: boolean) {
  try {
    if (yes) localStorage.setItem(REMEMBERED, '1');
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // Storage may be forbidden: the session then ends with the page.
  }
}

function keep(session: Schema['Session']) {
  token = { value: session.access_token, expiresAt: Date.now() + session.expires_in * 1000 };
  if (isFactorMissing === session.user.second_factor_missing) return;
  isFactorMissing = !isFactorMissing;
  become(state);
}

export function signedIn(session: Schema['Session']) {
  keep(session);
  remember(true);
  become('signed-in');
  waiting.forEach((request) => {
    request.resume();
  });
  waiting = [];
}

/** What the service worker kept of the person who was here before. */
async function forgetDiary() {
  if ('caches' in globalThis) await caches.delete(CACHED_DIARY);
}

/** Forgets the person on this device, then tells the server; works without a network. */
export async function signOut(): Promise<void> {
  token = undefined;
  represented = undefined;
  remember(false);
  become('signed-out');
  waiting.forEach((request) => {
    request.giveUp();
  });
  waiting = [];
  await forgetDiary();
  await fetch('/api/v1/auth/logout', { method: 'POST' }).catch(() => undefined);
}

/** Called once, when the page opens. Without a network the diary of the last visit stays readable. */
export async function resumeSession(): Promise<void> {
  if (!remembered()) return;
  const outcome = await refresh();
  if (outcome === 'ended') remember(false);
  else become('signed-in');
}

/** One refresh at a time in this tab and, where the browser has locks, in all tabs. */
function refresh() {
  const early = globalThis.earlyRefresh;
  globalThis.earlyRefresh = undefined;
  refreshing ??= (
    early ? taken(early) : withLock(() => taken(fetch('/api/v1/auth/refresh', { method: 'POST' })))
  ).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function taken(answer: Promise<Response | undefined>) {
  try {
    const response = await answer;
    if (!response) return 'unreachable' as const;
    if (response.status === 401) return 'ended' as const;
    if (!response.ok) return 'unreachable' as const;
    keep((await response.json()) as Schema['Session']);
    return 'renewed' as const;
  } catch {
    return 'unreachable' as const;
  }
}

function withLock<T>(work: () => Promise<T>): Promise<T> {
  // Plain http on a local network is no secure context and has no locks.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? (locks.request('roadbook-refresh', work) as Promise<T>) : work();
}

/** Ends when the person has signed in again in the dialog; fails when they would rather not. */
function untilSignedInAgain(): Promise<void> {
  become('expired');
  return new Promise((resume, reject) => {
    const giveUp = () => {
      reject(refused());
    };
    waiting.push({ resume, giveUp });
  });
}

const refused = () => new Problem({ type: 'unauthenticated', status: 401 });
/** Whoever has signed out is nobody any more: what a page still asks for them is given up. */
const isNobody = () => state === 'signed-out';

export async function renew(): Promise<void> {
  if (isNobody()) throw refused();
  const outcome = await refresh();
  if (isNobody()) throw refused();
  if (outcome === 'ended') await untilSignedInAgain();
}

function send(request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  if (token) headers.set('Authorization', `Bearer ${token.value}`);
  if (represented && !headers.has(ACTING_FOR) && OF_LESSONS.test(request.url))
    headers.set(ACTING_FOR, represented.id);
  const reads = request.method === 'GET';
  // After an own change the answer must come from where it was written.
  if (reads && Date.now() - lastWriteAt < OWN_WRITE_WINDOW_MS) headers.set('Cache-Control', 'no-cache');
  return fetch(new Request(request, { headers })).finally(() => {
    if (!reads) lastWriteAt = Date.now();
  });
}

/** Whether the server would know who asks; without a network it is not asked in vain. */
export async function isKnown(): Promise<boolean> {
  if (!token || token.expiresAt - Date.now() < EARLY_MS) await renew();
  return token !== undefined;
}

/** fetch with the access token. A request that meets an ended session waits for the sign-in and is then sent again. */
export async function fetchInSession(request: Request): Promise<Response> {
  const again = request.clone();
  try {
    await isKnown();
    const response = await send(request);
    if (response.status !== 401) return response;
    token = undefined;
    await renew();
    return await send(again);
  } catch (error) {
    if (error instanceof Problem || request.signal.aborted) throw error;
    throw networkProblem();
  }
}

/** Without a session. */
export async function post(path: string, body: object): Promise<Response> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw networkProblem();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Any of the ways in: each answers with a session. */
export async function signInWith(path: string, body: object): Promise<void> {
  signedIn((await (await post(path, body)).json()) as Schema['Session']);
}

export async function signIn(credentials: Schema['Login']): Promise<void> {
  if (state === 'signed-out') await forgetDiary();
  await signInWith('/api/v1/auth/login', credentials);
}
