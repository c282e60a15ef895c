import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { json, problem, session, wire } from '../../test/wire';
import { learner } from '../../test/world';
import { api, body } from './api';
import { resumeSession, sessionState, signedIn, signIn, signOut } from './session';

const me = () => body(api.GET('/api/v1/me'));

/** The server knows one token; whoever comes with another one is not signed in. */
function serverKnows(token: string) {
  const seen: (string | null)[] = [];
  wire.use(
    http.get('/api/v1/me', ({ request }) => {
      const given = request.headers.get('Authorization');
      seen.push(given);
      return given === `Bearer ${token}` ? json(learner) : problem(401, 'unauthenticated');
    }),
  );
  return seen;
}

describe('a session', () => {
  beforeEach(() => {
    signedIn(session);
  });

  it('sends the access token', async () => {
    const seen = serverKnows('token-1');
    await me();
    expect(seen).toEqual(['Bearer token-1']);
  });

  it('is refreshed once for all requests that met its end, and none of them fails', async () => {
    serverKnows('token-2');
    let refreshes = 0;
    wire.use(
      http.post('/api/v1/auth/refresh', () => (++refreshes, json({ ...session, access_token: 'token-2' }))),
    );
    await expect(Promise.all([me(), me(), me()])).resolves.toHaveLength(3);
    expect(refreshes).toBe(1);
  });

  it('asks for the password again when it cannot be refreshed, and the request then goes on', async () => {
    serverKnows('token-3');
    wire.use(http.post('/api/v1/auth/refresh', () => problem(401, 'unauthenticated')));
    wire.use(http.post('/api/v1/auth/login', () => json({ ...session, access_token: 'token-3' })));
    const waiting = me();
    await vi.waitFor(() => {
      expect(sessionState()).toBe('expired');
    });
    await signIn({ email: 'learner@demo.test', password: 'roadbook-demo' });
    await expect(waiting).resolves.toMatchObject({ id: 'u1' });
    expect(sessionState()).toBe('signed-in');
  });

  it('asks nobody for a password who has signed out meanwhile', async () => {
    serverKnows('nobody');
    let refreshes = 0;
    wire.use(http.post('/api/v1/auth/refresh', () => (++refreshes, problem(401, 'unauthenticated'))));
    const late = me().catch((error: unknown) => error);
    await signOut();
    await expect(late).resolves.toMatchObject({ status: 401 });
    await expect(me()).rejects.toMatchObject({ status: 401 });
    expect(refreshes).toBe(0);
    expect(sessionState()).toBe('signed-out');
  });

  it('ends the waiting requests when the person would rather leave', async () => {
    serverKnows('nobody');
    wire.use(http.post('/api/v1/auth/refresh', () => problem(401, 'unauthenticated')));
    const waiting = me().catch((error: unknown) => error);
    await vi.waitFor(() => {
      expect(sessionState()).toBe('expired');
    });
    await signOut();
    await expect(waiting).resolves.toMatchObject({ status: 401 });
  });

  it('reads past every cache for two seconds after an own change', async () => {
    const seen: (string | null)[] = [];
    wire.use(
      http.get(
        '/api/v1/me',
        ({ request }) => (seen.push(request.headers.get('Cache-Control')), json(learner)),
      ),
      http.post('/api/v1/calendar/bookings/:id/undo', () => json({})),
    );
    const clock = vi.spyOn(Date, 'now');
    clock.mockReturnValue(1_000_000);
    await me();
    await api.POST('/api/v1/calendar/bookings/{id}/undo', {
      params: { path: { id: 'b1' }, header: { 'If-Match': '"1"' } },
    });
    clock.mockReturnValue(1_001_999);
    await me();
    clock.mockReturnValue(1_002_000);
    await me();
    expect(seen).toEqual([null, 'no-cache', null]);
  });

  it('tells a network that is down from a server that refuses', async () => {
    wire.use(http.get('/api/v1/me', () => HttpResponse.error()));
    await expect(me()).rejects.toMatchObject({ code: 'network', isTransient: true });
    wire.use(http.get('/api/v1/me', () => problem(403, 'forbidden')));
    await expect(me()).rejects.toMatchObject({ code: 'forbidden', isTransient: false });
  });
});

describe('when the page opens', () => {
  it('asks nothing of the server for somebody who never signed in', async () => {
    let asked = 0;
    wire.use(http.post('/api/v1/auth/refresh', () => (++asked, json(session))));
    await resumeSession();
    expect([asked, sessionState()]).toEqual([0, 'signed-out']);
  });

  it('takes up the session of the last visit', async () => {
    localStorage.setItem('roadbook.signed-in', '1');
    await resumeSession();
    expect(sessionState()).toBe('signed-in');
  });

  it('takes what index.html has asked for, once, and then asks itself', async () => {
    localStorage.setItem('roadbook.signed-in', '1');
    let asked = 0;
    wire.use(http.post('/api/v1/auth/refresh', () => (++asked, problem(401, 'unauthenticated'))));
    globalThis.earlyRefresh = Promise.resolve(Response.json(session));
    await resumeSession();
    expect([asked, sessionState()]).toEqual([0, 'signed-in']);
    await resumeSession();
    expect(asked).toBe(1);
  });

  it('lets the diary be read when index.html has met no network', async () => {
    localStorage.setItem('roadbook.signed-in', '1');
    globalThis.earlyRefresh = Promise.resolve(undefined);
    await resumeSession();
    expect(sessionState()).toBe('signed-in');
  });

  it('lets the diary be read when there is no network', async () => {
    localStorage.setItem('roadbook.signed-in', '1');
    wire.use(http.post('/api/v1/auth/refresh', () => HttpResponse.error()));
    await resumeSession();
    expect(sessionState()).toBe('signed-in');
  });
});
