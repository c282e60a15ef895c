import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, everyPage, type Schema } from './api';
import { newKey } from './ids';
import type { Problem } from './problem';

export type TimeOff = Schema['TimeOff'];

const MINUTES = 60_000;
const page = { limit: 200 };
const of = (id: string) => ({ params: { path: { id } } });

export const hoursQuery = (instructorId: string) =>
  queryOptions({
    queryKey: ['hours', instructorId],
    queryFn: ({ signal }) => body(api.GET('/api/v1/instructors/{id}/hours', { ...of(instructorId), signal })),
    staleTime: 5 * MINUTES,
  });

export const overridesQuery = (instructorId: string) =>
  queryOptions({
    queryKey: ['overrides', instructorId],
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

/** Why a booking may not start then: nothing exactly when it may. */
export const explainQuery = (booking: Schema['Booking'], start: string) =>
  queryOptions({
    queryKey: ['availability', 'explain', booking.id, booking.version, start],
    queryFn: ({ signal }) =>
      body(
        api.GET('/api/v1/calendar/explain', {
          params: {
            query: {
              start,
              lesson_type_id: booking.lesson_type_id,
              instructor_id: booking.instructor_id,
              learner_id: booking.learner_id,
              booking_id: booking.id,
            },
          },
          signal,
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
