import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from '../api';
import { addDays, mondayOf } from '../time';

/** Old as soon as anybody's hours, dates or time off are: see lib/live.ts for what others change. */
export const WORKING_TIME = 'working-time';

const MINUTES = 60_000;
const WEEK_DAYS = 7;

/** When everybody works, in the week of a date: going on by a day asks for nothing. */
export const workingTimeQuery = (date: string) => {
  const from = mondayOf(date);
  return queryOptions({
    queryKey: [WORKING_TIME, from],
    queryFn: ({ signal }) =>
      body(
        api.GET('/api/v1/calendar/working-time', {
          params: { query: { from, to: addDays(from, WEEK_DAYS) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 5 * MINUTES,
  });
};
