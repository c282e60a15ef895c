import { Link, useRouter } from '@tanstack/react-router';
import { buttonLook } from '../components/Button';
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

export function NotFound() {
  const t = useT();
  return (
    <Page narrow title={t('notFound.title')}>
      <p className="mb-4">{t('notFound.lead')}</p>
      <Link className={buttonLook()} to="/">
        {t('notFound.home')}
      </Link>
    </Page>
  );
}
