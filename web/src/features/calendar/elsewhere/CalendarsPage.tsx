import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../../components/Button';
import { Failure } from '../../../components/Failure';
import { Page } from '../../../components/Page';
import { Skeleton } from '../../../components/Skeleton';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { meQuery } from '../../../lib/queries';
import { acting } from '../../../lib/session';
import { Arrived } from './Arrived';
import { Conflicts } from './Conflicts';
import { ConnectionCard } from './ConnectionCard';
import { conflictsQuery, connectionsQuery, useConnect } from './elsewhere';
import { GoogleFailure } from './GoogleFailure';

/** An instructor's calendars elsewhere: what takes time, where lessons stand, and what has to be decided. */
export function CalendarsPage() {
  const t = useT();
  const me = useQuery(meQuery).data;
  if (!me)
    return (
      <Page title={t('calendars.title')} narrow busy>
        <Skeleton className="h-40" />
      </Page>
    );
  if (me.role !== 'instructor') return <Navigate to="/" replace />;
  if (acting())
    return (
      <Page title={t('calendars.title')} narrow>
        <p className="text-muted">{t('calendars.theirOwn')}</p>
      </Page>
    );
  return <Own zone={me.school.time_zone} />;
}

function Own({ zone }: { zone: string }) {
  const t = useT();
  const connections = useQuery(connectionsQuery);
  const search: { connected?: unknown; problem?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const items = connections.data?.items ?? [];
  const isWaiting = useQuery({ ...conflictsQuery, enabled: items.length > 0 }).data?.length;
  // Moved, not made anew: somebody may be deciding in it.
  const inbox = items.length > 0 && <Conflicts key="conflicts" zone={zone} />;
  const cards = items.map((connection) => (
    <ConnectionCard
      key={connection.id}
      connection={connection}
      others={items.filter(({ id }) => id !== connection.id)}
      zone={zone}
      onGone={() => void navigate({ to: '/calendars', replace: true })}
    />
  ));
  return (
    <Page title={t('calendars.title')} narrow busy={connections.isPending}>
      <div className="grid gap-6">
        <p className="-mt-1 text-muted lg:-mt-5">{t('calendars.lead')}</p>
        {typeof search.problem === 'string' && <Arrived problem={search.problem} />}
        {search.connected === 'google' && items.length > 0 && <Arrived />}
        {connections.isError && (
          <Failure error={connections.error} onRetry={() => void connections.refetch()} />
        )}
        {connections.isPending && <Skeleton className="h-56 rounded-2xl" />}
        {isWaiting ? [inbox, ...cards] : [...cards, inbox]}
        {connections.data && <Connect available={connections.data.available} count={items.length} />}
      </div>
    </Page>
  );
}

/** The way to a first account and to another one. */
function Connect({ available, count }: { available: boolean; count: number }) {
  const t = useT();
  const isOnline = useOnline();
  const connect = useConnect();
  if (!available)
    return (
      <div className="rounded-2xl border border-dashed border-edge p-6">
        <p className="text-lg font-semibold">{t('calendars.unavailable')}</p>
        <p className="text-muted">{t('calendars.unavailable.next')}</p>
        <Link to="/feed" className="inline-flex min-h-11 items-center font-semibold text-brand underline">
          {t('feed')}
        </Link>
      </div>
    );
  return (
    <div className="grid justify-items-start gap-3 rounded-2xl border border-dashed border-edge p-4 sm:p-6">
      <div>
        <h2 className="text-lg font-bold">{t(count > 0 ? 'calendars.another' : 'calendars.none')}</h2>
        <p className="text-muted">{t(count > 0 ? 'calendars.another.lead' : 'calendars.none.lead')}</p>
      </div>
      {connect.isError && <GoogleFailure key={connect.submittedAt} error={connect.error} />}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <Button
        look={count > 0 ? 'secondary' : 'primary'}
        disabled={!isOnline}
        busy={connect.isPending || connect.isSuccess}
        onClick={() => {
          connect.mutate();
        }}
      >
        {t('calendars.connect')}
      </Button>
    </div>
  );
}
