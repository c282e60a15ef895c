import { http, HttpResponse } from 'msw';
import type { Schema } from '../src/lib/api';
import { refusal, serveWeek } from './week';
import { json, wire } from './wire';
import { booking } from './world';

type Connection = Schema['Connection'];
type Conflict = Schema['ConflictList']['items'][number];

export const used = (change: Partial<Connection['calendars'][number]> = {}) => ({
  id: 'asha@gmail.test',
  name: 'Asha',
  blocks: true,
  shows: true,
  problem: '' as const,
  last_read_at: '2026-03-09T06:58:00Z',
  ...change,
});

/** Asha's main account, read two minutes ago. */
export const connection = (change: Partial<Connection> = {}): Connection => ({
  id: 'g1',
  provider: 'google',
  person_id: 'asha',
  account: 'asha@gmail.test',
  state: 'connected',
  problem: '',
  failing_since: null,
  detail: 'busy',
  tentative: true,
  calendars: [used()],
  last_synced_at: '2026-03-09T06:58:00Z',
  connected_at: '2026-03-01T12:00:00Z',
  version: 4,
  ...change,
});

/** Jamie's lesson on Wednesday at nine, dragged to eight in the evening. */
export const conflict = (change: Partial<Conflict> = {}): Conflict => ({
  id: 'c1',
  booking_id: 'b1',
  instructor_id: 'asha',
  learner: 'Jamie Learner',
  lesson_type: 'Standard lesson',
  start: '2026-03-11T09:00:00Z',
  end: '2026-03-11T10:00:00Z',
  moved_to: { start: '2026-03-11T20:00:00Z', end: '2026-03-11T21:00:00Z' },
  rules: ['outside-hours'],
  created_at: '2026-03-09T06:00:00Z',
  ...change,
});

/** What was sent: "PATCH g1", with its If-Match and its body. */
export type Sent = { what: string; match: string | null; body: unknown };

type World = { available?: boolean; connections?: Connection[]; conflicts?: Conflict[] };

/** An instructor with these calendars is signed in; a conflict is gone as soon as it is answered. */
export function serveCalendars({
  available = true,
  connections = [connection()],
  conflicts = [],
}: World = {}) {
  const sent: Sent[] = [];
  let [here, open] = [connections, conflicts];
  const note = async (request: Request, id: unknown) => {
    const text = await request.text();
    const body: unknown = text === '' ? null : JSON.parse(text);
    sent.push({ what: `${request.method} ${String(id)}`, match: request.headers.get('If-Match'), body });
    return body;
  };
  serveWeek();
  wire.use(
    http.get('/api/v1/calendar/connections', () => json({ available, items: here })),
    http.post('/api/v1/calendar/connections', async ({ request }) => {
      await note(request, 'connections');
      return json({ authorization_url: 'https://accounts.google.test/auth?state=1' });
    }),
    http.get('/api/v1/calendar/connections/:id/calendars', () =>
      json({
        items: [
          { id: 'asha@gmail.test', name: 'Asha', primary: true, writable: true, only_busy: false },
          { id: 'family', name: 'Family', primary: false, writable: true, only_busy: false },
          { id: 'team', name: 'Team', primary: false, writable: false, only_busy: true },
        ],
      }),
    ),
    http.patch('/api/v1/calendar/connections/:id', async ({ request, params }) => {
      const change = (await note(request, params['id'])) as Partial<Connection>;
      here = here.map((each) => (each.id === params['id'] ? { ...each, ...change, version: 5 } : each));
      return json(here.find(({ id }) => id === params['id']) ?? null);
    }),
    http.post('/api/v1/calendar/connections/:id/sync', async ({ request, params }) => {
      await note(request, params['id']);
      here = here.map((each) => ({ ...each, last_synced_at: '2026-03-09T07:00:00Z' }));
      return new HttpResponse(null, { status: 202 });
    }),
    http.delete('/api/v1/calendar/connections/:id', async ({ request, params }) => {
      await note(request, params['id']);
      here = here.filter(({ id }) => id !== params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get('/api/v1/calendar/conflicts', () => json({ items: open })),
    http.post('/api/v1/calendar/conflicts/:id/resolution', async ({ request, params }) => {
      await note(request, params['id']);
      open = open.filter(({ id }) => id !== params['id']);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get('/api/v1/calendar/bookings/b1', () => json(booking({ can: ['move', 'cancel', 'undo'] }))),
    http.get('/api/v1/calendar/explain', () => json({ bookable: false, refusals: [refusal] })),
  );
  return sent;
}
