import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { agreementsQuery, saidOn } from '../../components/policies/policies';
import { PolicyText } from '../../components/policies/PolicyText';
import { AccountSection } from './AccountSection';

type Agreement = Schema['Agreement'];

/** What one has said to what the school publishes; consents are given and withdrawn here, each by itself. */
export function ConsentsSection({ zone }: { zone: string }) {
  const t = useT();
  const mine = useQuery(agreementsQuery);
  if (mine.data?.items.length === 0) return null;
  return (
    <AccountSection title={t('consents.title')} lead={t('consents.lead')}>
      {mine.isPending && <Skeleton className="h-24" />}
      {mine.isError && <Failure error={mine.error} onRetry={() => void mine.refetch()} />}
      {mine.data?.items.map((agreement) => (
        <One key={agreement.kind} agreement={agreement} zone={zone} />
      ))}
    </AccountSection>
  );
}

function One({ agreement, zone }: { agreement: Agreement; zone: string }) {
  const t = useT();
  const { kind, given, version, said_version, said_at } = agreement;
  const isConsent = kind === 'photos' || kind === 'news';
  const state = given ? 'given' : said_at ? 'withdrawn' : 'never';
  return (
    <div role="group" aria-label={t(`policy.${kind}`)} className="grid gap-3 border-t border-line pt-4">
      <div>
        <h3 className="font-bold">{t(`policy.${kind}`)}</h3>
        <p className="text-muted">
          {t(`consents.${isConsent ? 'purpose' : kind}.${state}`, {
            day: said_at ? saidOn(said_at, zone) : '',
          })}{' '}
          {given && said_version !== version && t('consents.older')}
        </p>
      </div>
      <PolicyText name={t(`policy.${kind}`)} text={agreement.text} />
      {isConsent && <Change agreement={agreement} />}
    </div>
  );
}

function Change({ agreement }: { agreement: Agreement }) {
  const t = useT();
  const client = useQueryClient();
  const isOnline = useOnline();
  const { kind, version } = agreement;
  const params = { path: { kind } };
  const change = useMutation<unknown, Problem, boolean>({
    mutationFn: (gives) =>
      gives
        ? api.PUT('/api/v1/me/consents/{kind}', { params, body: { version } })
        : api.DELETE('/api/v1/me/consents/{kind}', { params }),
    onSettled: () => client.invalidateQueries({ queryKey: agreementsQuery.queryKey }),
  });
  const isOld = agreement.given && agreement.said_version !== version;
  const button = (gives: boolean) => (
    <Button
      look="secondary"
      busy={change.isPending && change.variables === gives}
      disabled={!isOnline}
      onClick={() => {
        change.mutate(gives);
      }}
    >
      {t(gives ? 'consents.give' : 'consents.withdraw')}{' '}
      <span className="sr-only">{t(`policy.${kind}`)}</span>
    </Button>
  );
  return (
    <>
      {change.isError &&
        (change.error.version ? (
          <Alert tone="warn" title={t('consents.changed')} takesFocus>
            <p>{t('consents.changed.next')}</p>
          </Alert>
        ) : (
          <Failure error={change.error} takesFocus />
        ))}
      <div className="flex flex-wrap gap-2">
        {(!agreement.given || isOld) && button(true)}
        {agreement.given && button(false)}
      </div>
    </>
  );
}
