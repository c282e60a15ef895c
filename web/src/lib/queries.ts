import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body, everyPage, type Schema } from './api';
import { acting } from './session';

export type Booking = Schema['Booking'];
export type Slot = Schema['Slot'];
export type LessonType = Schema['LessonType'];
export type Instructor = Schema['Instructor'];

const MINUTES = 60_000;
const page = { limit: 200 };

export const meQuery = queryOptions({
  queryKey: ['me'],
  // Whoever acts in somebody's name sees what that one would.
  queryFn: async ({ signal }) => {
    const me = await body(api.GET('/api/v1/me', { signal }));
    const as = acting();
    return as ? { ...me, role: as.role, [`${as.role}_id`]: as.id } : me;
  },
  staleTime: 10 * MINUTES,
});

export const lessonTypesQuery = queryOptions({
  queryKey: ['lesson-types'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      body(api.GET('/api/v1/lesson-types', { params: { query: { ...page, ...cursor } }, signal })),
    ),
  staleTime: 5 * MINUTES,
});

export const instructorsQuery = queryOptions({
  queryKey: ['instructors'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      body(api.GET('/api/v1/instructors', { params: { query: { ...page, ...cursor } }, signal })),
    ),
  staleTime: 5 * MINUTES,
});

export const vehiclesQuery = queryOptions({
  queryKey: ['vehicles'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      body(api.GET('/api/v1/vehicles', { params: { query: { ...page, ...cursor } }, signal })),
    ),
  staleTime: 5 * MINUTES,
});

export const learnersQuery = queryOptions({
  queryKey: ['learners'],
  queryFn: ({ signal }) =>
    everyPage((cursor) =>
      body(api.GET('/api/v1/learners', { params: { query: { ...page, ...cursor } }, signal })),
    ),
  staleTime: 5 * MINUTES,
});

export const placesQuery = (learnerId?: string) =>
  queryOptions({
    queryKey: ['places', learnerId ?? 'own'],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        body(
          api.GET('/api/v1/places', {
            params: { query: { ...page, ...cursor, ...(learnerId ? { learner_id: learnerId } : {}) } },
            signal,
          }),
        ),
      ),
    staleTime: MINUTES,
  });

export type BookingWindow = { from?: string; to?: string; status?: Schema['Status'] };

export const bookingsQuery = (window: BookingWindow) =>
  queryOptions({
    queryKey: ['bookings', window],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        body(
          api.GET('/api/v1/calendar/bookings', {
            params: { query: { ...page, ...window, ...cursor } },
            signal,
          }),
        ),
      ),
    placeholderData: keepPreviousData,
  });

export const bookingQuery = (id: string) =>
  queryOptions({
    queryKey: ['booking', id],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/calendar/bookings/{id}', { params: { path: { id } }, signal })),
  });

export type AvailabilityQuestion = {
  lesson_type_id: string;
  from: string;
  to: string;
  instructor_id?: string;
  vehicle_id?: string;
  learner_id?: string;
  booking_id?: string;
  language?: string;
  area?: string;
};

export const availabilityQuery = (question: AvailabilityQuestion) =>
  queryOptions({
    queryKey: ['availability', question],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/calendar/availability', { params: { query: question }, signal })),
    placeholderData: keepPreviousData,
    // Somebody else may take a time while the page is open.
    refetchInterval: 30_000,
  });

/** After any change of a booking everything that shows bookings or free times is out of date. */
export const outdatedByBooking = [['availability'], ['bookings'], ['booking'], ['time-off']] as const;
