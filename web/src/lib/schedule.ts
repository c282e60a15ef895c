import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, everyPage, type Schema } from './api';
import { newKey } from './ids';
import type { Problem } from './problem';

export type TimeOff = Schema['TimeOff'];

const MINUTES = 60_000;
const page = { limit: 200 };
const of = (id: string) => ({ params: { path: { id } } });

// Weekly hours and dates share one version: a change of either makes both old.
export const hoursQuery = (instructorId: string) =>
  queryOptions({
    queryKey: ['hours', instructorId, 'weekly'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/instructors/{id}/hours', { ...of(instructorId), signal })),
    staleTime: 5 * MINUTES,
  });

export const overridesQuery = (instructorId: string) =>
  queryOptions({
    queryKey: ['hours', instructorId, 'dates'],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/instructors/{id}/overrides', { ...of(instructorId), signal })),
    staleTime: 5 * MINUTES,
  });

export const timeOffQuery = (instructorId: string) =>
  queryOptions({
    queryKey: ['time-off', instructorId],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        body(
          api.GET('/api/v1/instructors/{id}/time-off', {
            params: { path: { id: instructorId }, query: { ...page, ...cursor } },
            signal,
          }),
        ),
      ),
  });

export const closuresQuery = queryOptions({
  queryKey: ['closures'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      body(api.GET('/api/v1/closures', { params: { query: { ...page, ...cursor } }, signal })),
    ),
  staleTime: 5 * MINUTES,
});

/** Under the key of its booking: what changes the one adds to the other. */
export const historyQuery = (bookingId: string) =>
  queryOptions({
    queryKey: ['booking', bookingId, 'history'],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/calendar/bookings/{id}/history', { ...of(bookingId), signal })),
  });

/** Where a booking could go; what is not named stays. */
export type Target = { start: string; instructor_id?: string; vehicle_id?: string };

/** Why a booking may not go there: nothing exactly when it may. */
export const explainQuery = (booking: Schema['Booking'], to: Target) =>
  queryOptions({
    queryKey: ['availability', 'explain', booking.id, booking.version, to],
    // Not given up with the drag that asked first: what says no is told after it as well.
    queryFn: () =>
      body(
        api.GET('/api/v1/calendar/explain', {
          params: {
            query: {
              lesson_type_id: booking.lesson_type_id,
              instructor_id: booking.instructor_id,
              learner_id: booking.learner_id,
              booking_id: booking.id,
              ...to,
            },
          },
        }),
      ),
    staleTime: 10_000,
  });

function useOutdate() {
  const client = useQueryClient();
  return () =>
    Promise.all([['time-off'], ['availability']].map((queryKey) => client.invalidateQueries({ queryKey })));
}

/** The key belongs to the form that sends it: a lost answer may be asked for again. */
export function useAddTimeOff(instructorId: string) {
  const outdate = useOutdate();
  return useMutation<TimeOff, Problem, Schema['TimeOffInput'] & { key?: string }>({
    mutationFn: ({ key = newKey(), ...span }) =>
      body(
        api.POST('/api/v1/instructors/{id}/time-off', {
          params: { path: { id: instructorId }, header: { 'Idempotency-Key': key } },
          body: span,
        }),
      ),
    onSettled: outdate,
  });
}

/** Over the version that was seen. */
export function useChangeTimeOff(instructorId: string) {
  const outdate = useOutdate();
  return useMutation<TimeOff, Problem, { timeOff: TimeOff; to: Schema['TimeOffPatch'] }>({
    mutationFn: ({ timeOff, to }) =>
      body(
        api.PATCH('/api/v1/instructors/{id}/time-off/{time_off_id}', {
          params: {
            path: { id: instructorId, time_off_id: timeOff.id },
            header: { 'If-Match': `"${timeOff.version}"` },
          },
          body: to,
        }),
      ),
    onSettled: outdate,
  });
}

export function useRemoveTimeOff(instructorId: string) {
  const outdate = useOutdate();
  return useMutation<unknown, Problem, TimeOff>({
    mutationFn: ({ id }) =>
      body(
        api.DELETE('/api/v1/instructors/{id}/time-off/{time_off_id}', {
          params: { path: { id: instructorId, time_off_id: id } },
        }),
      ),
    onSettled: outdate,
  });
}
