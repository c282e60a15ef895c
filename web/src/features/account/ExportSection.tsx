import { useMutation } from '@tanstack/react-query';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { api } from '../../lib/api';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { AccountSection } from './AccountSection';

export function ExportSection({ email }: { email: string }) {
  const t = useT();
  const isOnline = useOnline();
  const ask = useMutation<unknown, Problem>({ mutationFn: () => api.POST('/api/v1/me/export', {}) });
  return (
    <AccountSection title={t('export.title')} lead={t('export.lead')}>
      {ask.isError && <Failure error={ask.error} takesFocus />}
      {ask.isSuccess ? (
        <Alert tone="calm" takesFocus title={t('export.asked')}>
          <p className="wrap-anywhere">{t('export.asked.next', { email })}</p>
        </Alert>
      ) : (
        <div>
          <Button
            look="secondary"
            disabled={!isOnline}
            busy={ask.isPending}
            onClick={() => {
              ask.mutate();
            }}
          >
            {t('export.ask')}
          </Button>
        </div>
      )}
    </AccountSection>
  );
}
