import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { ProviderProblem } from '../../components/account/ProviderProblem';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { dayOf } from '../../lib/time';
import { identitiesQuery, providersQuery, type Provider } from '../../lib/account/providers';
import { AccountSection } from './AccountSection';
import { ConnectForm } from './ConnectForm';

type Identity = Schema['Identity'];
type Row = { provider: Provider; identity?: Identity | undefined };

/** What is offered, connected or not, and what is connected and offered no more. */
function rowsOf(providers: Provider[], identities: Identity[]): Row[] {
  const offered = providers.map((provider): Row => {
    const identity = identities.find((each) => each.provider === provider.id);
    return { provider, identity };
  });
  const others = identities.filter((each) => !providers.some(({ id }) => id === each.provider));
  return [
    ...offered,
    ...others.map((identity) => ({ provider: { id: identity.provider, name: identity.name }, identity })),
  ];
}

function useDisconnect() {
  const t = useT();
  const client = useQueryClient();
  return useMutation<unknown, Problem, Identity>({
    mutationFn: ({ id }) => api.DELETE('/api/v1/me/identities/{id}', { params: { path: { id } } }),
    onSuccess: (_, { name }) => {
      notify({ text: t('mine.identities.disconnected', { name }) });
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: identitiesQuery.queryKey });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
}

/** By whom else one may sign in; nothing where there is nobody. */
export function IdentitiesSection({ zone }: { zone: string }) {
  const t = useT();
  const isOnline = useOnline();
  const search: { connected?: unknown; problem?: unknown; provider?: unknown } = useSearch({ strict: false });
  const providers = useQuery(providersQuery).data ?? [];
  const list = useQuery(identitiesQuery);
  const disconnect = useDisconnect();
  const [connecting, setConnecting] = useState('');
  const rows = rowsOf(providers, list.data?.items ?? []);
  const arrived = rows.find(({ provider, identity }) => identity && provider.id === search.connected);
  if (rows.length === 0) return null;
  return (
    <AccountSection title={t('mine.identities')} lead={t('mine.identities.lead')}>
      {arrived && (
        <Alert
          tone="calm"
          title={t('mine.identities.connected', { name: arrived.provider.name })}
          takesFocus
        />
      )}
      {typeof search.problem === 'string' && (
        <ProviderProblem problem={search.problem} provider={String(search.provider)} />
      )}
      {list.isPending && <Skeleton className="h-16" />}
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {disconnect.isError &&
        (disconnect.error.status === 409 ? (
          <Alert tone="warn" title={t('mine.identities.onlyWay')} />
        ) : (
          disconnect.error.status !== 404 && <Failure error={disconnect.error} />
        ))}
      <ul className="grid gap-3">
        {list.isSuccess &&
          rows.map(({ provider, identity }) => (
            <li key={provider.id} className="grid gap-3">
              <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <div className="min-w-0">
                  <p className="font-semibold break-words">{provider.name}</p>
                  <p className="text-sm text-muted">
                    {identity
                      ? t('mine.identities.since', { since: dayOf(identity.created_at, zone) })
                      : t('mine.identities.none')}
                  </p>
                </div>
                {identity && (
                  <Button
                    look="quiet"
                    disabled={!isOnline}
                    busy={disconnect.isPending && disconnect.variables.id === identity.id}
                    onClick={() => {
                      disconnect.mutate(identity);
                    }}
                  >
                    {t('mine.identities.disconnect')} <span className="sr-only">{provider.name}</span>
                  </Button>
                )}
                {!identity && connecting !== provider.id && (
                  <Button
                    look="secondary"
                    disabled={!isOnline}
                    onClick={() => {
                      setConnecting(provider.id);
                    }}
                  >
                    {t('mine.identities.connect')} <span className="sr-only">{provider.name}</span>
                  </Button>
                )}
              </div>
              {!identity && connecting === provider.id && (
                <ConnectForm
                  provider={provider}
                  onCancel={() => {
                    setConnecting('');
                  }}
                />
              )}
            </li>
          ))}
      </ul>
    </AccountSection>
  );
}
