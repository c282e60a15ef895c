import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { askAhead, readSearch } from '../features/booking/choice';
import { readWeek } from '../features/calendar/search';
import {
  instructorsQuery,
  learnersQuery,
  lessonTypesQuery,
  meQuery,
  placesQuery,
  vehiclesQuery,
} from '../lib/queries';
import type { Schema } from '../lib/api';
import { sessionState } from '../lib/session';
import { Crash, NotFound } from './Crash';
import { Shell } from './Shell';

type Context = { client: QueryClient };

const root = createRootRouteWithContext<Context>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: Crash,
});

// A path of our own only: "//elsewhere" would leave the site after the sign-in.
const localPath = (path: unknown): string | undefined =>
  typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : undefined;

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string | undefined } => ({
    next: localPath(raw['next']),
  }),
  component: lazyRouteComponent(() => import('../features/auth/SignInPage'), 'SignInPage'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../features/auth/WelcomePage'), 'WelcomePage'),
});

const person = (client: QueryClient) => client.query({ ...meQuery, staleTime: 'static' });

/** Loads before the page is there; the page itself shows what fails. */
function ahead(...loads: Promise<unknown>[]) {
  loads.forEach((load) => void load.catch(() => undefined));
}

/** Everything that needs a sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'in',
  beforeLoad: ({ location }) => {
    if (sessionState() === 'signed-out')
      redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, throw: true });
  },
  loader: async ({ context: { client } }) => ({ me: await person(client) }),
});

const homes: Partial<Record<Schema['Role'], '/book' | '/week'>> = { learner: '/book', instructor: '/week' };

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  loader: async ({ context: { client } }) => {
    const me = await person(client);
    const { [me.role]: to = '/bookings' } = homes;
    redirect({ to, replace: true, throw: true });
  },
});

const book = createRoute({
  getParentRoute: () => inside,
  path: '/book',
  validateSearch: readSearch,
  loader: async ({ context: { client }, location }) => {
    ahead(askAhead(client, readSearch(location.search)), client.query(placesQuery()));
    const me = await person(client);
    if (me.role !== 'learner') redirect({ to: '/bookings', replace: true, throw: true });
  },
  component: lazyRouteComponent(
    () => import('../features/booking/GoogleCalendarIntegration'),
    'GoogleCalendarIntegration',
  ),
});

const booked = createRoute({
  getParentRoute: () => inside,
  path: '/booked/$id',
  loader: ({ context: { client } }) => {
    ahead(client.query(lessonTypesQuery), client.query(instructorsQuery), client.query(vehiclesQuery));
  },
  component: lazyRouteComponent(() => import('../features/lessons/BookedPage'), 'BookedPage'),
});

const lessons = createRoute({
  getParentRoute: () => inside,
  path: '/lessons',
  loader: async ({ context: { client } }) => {
    ahead(
      client.query(lessonTypesQuery),
      client.query(instructorsQuery),
      client.query(vehiclesQuery),
      client.query(placesQuery()),
    );
    const me = await person(client);
    if (me.role !== 'learner') redirect({ to: '/bookings', replace: true, throw: true });
  },
  component: lazyRouteComponent(() => import('../features/lessons/LessonsPage'), 'LessonsPage'),
});

const move = createRoute({
  getParentRoute: () => inside,
  path: '/lessons/$id/move',
  loader: ({ context: { client } }) => {
    ahead(client.query(lessonTypesQuery), client.query(instructorsQuery));
  },
  component: lazyRouteComponent(() => import('../features/lessons/MovePage'), 'MovePage'),
});

const bookings = createRoute({
  getParentRoute: () => inside,
  path: '/bookings',
  validateSearch: (
    raw: Record<string, unknown>,
  ): { from?: string | undefined; show?: 'requests' | undefined } => ({
    from: readSearch(raw).from,
    show: raw['show'] === 'requests' ? 'requests' : undefined,
  }),
  loader: async ({ context: { client } }) => {
    const me = await person(client);
    if (me.role === 'learner') redirect({ to: '/lessons', replace: true, throw: true });
    ahead(
      client.query(lessonTypesQuery),
      client.query(instructorsQuery),
      client.query(vehiclesQuery),
      client.query(learnersQuery),
    );
  },
  component: lazyRouteComponent(() => import('../features/office/BookingsPage'), 'BookingsPage'),
});

const week = createRoute({
  getParentRoute: () => inside,
  path: '/week',
  validateSearch: readWeek,
  loader: async ({ context: { client } }) => {
    const { role } = await person(client);
    if (role !== 'instructor') redirect({ to: '/', replace: true, throw: true });
    ahead(client.query(lessonTypesQuery), client.query(vehiclesQuery), client.query(learnersQuery));
  },
  component: lazyRouteComponent(() => import('../features/calendar/WeekPage'), 'WeekPage'),
});

const routeTree = root.addChildren([
  signIn,
  welcome,
  inside.addChildren([home, book, booked, lessons, move, bookings, week]),
]);

export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultErrorComponent: Crash,
    scrollRestoration: true,
    ...(history ? { history } : {}),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
