import { useQuery } from '@tanstack/react-query';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { Skeleton } from '../Skeleton';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { meQuery } from '../../lib/queries';
import { currentPoliciesQuery } from './policies';
import { PolicyText } from './PolicyText';

type Props = { version: number; onAccept: (version: number) => void; onClose: () => void };

/** The terms of the school, before the first lesson that is booked under them. */
export default function TermsDialog({ version, onAccept, onClose }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const slug = useQuery(meQuery).data?.school.slug ?? '';
  const policies = useQuery({ ...currentPoliciesQuery(slug, version), enabled: slug !== '' });
  const terms = policies.data?.items.find((policy) => policy.kind === 'terms');
  return (
    <Dialog title={t('terms.title')} onClose={onClose} wide>
      <div className="grid gap-4">
        <p className="text-muted">{t('terms.lead')}</p>
        {policies.isError ? (
          <Failure error={policies.error} onRetry={() => void policies.refetch()} />
        ) : terms ? (
          <PolicyText name={t('terms.title')} text={terms.text} />
        ) : (
          <Skeleton className="h-40" />
        )}
        {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noBooking')}</p>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('terms.notNow')}
          </Button>
          <Button
            disabled={!terms || !isOnline}
            onClick={() => {
              // What was read is what is accepted, also where it is newer than what the server had named.
              onAccept(terms?.version ?? version);
            }}
          >
            {t('terms.accept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
