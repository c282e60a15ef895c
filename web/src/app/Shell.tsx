import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useMatch, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { activate, useT } from '../i18n';
import { currentNotice, notify, onNotice } from '../lib/notice';
import { useOnline } from '../lib/online';
import { acting, onSessionChange, sessionState, signOut } from '../lib/session';
import { Account } from './Account';

const SessionDialog = lazy(async () => {
  await activate('account');
  return { default: (await import('../features/auth/SessionDialog')).SessionDialog };
});

const ActingBanner = lazy(async () => ({
  default: (await import('../features/acting/ActingBanner')).ActingBanner,
}));

const office = [
  ['/board', 'board'],
  ['/bookings', 'bookings'],
  ['/manage', 'manage'],
] as const;
const navigation = {
  learner: [
    ['/book', 'book'],
    ['/lessons', 'lessons'],
  ],
  instructor: [
    ['/week', 'week'],
    ['/calendars', 'calendars'],
  ],
  guardian: [['/children', 'children']],
  office,
  admin: office,
} as const;

export function Shell() {
  const t = useT();
  const router = useRouter();
  const client = useQueryClient();
  const session = useSyncExternalStore(onSessionChange, sessionState);
  const isOnline = useOnline();
  const me = useMatch({ from: '/in', shouldThrow: false })?.loaderData?.me;

  const leave = async () => {
    await signOut();
    client.clear();
    await router.navigate({ to: '/sign-in' });
  };
  const links = me ? navigation[me.role] : [];

  return (
    <>
      <a
        href="#main"
        className="absolute -top-20 left-4 z-50 rounded-xl bg-brand px-4 py-2 font-semibold text-on-brand focus:top-2"
      >
        {t('skip')}
      </a>
      <header className="sticky top-0 z-30 border-b border-line bg-surface">
        {me?.school.colour && <div className="h-1" style={{ backgroundColor: me.school.colour }} />}
        <div className="mx-auto flex h-14 max-w-[72rem] items-center gap-2 px-4 sm:gap-4 [body:has([data-wide])_&]:max-w-[140rem]">
          <Link to="/" className="flex min-h-11 shrink-0 items-center gap-2.5 font-extrabold tracking-tight">
            <img src="/icon.svg" alt="" width={32} height={32} />
            <span className="max-sm:sr-only">{me?.school.name ?? 'Roadbook'}</span>
          </Link>
          {me && session !== 'signed-out' && (
            <>
              <nav aria-label={t('nav')} className="flex h-full sm:ml-4">
                {links.map(([to, id]) => (
                  <Link
                    key={to}
                    to={to}
                    className="relative flex items-center px-3 font-semibold max-[24rem]:px-2 max-[24rem]:text-sm text-muted hover:text-ink aria-[current=page]:text-ink aria-[current=page]:after:absolute aria-[current=page]:after:inset-x-3 aria-[current=page]:after:-bottom-px aria-[current=page]:after:h-[3px] aria-[current=page]:after:bg-amber"
                  >
                    {t(`nav.${id}`)}
                  </Link>
                ))}
              </nav>
              <Account me={me} onLeave={() => void leave()} />
            </>
          )}
        </div>
      </header>
      {!isOnline && (
        <p role="status" className="bg-warn-soft px-4 py-2 text-center font-semibold text-warn">
          {t('offline')}
        </p>
      )}
      {acting() && (
        <Suspense>
          <ActingBanner />
        </Suspense>
      )}
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto max-w-[72rem] px-4 pt-4 pb-6 outline-none has-[[data-wide]]:max-w-[140rem] sm:py-10 has-[[data-wide]]:sm:pt-5"
      >
        <Outlet />
      </main>
      <Notices />
      {session === 'expired' && (
        <Suspense>
          <SessionDialog onGiveUp={() => void leave()} />
        </Suspense>
      )}
    </>
  );
}

function Notices() {
  const notice = useSyncExternalStore(onNotice, currentNotice);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-40 grid justify-items-center px-4"
    >
      {notice && (
        <div className="pointer-events-auto flex items-center gap-4 rounded-2xl bg-ink px-5 py-3 text-ground shadow-card">
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              className="min-h-11 rounded-lg px-2 font-bold underline underline-offset-4"
              onClick={() => {
                notify(undefined);
                notice.action?.run();
              }}
            >
              {notice.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
