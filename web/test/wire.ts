import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import type { Schema } from '../src/lib/api';
import { availability, booking, instructors, learner, lessonTypes, places } from './world';

export const json = (body: JsonBodyType, status = 200) => HttpResponse.json(body, { status });
export const list = (items: JsonBodyType[]) => json({ items, next_cursor: null });

export const session: Schema['Session'] = {
  access_token: 'token-1',
  token_type: 'Bearer',
  expires_in: 600,
  user: {
    id: 'u1',
    role: 'learner',
    name: 'Jamie Learner',
    school: 'riverside',
    second_factor_missing: false,
  },
};

export function problem(status: number, code: string, more: Partial<Schema['Problem']> = {}) {
  const body = { type: `/problems/${code}`, title: code, status, instance: '/requests/5b1c9f', ...more };
  return HttpResponse.json(body, { status, headers: { 'Content-Type': 'application/problem+json' } });
}

export const preview = (change: Partial<Schema['Preview']> = {}): Schema['Preview'] => ({
  lesson_type_id: 'standard',
  from: '2026-03-09',
  to: '2026-03-23',
  instructors: [{ id: 'asha', before: 40, after: 31, days: [] }],
  instructors_total: 1,
  bookings: [],
  bookings_total: 0,
  ...change,
});

/** What the server answers unless a test says otherwise. */
export const wire = setupServer(
  http.post('/api/v1/auth/login', () => json(session)),
  http.post('/api/v1/auth/refresh', () => json(session)),
  http.post('/api/v1/auth/logout', () => new HttpResponse(null, { status: 204 })),
  http.get('/api/v1/auth/providers', () => json({ items: [] })),
  http.get('/api/v1/me/representatives', () => json({ items: [] })),
  http.get('/api/v1/me/agreements', () => json({ items: [] })),
  http.get('/api/v1/me/requests', () => json({ items: [] })),
  http.post('/api/v1/auth/notice', () => json({ items: [] })),
  http.get('/api/v1/me/identities', () => json({ items: [] })),
  http.get('/api/v1/me/factors', () => json({ totp: false, backup_codes: 0, passkeys: [], required: false })),
  http.get('/api/v1/me', () => json(learner)),
  http.get('/api/v1/lesson-types', () => list(lessonTypes)),
  http.get('/api/v1/instructors', () => list(instructors)),
  http.get('/api/v1/vehicles', () => list([])),
  http.get('/api/v1/learners', () =>
    list([{ id: 'jamie', name: 'Jamie Learner', email: 'x@demo.test', phone: '', active: true, version: 1 }]),
  ),
  http.post('/api/v1/constraints/previews', () => json(preview())),
  http.post('/api/v1/instructors/:id/hours/previews', () => json(preview())),
  http.get('/api/v1/places', () => list(places)),
  http.get('/api/v1/learners/:id/documents', () => json({ items: [] })),
  http.get('/api/v1/calendar/connections', () => json({ available: false, items: [] })),
  http.get('/api/v1/calendar/conflicts', () => json({ items: [] })),
  http.get('/api/v1/calendar/busy', () => json({ items: [] })),
  http.get('/api/v1/calendar/bookings', () => list([])),
  http.get('/api/v1/calendar/bookings/:id', () => json(booking())),
  http.get('/api/v1/calendar/availability', ({ request }) => {
    const query = new URL(request.url).searchParams;
    return json(availability(query.get('from') ?? '', query.get('to') ?? ''));
  }),
);
