import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { shortMoment } from '../../lib/time';
import { AccountSection } from './AccountSection';

const KEY = ['sessions'];

function useSessions() {
  const t = useT();
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: KEY });
  const list = useQuery<Schema['SignInList'], Problem>({
    queryKey: KEY,
    queryFn: ({ signal }) => body(api.GET('/api/v1/me/sessions', { signal })),
  });
  const end = useMutation<unknown, Problem, Schema['SignIn'] | 'others'>({
    mutationFn: (which) =>
      which === 'others'
        ? api.DELETE('/api/v1/me/sessions', {})
        : api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id: which.id } } }),
    onSuccess: () => {
      notify({ text: t('mine.sessions.ended') });
    },
    // One that ended by itself meanwhile is gone from the list as well.
    onSettled: again,
  });
  return { list, end };
}

/** Where one is signed in, and the way out there. */
export function SessionsSection({ zone }: { zone: string }) {
  const t = useT();
  const isOnline = useOnline();
  const { list, end } = useSessions();
  const sessions = list.data?.items ?? [];
  return (
    <AccountSection title={t('mine.sessions')} lead={t('mine.sessions.lead')}>
      {list.isPending && <Skeleton className="h-24" />}
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {end.isError && end.error.status !== 404 && <Failure error={end.error} />}
      <ul className="grid gap-3">
        {sessions.map((session) => {
          const device = session.browser || t('mine.sessions.unknown');
          return (
            <li key={session.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <div>
                <p className="font-semibold">
                  {device}
                  {session.current && (
                    <span className="ml-2 rounded-full bg-brand-soft px-2 py-0.5 text-sm text-brand">
                      {t('mine.sessions.this')}
                    </span>
                  )}
                </p>
                <p className="text-sm text-muted">
                  {t('mine.sessions.used', {
                    used: shortMoment(session.used_at, zone),
                    since: shortMoment(session.created_at, zone),
                  })}
                </p>
              </div>
              {!session.current && (
                <Button
                  look="quiet"
                  disabled={!isOnline || end.isPending}
                  onClick={() => {
                    end.mutate(session);
                  }}
                >
                  {t('signOut')} <span className="sr-only">{device}</span>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {sessions.some((session) => !session.current) && (
        <div>
          <Button
            look="danger"
            disabled={!isOnline}
            busy={end.isPending && end.variables === 'others'}
            onClick={() => {
              end.mutate('others');
            }}
          >
            {t('mine.sessions.others')}
          </Button>
        </div>
      )}
    </AccountSection>
  );
}
