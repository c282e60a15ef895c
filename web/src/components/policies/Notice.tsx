import { useQuery } from '@tanstack/react-query';
import { Failure } from '../Failure';
import { useT } from '../../i18n';
import { noticeQuery } from './policies';
import { PolicyText } from './PolicyText';

/** What goes with the account that is made: nothing where the school has no notice. */
export function useNotice(token: string): { notice_version?: number } {
  const version = useQuery(noticeQuery(token)).data?.items[0]?.version;
  return version ? { notice_version: version } : {};
}

/** How the school treats personal data, for whoever makes an account with this link (art. 13 GDPR). */
export function Notice({ token, isOutdated }: { token: string; isOutdated: boolean }) {
  const t = useT();
  const notice = useQuery(noticeQuery(token));
  if (notice.isError && !isSpent(notice.error))
    return <Failure error={notice.error} onRetry={() => void notice.refetch()} />;
  const shown = notice.data?.items[0];
  if (!shown) return null;
  return (
    <section className="grid gap-1.5">
      <h2 className="font-semibold">{t('notice.title')}</h2>
      {isOutdated && (
        <p role="alert" className="text-sm font-semibold text-danger">
          {t('notice.changed')}
        </p>
      )}
      <PolicyText name={t('notice.title')} text={shown.text} />
    </section>
  );
}

// The form itself says so of a link that is none.
const isSpent = (error: Error) => 'status' in error && error.status === 422;
