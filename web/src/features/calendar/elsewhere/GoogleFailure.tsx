import { Alert } from '../../../components/Alert';
import { Button } from '../../../components/Button';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { asProblem } from '../../../lib/problem';
import { useConnect } from './elsewhere';

/** Google does not answer, or does not let us in any more. */
export function GoogleFailure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT();
  const { status } = asProblem(error);
  if (status === 409)
    return (
      <Alert tone="warn" title={t('calendars.trouble.consent')}>
        <p>{t('calendars.trouble.consent.next')}</p>
        <div>
          <ConnectAgain />
        </div>
      </Alert>
    );
  if (status !== 503) return <Failure error={error} {...(onRetry ? { onRetry } : {})} />;
  return (
    <Alert tone="warn" title={t('calendars.away')}>
      <p>{t('calendars.away.next')}</p>
      {onRetry && (
        <div>
          <Button look="secondary" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        </div>
      )}
    </Alert>
  );
}

export function ConnectAgain() {
  const t = useT();
  const isOnline = useOnline();
  const connect = useConnect();
  return (
    <>
      {connect.isError && <GoogleFailure key={connect.submittedAt} error={connect.error} />}
      <Button
        disabled={!isOnline}
        busy={connect.isPending || connect.isSuccess}
        onClick={() => {
          connect.mutate();
        }}
      >
        {t('calendars.connectAgain')}
      </Button>
    </>
  );
}
