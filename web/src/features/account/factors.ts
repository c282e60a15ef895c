import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../../lib/api';

export const factorsQuery = queryOptions({
  queryKey: ['factors'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/me/factors', { signal })),
});

/** A change of factors ends the other sessions, too. */
export function useFactorsChanged() {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['factors', 'sessions'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
