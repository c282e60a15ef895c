import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../api';
import type { Problem } from '../problem';

export type Provider = Schema['ProviderList']['items'][number];

/** At whom else one may sign in. What the operator configured changes with a restart at most. */
export const providersQuery = queryOptions<Provider[], Problem>({
  queryKey: ['providers'],
  queryFn: async () => {
    // Nobody need be signed in.
    const answer = await fetch('/api/v1/auth/providers');
    return answer.ok ? ((await answer.json()) as Schema['ProviderList']).items : [];
  },
  staleTime: Infinity,
});

/** What the server may say in the page's address. Anything else is a sign-in that did not work. */
const PROBLEMS = [
  'again',
  'school',
  'denied',
  'provider',
  'away',
  'unknown',
  'unverified',
  'staff',
  'other',
  'taken',
  'ended',
  'limited',
];
export const knownProblem = (problem: string): string => (PROBLEMS.includes(problem) ? problem : 'again');

/** Where the browser goes to sign in. Normalised as it would be in the address bar. */
export function startOf(provider: Provider, next: string | undefined, school: string): string {
  const to = new URL(next ?? '/', globalThis.location.origin);
  const query = new URLSearchParams({ next: to.pathname + to.search + to.hash });
  if (school) query.set('school', school);
  return `/api/v1/auth/${provider.id}/start?${query.toString()}`;
}

export const identitiesQuery = queryOptions<Schema['IdentityList'], Problem>({
  queryKey: ['identities'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/me/identities', { signal })),
});
