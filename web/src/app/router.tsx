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
import { activateManage } from '../i18n';
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
/** The pages of the office and of admins. */
const manage = createRoute({
  getParentRoute: () => inside,
  id: 'manage',
  loader: async ({ context: { client } }) => {
    const [me] = await Promise.all([person(client), activateManage()]);
    if (me.role === 'learner' || me.role === 'instructor') redirect({ to: '/', replace: true, throw: true });
  },
  component: lazyRouteComponent(() => import('../features/manage/ManageLayout'), 'ManageLayout'),
});
const managed = <const Path extends string>(path: Path) => ({ getParentRoute: () => manage, path });

const manageHome = createRoute({
  ...managed('/manage'),
  loader: () => {
    redirect({ to: '/manage/lesson-types', replace: true, throw: true });
  },
});
const types = createRoute({
  ...managed('/manage/lesson-types'),
  component: lazyRouteComponent(() => import('../features/lessontypes/LessonTypesPage'), 'LessonTypesPage'),
});
const buffers = createRoute({
  ...managed('/manage/buffers'),
  component: lazyRouteComponent(() => import('../features/buffers/BufferTimeManager'), 'BufferTimeManager'),
});
const rules = createRoute({
  ...managed('/manage/rules'),
  component: lazyRouteComponent(
    () => import('../features/constraints/SchedulingConstraintsManager'),
    'SchedulingConstraintsManager',
  ),
});
const closures = createRoute({
  ...managed('/manage/closures'),
  component: lazyRouteComponent(() => import('../features/closures/ClosuresPage'), 'ClosuresPage'),
});
const people = () => import('../features/people/PeoplePage');
const instructors = createRoute({
  ...managed('/manage/instructors'),
  component: lazyRouteComponent(people, 'InstructorsPage'),
});
const learners = createRoute({
  ...managed('/manage/learners'),
  component: lazyRouteComponent(people, 'LearnersPage'),
});
const team = createRoute({ ...managed('/manage/team'), component: lazyRouteComponent(people, 'TeamPage') });
const vehicles = createRoute({
  ...managed('/manage/vehicles'),
  component: lazyRouteComponent(() => import('../features/vehicles/VehiclesPage'), 'VehiclesPage'),
});
const hours = createRoute({
  ...managed('/manage/instructors/$id/hours'),
  component: lazyRouteComponent(() => import('../features/hours/HoursPage'), 'HoursPage'),
});
type Filter = { from?: string; to?: string; instructor?: string; learner?: string; status?: string };
type Loose<T> = { [Key in keyof T]: T[Key] | undefined };
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const table = createRoute({
  ...managed('/manage/bookings'),
  validateSearch: (raw: Record<string, unknown>): Loose<Filter> => ({
    from: readSearch(raw).from,
    to: readSearch({ from: raw['to'] }).from,
    instructor: text(raw['instructor']),
    learner: text(raw['learner']),
    status: text(raw['status']),
  }),
  component: lazyRouteComponent(() => import('../features/table/TablePage'), 'TablePage'),
});
const school = createRoute({
  ...managed('/manage/school'),
  component: lazyRouteComponent(() => import('../features/school/SchoolPage'), 'SchoolPage'),
});
const manageRoutes = [
  manageHome,
  types,
  buffers,
  rules,
  closures,
  instructors,
  learners,
  team,
  vehicles,
  hours,
  table,
  school,
] as const;

const routeTree = root.addChildren([
  signIn,
  welcome,
  inside.addChildren([home, book, booked, lessons, move, bookings, week, manage.addChildren(manageRoutes)]),
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
