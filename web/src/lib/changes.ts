import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from './api';
import { newKey } from './ids';
import type { Problem } from './problem';
import { outdatedByBooking, type Booking } from './queries';

const TRIES = 3;

function useOutdate() {
  const client = useQueryClient();
  return () => Promise.all(outdatedByBooking.map((queryKey) => client.invalidateQueries({ queryKey })));
}

// One key for one wish: while the same lesson is asked for, a lost answer cannot book it twice.
const keys = new Map<string, string>();
export const keyOf = (wish: string): string =>
  keys.get(wish) ?? (keys.set(wish, newKey()).get(wish) as string);
/** Answered either way, so the next wish is a new one; unanswered keeps its key. */
export function answered(wish: string, problem: Problem | null) {
  if (!problem?.isTransient) keys.delete(wish);
}

export function useBook() {
  const outdate = useOutdate();
  return useMutation<Booking, Problem, Schema['BookingInput']>({
    mutationFn: (lesson) =>
      body(
        api.POST('/api/v1/calendar/bookings', {
          params: { header: { 'Idempotency-Key': keyOf(JSON.stringify(lesson)) } },
          body: lesson,
        }),
      ),
    retry: (failures, problem) => problem.isTransient && problem.code !== 'network' && failures < TRIES,
    retryDelay: (failures, problem) => (problem.retryAfterSeconds ?? 2 ** failures) * 1000,
    onSettled: async (_booking, problem, lesson) => {
      answered(JSON.stringify(lesson), problem);
      await outdate();
    },
  });
}

type Change = { booking: Booking };
const condition = (booking: Booking) => ({
  path: { id: booking.id },
  header: { 'If-Match': `"${booking.version}"` },
});

function useChange<Input extends Change>(change: (input: Input) => Promise<{ data?: Booking }>) {
  const outdate = useOutdate();
  return useMutation<Booking, Problem, Input>({
    mutationFn: (input) => body(change(input)),
    onSettled: () => outdate(),
  });
}

export const useMove = () =>
  useChange<Change & { to: Schema['BookingPatch'] }>(({ booking, to }) =>
    api.PATCH('/api/v1/calendar/bookings/{id}', { params: condition(booking), body: to }),
  );

export const useCancel = () =>
  useChange<Change & { reason?: string }>(({ booking, reason }) =>
    api.POST('/api/v1/calendar/bookings/{id}/cancellation', {
      params: condition(booking),
      body: reason ? { reason } : {},
    }),
  );

export const useApprove = () =>
  useChange(({ booking }) =>
    api.POST('/api/v1/calendar/bookings/{id}/approval', { params: condition(booking) }),
  );

export const useRefuse = () =>
  useChange<Change & { reason?: string }>(({ booking, reason }) =>
    api.POST('/api/v1/calendar/bookings/{id}/refusal', {
      params: condition(booking),
      body: reason ? { reason } : {},
    }),
  );

export const useOutcome = () =>
  useChange<Change & Schema['OutcomeInput']>(({ booking, outcome }) =>
    api.POST('/api/v1/calendar/bookings/{id}/outcome', { params: condition(booking), body: { outcome } }),
  );

export const useUndo = () =>
  useChange(({ booking }) => api.POST('/api/v1/calendar/bookings/{id}/undo', { params: condition(booking) }));

export function useAddPlace() {
  const client = useQueryClient();
  return useMutation<Schema['Place'], Problem, Schema['PlaceInput']>({
    mutationFn: (place) =>
      body(
        api.POST('/api/v1/places', {
          params: { header: { 'Idempotency-Key': keyOf(JSON.stringify(place)) } },
          body: place,
        }),
      ),
    onSettled: async (_place, problem, place) => {
      answered(JSON.stringify(place), problem);
      await client.invalidateQueries({ queryKey: ['places'] });
    },
  });
}
