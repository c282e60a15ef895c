import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../../lib/api';

export type DataRequest = Schema['DataRequest'];
export type DataRight = Schema['DataRight'];
/** In the order in which people ask for them. */
export const RIGHTS: DataRight[] = [
  'rectification',
  'objection',
  'restriction',
  'access',
  'portability',
  'erasure',
];

export const myRequestsQuery = queryOptions({
  queryKey: ['requests', 'mine'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/me/requests', { signal })),
});
