import { useRouter } from '@tanstack/react-router';
import { Failure } from '../components/Failure';
import { Page } from '../components/Page';
import { useT } from '../i18n';

export function Crash({ error }: { error: unknown }) {
  const t = useT();
  const router = useRouter();
  return (
    <Page narrow title={t('crash.title')}>
      <Failure error={error} onRetry={() => void router.invalidate()} />
    </Page>
  );
}
