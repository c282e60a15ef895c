import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { Alert } from '../../components/Alert';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { meQuery } from '../../lib/queries';

type Place = { to: string; word: string; isAdmins?: true };
const groups: { name: string; places: Place[] }[] = [
  {
    name: 'calendar',
    places: [
      { to: '/manage/bookings', word: 'bookings' },
      { to: '/manage/closures', word: 'closures' },
      { to: '/manage/calendars', word: 'calendars' },
      { to: '/manage/jobs', word: 'jobs' },
    ],
  },
  {
    name: 'offer',
    places: [
      { to: '/manage/lesson-types', word: 'types' },
      { to: '/manage/buffers', word: 'buffers' },
      { to: '/manage/rules', word: 'rules' },
    ],
  },
  {
    name: 'people',
    places: [
      { to: '/manage/instructors', word: 'instructors' },
      { to: '/manage/learners', word: 'learners' },
      { to: '/manage/guardians', word: 'guardians' },
      { to: '/manage/vehicles', word: 'vehicles' },
      { to: '/manage/requests', word: 'requests' },
    ],
  },
  {
    name: 'school',
    places: [
      { to: '/manage/team', word: 'team', isAdmins: true },
      { to: '/manage/school', word: 'school', isAdmins: true },
      { to: '/manage/policies', word: 'policies', isAdmins: true },
      { to: '/manage/retention', word: 'retention', isAdmins: true },
      { to: '/manage/record', word: 'record', isAdmins: true },
      { to: '/manage/audit', word: 'audit', isAdmins: true },
    ],
  },
];

/** The pages of the office, beside their list: a rail on a desktop, a menu that folds away on a phone. */
export function ManageLayout() {
  const t = useT();
  const path = useLocation({ select: (location) => location.pathname });
  const isAdmin = useQuery(meQuery).data?.role === 'admin';
  const here = groups.flatMap((group) => group.places).find((place) => path.startsWith(place.to));
  const shown = groups
    .map((group) => ({ ...group, places: group.places.filter((place) => isAdmin || !place.isAdmins) }))
    .filter((group) => group.places.length > 0);
  const links = shown.map((group) => (
    <div key={group.name}>
      <p className="px-3 text-sm font-semibold text-muted">{t(`manage.group.${group.name}`)}</p>
      <ul className="mb-3 lg:mb-5">
        {group.places.map((place) => (
          <li key={place.to}>
            <Link
              to={place.to}
              className="flex min-h-11 items-center rounded-xl px-3 font-semibold hover:bg-sunken aria-[current=page]:bg-brand-soft aria-[current=page]:text-brand"
            >
              {t(`manage.${place.word}`)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ));
  return (
    <div className="lg:grid lg:grid-cols-[12rem_minmax(0,1fr)] lg:gap-10">
      <nav aria-label={t('manage.nav')} className="sticky top-20 hidden self-start lg:block">
        {links}
      </nav>
      {/* A new page folds it again. */}
      <details key={path} className="mb-4 rounded-2xl border border-line bg-surface lg:hidden">
        <summary className="min-h-11 px-4 py-2.5 font-semibold">
          {t('manage.nav')}: <span className="text-brand">{here && t(`manage.${here.word}`)}</span>
        </summary>
        <nav aria-label={t('manage.nav')} className="grid grid-cols-2 border-t border-line p-2 pt-3">
          {links}
        </nav>
      </details>
      <div className="min-w-0">{here?.isAdmins && !isAdmin ? <AdminsOnly /> : <Outlet />}</div>
    </div>
  );
}

function AdminsOnly() {
  const t = useT();
  return (
    <Page title={t('manage.adminsOnly')}>
      <Alert tone="warn" title={t('failure.forbidden')}>
        <p>{t('manage.adminsOnly.next')}</p>
      </Alert>
    </Page>
  );
}
