import { useQuery } from '@tanstack/react-query';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { Skeleton } from '../Skeleton';
import { useT } from '../../i18n';
import { meQuery } from '../../lib/queries';
import { agreementsOfQuery, saidOn } from './policies';

type Props = { id: string; name: string; onClose: () => void };

/** What a learner has said to the terms, the notice and each consent. */
export function AgreementsDialog({ id, name, onClose }: Props) {
  const t = useT();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const list = useQuery(agreementsOfQuery(id));
  return (
    <Dialog title={t('agreements.title', { name })} onClose={onClose}>
      <div className="grid gap-4">
        {list.isPending && <Skeleton className="h-24" />}
        {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
        {list.data?.items.length === 0 && <p>{t('agreements.none')}</p>}
        <dl className="grid gap-3">
          {list.data?.items.map(({ kind, given, said_at, said_version, version }) => (
            <div key={kind}>
              <dt className="font-semibold">{t(`policies.${kind}`)}</dt>
              <dd>
                {t(`agreements.${given ? 'given' : said_at ? 'withdrawn' : 'never'}`, {
                  day: said_at ? saidOn(said_at, zone) : '',
                  version: said_version,
                })}{' '}
                {given && said_version !== version && t('agreements.older', { version })}
              </dd>
            </div>
          ))}
        </dl>
        <div>
          <Button look="secondary" onClick={onClose}>
            {t('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
