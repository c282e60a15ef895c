import { QueryClient } from '@tanstack/react-query';
import { asProblem } from '../lib/problem';

const TRIES = 3;

export function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // Without a network the service worker may still have the answer.
        networkMode: 'always',
        retry: (failures, error) => {
          const problem = asProblem(error);
          return problem.isTransient && problem.code !== 'network' && failures < TRIES - 1;
        },
        retryDelay: (failures, error) => (asProblem(error).retryAfterSeconds ?? 2 ** failures / 2) * 1000,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Loads before the page is there; the page itself shows what fails. */
export function ahead(...loads: Promise<unknown>[]) {
  loads.forEach((load) => void load.catch(() => undefined));
}
