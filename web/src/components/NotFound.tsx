import { Link } from '@tanstack/react-router';
import { useT } from '../i18n';
import { buttonLook } from './Button';
import { Page } from './Page';

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
