import { http, HttpResponse } from 'msw';
import type { Schema } from '../src/lib/api';
import { renderApp } from './renderApp';
import { json, problem, wire } from './wire';
import { availability, instructors, lessonTypes, ZONE } from './world';

export const school: Schema['PublicSchool'] = {
  slug: 'riverside',
  name: 'Riverside Driving School',
  time_zone: ZONE,
  currency: 'GBP',
  colour: '',
  registration: true,
  guests: true,
  lesson_types: lessonTypes,
  instructors: instructors.filter(({ active }) => active),
};
export const hold: Schema['GuestHold'] = {
  id: 'h1',
  expires_at: '2026-03-09T07:05:00Z',
  start: '2026-03-11T09:00:00Z',
  end: '2026-03-11T10:00:00Z',
  instructor_id: 'asha',
  vehicle_id: null,
  token: 'token-of-hold',
};
export const lesson: Schema['GuestLesson'] = {
  version: 2,
  status: 'booked',
  start: hold.start,
  end: hold.end,
  local_start: '2026-03-11T09:00:00',
  zone: ZONE,
  lesson_type_id: 'standard',
  lesson_type: 'Standard lesson',
  instructor_id: 'asha',
  instructor: 'Asha Patel',
  school: school.name,
  price: { amount_minor: 3800, currency: 'GBP' },
  cancel_free_until: '2026-03-09T09:00:00Z',
  can: ['move', 'cancel'],
};
export const alternative = {
  start: '2026-03-11T13:30:00Z',
  end: '2026-03-11T14:30:00Z',
  instructor_id: 'ben',
  vehicle_id: null,
};
export const taken = () =>
  problem(409, 'slot-taken', {
    refusals: [{ rule: 'slot-taken', message: 'This time is no longer free.' }],
    alternatives: [alternative],
  });

export const outside = (path: string) => {
  const [before = '', hash = ''] = path.split('#');
  window.history.replaceState(null, '', path);
  location.hash = hash;
  return renderApp(before, { isSignedIn: false });
};

/** What was sent, "POST /guest/hold/code", with its body and its headers. */
let sent: { what: string; body: unknown; headers: Headers }[] = [];
const bodyOf = async (request: Request): Promise<unknown> => {
  const text = await request.text();
  return text === '' ? null : (JSON.parse(text) as unknown);
};
export const note = async (request: Request) => {
  const path = new URL(request.url).pathname.replace('/api/v1', '');
  sent.push({ what: `${request.method} ${path}`, body: await bodyOf(request), headers: request.headers });
};
export const asked = (what: string) => sent.filter((each) => each.what === what);

/** A school that takes guests, as one of them meets it. */
export function meetsGuests() {
  sent = [];
  wire.use(
    http.get('/api/v1/schools/:slug', () => json(school)),
    http.get('/api/v1/schools/:slug/availability', ({ request }) => {
      const query = new URL(request.url).searchParams;
      return json(availability(query.get('from') ?? '', query.get('to') ?? ''));
    }),
    http.post('/api/v1/schools/:slug/holds', async ({ request }) => {
      await note(request);
      return json(hold, 201);
    }),
    http.post('/api/v1/guest/hold/code', async ({ request }) => {
      await note(request);
      return new HttpResponse(null, { status: 202 });
    }),
    http.post('/api/v1/guest/hold/extension', async ({ request }) => {
      await note(request);
      return json(hold);
    }),
    http.delete('/api/v1/guest/hold', async ({ request }) => {
      await note(request);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post('/api/v1/guest/hold/booking', async ({ request }) => {
      await note(request);
      return json(lesson, 201);
    }),
    http.get('/api/v1/guest/lesson', async ({ request }) => {
      await note(request);
      return json(lesson);
    }),
    http.get('/api/v1/guest/lesson/availability', ({ request }) => {
      const query = new URL(request.url).searchParams;
      return json(availability(query.get('from') ?? '', query.get('to') ?? ''));
    }),
  );
}
