import { useQuery } from '@tanstack/react-query';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { shortMoment } from '../../lib/time';
import { AccountSection } from './AccountSection';

/** Who acts in one's name, and who did, when and why. */
export function RepresentativesSection({ zone }: { zone: string }) {
  const t = useT();
  const list = useQuery<Schema['RepresentativeList'], Problem>({
    queryKey: ['representatives'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/me/representatives', { signal })),
  });
  return (
    <AccountSection title={t('mine.acting')} lead={t('mine.acting.lead')}>
      {list.isPending && <Skeleton className="h-12" />}
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.items.length === 0 && <p className="text-muted">{t('mine.acting.none')}</p>}
      <ul className="grid gap-3">
        {list.data?.items.map(({ role, name, since, until, reason }) => (
          <li key={role + since} className="wrap-anywhere">
            <p className="font-semibold">{name || t('mine.acting.gone')}</p>
            <p className="text-muted">
              {role === 'guardian'
                ? t('mine.acting.guardian', { since: shortMoment(since, zone) })
                : t('mine.acting.admin', {
                    since: shortMoment(since, zone),
                    until: until ? shortMoment(until, zone) : '',
                  })}
            </p>
            {reason && <p>{t('mine.acting.reason', { reason })}</p>}
          </li>
        ))}
      </ul>
    </AccountSection>
  );
}
