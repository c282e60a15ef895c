import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { leaveTo } from '../../../lib/account/leave';
import { api, body, type Schema } from '../../../lib/api';
import type { Problem } from '../../../lib/problem';
import { outdatedByBooking, type Booking } from '../../../lib/queries';

export type Connection = Schema['Connection'];
export type Conflict = Schema['ConflictList']['items'][number];
export type Busy = Schema['BusyList']['items'][number];
export type Resolution = Schema['Resolution'];

/** Nothing of this moves a booking, so no live message tells of it. */
const REFRESH_MS = 60_000;
const of = (id: string) => ({ params: { path: { id } } });

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/calendar/connections', { signal })),
  refetchInterval: REFRESH_MS,
});

/** As old as the bookings they are about. */
export const conflictsQuery = queryOptions({
  queryKey: ['bookings', 'conflicts'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/calendar/conflicts', { signal }))).items,
  refetchInterval: REFRESH_MS,
});

/** Old as soon as anybody's time off may be. */
export const busyQuery = (from: string, to: string, instructorId?: string) =>
  queryOptions({
    queryKey: ['time-off', 'elsewhere', { from, to, instructorId }],
    queryFn: async ({ signal }) => {
      const query = { from, to, ...(instructorId ? { instructor_id: instructorId } : {}) };
      return (await body(api.GET('/api/v1/calendar/busy', { params: { query }, signal }))).items;
    },
    placeholderData: keepPreviousData,
  });

/** What the account has now: Google is asked each time. */
export const calendarsThereQuery = (id: string) =>
  queryOptions({
    queryKey: ['calendars-there', id],
    queryFn: async ({ signal }) =>
      (await body(api.GET('/api/v1/calendar/connections/{id}/calendars', { ...of(id), signal }))).items,
    staleTime: 0,
  });

export const useConnect = () =>
  useMutation<Schema['ConnectionStart'], Problem>({
    mutationFn: () => body(api.POST('/api/v1/calendar/connections', { body: { provider: 'google' } })),
    onSuccess: ({ authorization_url: url }) => {
      leaveTo(url);
    },
  });

/** Also after a refusal: somebody may have been faster. */
function useOutdate(keys: readonly (readonly string[])[]) {
  const client = useQueryClient();
  return () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
}
const OUTDATED = [['connections'], ['time-off'], ['availability']];

type Change = { connection: Connection; to: Schema['ConnectionChange'] };

export function useChangeConnection() {
  const outdate = useOutdate(OUTDATED);
  return useMutation<Connection, Problem, Change>({
    mutationFn: ({ connection: { id, version }, to }) =>
      body(
        api.PATCH('/api/v1/calendar/connections/{id}', {
          params: { path: { id }, header: { 'If-Match': `"${version}"` } },
          body: to,
        }),
      ),
    onSettled: outdate,
  });
}

/** `onGone` is told before the list is asked for anew, in which whoever asked may stand no more. */
export function useDisconnect(onGone: () => void) {
  const outdate = useOutdate(OUTDATED);
  return useMutation<unknown, Problem, string>({
    mutationFn: (id) => api.DELETE('/api/v1/calendar/connections/{id}', of(id)),
    onSuccess: onGone,
    onError: (problem) => {
      // On another device, a moment ago.
      if (problem.status === 404) onGone();
    },
    onSettled: outdate,
  });
}

const LOOKS = 10;
const PAUSE_MS = 1_000;

/** Asks for it and stays to see it; whether it was seen. */
export function useSync() {
  const client = useQueryClient();
  const outdate = useOutdate(OUTDATED);
  return useMutation<boolean, Problem, Connection>({
    mutationFn: async ({ id, last_synced_at: before }) => {
      await api.POST('/api/v1/calendar/connections/{id}/sync', of(id));
      for (let looks = 0; looks < LOOKS; ++looks) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        const { items } = await client.query({ ...connectionsQuery, staleTime: 0 });
        if (items.find((each) => each.id === id)?.last_synced_at !== before) return true;
      }
      return false;
    },
    onSettled: outdate,
  });
}

/** Answers with the lesson as it is then, where that can be had. */
export function useResolve() {
  const outdate = useOutdate(outdatedByBooking);
  return useMutation<Booking | undefined, Problem, { conflict: Conflict; resolution: Resolution }>({
    mutationFn: async ({ conflict, resolution }) => {
      await api.POST('/api/v1/calendar/conflicts/{id}/resolution', { ...of(conflict.id), body: resolution });
      return body(api.GET('/api/v1/calendar/bookings/{id}', of(conflict.booking_id))).catch(() => undefined);
    },
    onSettled: outdate,
  });
}

/** In several calendars at once the time is taken once. */
export function merged(times: Busy[]): Busy[] {
  const joined: Busy[] = [];
  for (const time of times.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))) {
    const at = joined.findLastIndex((each) => each.instructor_id === time.instructor_id);
    const last = joined[at];
    if (!last || last.end < time.start) joined.push(time);
    else if (last.end < time.end) joined[at] = { ...last, end: time.end };
  }
  return joined;
}
