import type { QueryClient } from '@tanstack/react-query';
import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { askAhead, readSearch } from '../features/booking/choice';
import { readBoard, readWeek } from '../features/calendar/search';
import { activate } from '../i18n';
import {
  instructorsQuery,
  learnersQuery,
  lessonTypesQuery,
  placesQuery,
  vehiclesQuery,
} from '../lib/queries';
import { sessionState } from '../lib/session';
import { Crash } from './Crash';
import { ahead } from './client';
import { inside, person, root } from './inside';
import { manage, manageRoutes } from './manageRoutes';

// A path of our own only: "//elsewhere" would leave the site after the sign-in.
const localPath = (path: unknown): string | undefined =>
  typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : undefined;

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string | undefined } => ({
    ...raw,
    next: localPath(raw['next']),
  }),
  loader: () => activate('account'),
  component: lazyRouteComponent(() => import('../features/auth/SignInPage'), 'SignInPage'),
});

/** Of staff who must have a second factor and have none: there is nothing else for them before. */
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  beforeLoad: () => {
    if (sessionState() === 'signed-out') redirect({ to: '/sign-in', throw: true });
  },
  loader: () => activate('account'),
  component: lazyRouteComponent(() => import('../features/account/SecondFactorPage'), 'SecondFactorPage'),
});

const outside = createRoute({
  getParentRoute: () => root,
  path: '/$page',
  loader: () => activate('account'),
  component: lazyRouteComponent(() => import('../features/auth/OutsidePage'), 'OutsidePage'),
});

const homes = {
  learner: '/book',
  instructor: '/week',
  office: '/board',
  admin: '/board',
  guardian: '/children',
} as const;

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  loader: async ({ context: { client } }) => {
    const me = await person(client);
    redirect({ to: homes[me.role], replace: true, throw: true });
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

const children = createRoute({
  getParentRoute: () => inside,
  path: '/children',
  loader: () => activate('account'),
  component: lazyRouteComponent(() => import('../features/children/ChildrenPage'), 'ChildrenPage'),
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
    if (me.role === 'guardian') redirect({ to: '/', replace: true, throw: true });
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
    const [{ role }] = await Promise.all([person(client), activate('diary')]);
    if (role !== 'instructor') redirect({ to: '/', replace: true, throw: true });
    ahead(client.query(lessonTypesQuery), client.query(vehiclesQuery), client.query(learnersQuery));
  },
  component: lazyRouteComponent(() => import('../features/calendar/WeekPage'), 'WeekPage'),
});

const board = createRoute({
  getParentRoute: () => inside,
  path: '/board',
  validateSearch: readBoard,
  loader: async ({ context: { client } }) => {
    const [{ role }] = await Promise.all([person(client), activate('manage', 'diary')]);
    if (role !== 'office' && role !== 'admin') redirect({ to: '/', replace: true, throw: true });
    ahead(
      client.query(lessonTypesQuery),
      client.query(instructorsQuery),
      client.query(vehiclesQuery),
      client.query(learnersQuery),
    );
  },
  component: lazyRouteComponent(() => import('../features/calendar/board/BoardPage'), 'BoardPage'),
});

const calendars = createRoute({
  getParentRoute: () => inside,
  path: '/calendars',
  loader: () => activate('diary'),
  component: lazyRouteComponent(
    () => import('../features/calendar/elsewhere/CalendarsPage'),
    'CalendarsPage',
  ),
});

const feed = createRoute({
  getParentRoute: () => inside,
  path: '/feed',
  loader: () => activate('account'),
  component: lazyRouteComponent(() => import('../features/feed/FeedPage'), 'FeedPage'),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  loader: () => activate('account', 'documents'),
  component: lazyRouteComponent(() => import('../features/account/AccountPage'), 'AccountPage'),
});

const papers = createRoute({
  getParentRoute: () => inside,
  path: '/learners/$id/documents',
  loader: async ({ context: { client } }) => {
    const [{ role }] = await Promise.all([person(client), activate('documents')]);
    if (role === 'learner' || role === 'guardian') redirect({ to: '/account', replace: true, throw: true });
    ahead(client.query(learnersQuery));
  },
  component: lazyRouteComponent(() => import('../features/documents/DocumentsPage'), 'DocumentsPage'),
});

const routeTree = root.addChildren([
  signIn,
  secondFactor,
  outside,
  inside.addChildren([
    home,
    children,
    book,
    booked,
    lessons,
    move,
    bookings,
    week,
    board,
    calendars,
    feed,
    account,
    papers,
    manage.addChildren(manageRoutes),
  ]),
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
