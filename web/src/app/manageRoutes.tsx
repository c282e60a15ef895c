import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readSearch } from '../features/booking/choice';
import { activate } from '../i18n';
import { inside, person } from './inside';

/** The pages of the office and of admins. */
export const manage = createRoute({
  getParentRoute: () => inside,
  id: 'manage',
  loader: async ({ context: { client } }) => {
    const [me] = await Promise.all([person(client), activate('manage', 'diary')]);
    if (me.role !== 'office' && me.role !== 'admin') redirect({ to: '/', replace: true, throw: true });
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
const guardians = createRoute({
  ...managed('/manage/guardians'),
  component: lazyRouteComponent(people, 'GuardiansPage'),
});
const importing = createRoute({
  ...managed('/manage/learners/import'),
  component: lazyRouteComponent(() => import('../features/people/ImportPage'), 'ImportPage'),
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
const policies = createRoute({
  ...managed('/manage/policies'),
  component: lazyRouteComponent(() => import('../features/policies/PoliciesPage'), 'PoliciesPage'),
});
const calendars = createRoute({
  ...managed('/manage/calendars'),
  component: lazyRouteComponent(
    () => import('../features/calendar/elsewhere/SchoolCalendarsPage'),
    'SchoolCalendarsPage',
  ),
});
const dataPages = () => import('./dataPages');
const retention = createRoute({
  ...managed('/manage/retention'),
  component: lazyRouteComponent(dataPages, 'RetentionPage'),
});
const requests = createRoute({
  ...managed('/manage/requests'),
  component: lazyRouteComponent(dataPages, 'RequestsPage'),
});
const record = createRoute({
  ...managed('/manage/record'),
  component: lazyRouteComponent(dataPages, 'RecordPage'),
});
const jobs = createRoute({
  ...managed('/manage/jobs'),
  component: lazyRouteComponent(() => import('../features/jobs/JobsPage'), 'JobsPage'),
});
type AuditFilter = { who?: string; whose?: string; action?: string; from?: string; to?: string };
const audit = createRoute({
  ...managed('/manage/audit'),
  validateSearch: (raw: Record<string, unknown>): Loose<AuditFilter> => ({
    who: text(raw['who']),
    whose: text(raw['whose']),
    action: text(raw['action']),
    from: readSearch(raw).from,
    to: readSearch({ from: raw['to'] }).from,
  }),
  component: lazyRouteComponent(() => import('../features/audit/AuditPage'), 'AuditPage'),
});
export const manageRoutes = [
  manageHome,
  types,
  buffers,
  rules,
  closures,
  instructors,
  learners,
  guardians,
  importing,
  team,
  vehicles,
  hours,
  table,
  calendars,
  jobs,
  school,
  policies,
  retention,
  requests,
  record,
  audit,
] as const;
