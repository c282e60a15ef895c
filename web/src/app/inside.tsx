import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { NotFound } from '../components/NotFound';
import { meQuery } from '../lib/queries';
import { factorIsMissing, sessionState } from '../lib/session';
import { Crash } from './Crash';
import { Shell } from './Shell';

type Context = { client: QueryClient };

export const root = createRootRouteWithContext<Context>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: Crash,
});

export const person = (client: QueryClient) => client.query({ ...meQuery, staleTime: 'static' });

/** Everything that needs a sign-in. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'in',
  beforeLoad: ({ location }) => {
    if (sessionState() === 'signed-out')
      redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, throw: true });
    if (factorIsMissing()) redirect({ to: '/second-factor', throw: true });
  },
  loader: async ({ context: { client } }) => ({ me: await person(client) }),
});
