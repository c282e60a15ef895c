import { queryOptions } from '@tanstack/react-query';
import { api, body } from '../../lib/api';
import { addDays, todayIn } from '../../lib/time';

const AHEAD_DAYS = 365;

export const childrenQuery = queryOptions({
  queryKey: ['children'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/me/children', { signal })),
});

/** The lessons of a child that are still to come, without switching to it. */
export const nextLessonsQuery = (id: string, zone: string) =>
  queryOptions({
    queryKey: ['children', id, 'lessons'],
    queryFn: async ({ signal }) => {
      const from = todayIn(zone, new Date());
      const query = { from, to: addDays(from, AHEAD_DAYS), limit: 20 };
      const header = { 'Acting-For': id };
      const { items } = await body(
        api.GET('/api/v1/calendar/bookings', { params: { query, header }, signal }),
      );
      const now = Date.now();
      return items
        .filter(({ status, end }) => ['booked', 'requested'].includes(status) && Date.parse(end) > now)
        .slice(0, 3);
    },
  });
