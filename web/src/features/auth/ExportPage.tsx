import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert } from '../../components/Alert';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { saveFile } from '../../lib/file';
import type { Problem } from '../../lib/problem';
import { post } from '../../lib/session';
import { Poster } from './Poster';

/** /export#<token>: behind the # it is never sent to a server or written into a log. */
export function ExportPage() {
  const t = useT();
  const token = location.hash.slice(1);
  const fetched = useMutation<undefined, Problem>({
    mutationFn: async () => {
      saveFile('roadbook-data.zip', await (await post('/api/v1/exports', { token })).blob());
    },
  });
  const isSpent = !token || fetched.error?.fields.some((field) => field.pointer === '/token');
  return (
    <Poster title={t('copy.title')} lead={t('copy.lead')}>
      {isSpent && (
        <Alert tone="warn" title={t('copy.spent')} takesFocus>
          <p>{t('copy.spent.next')}</p>
          <Link to="/account" hash="data" className={buttonLook('secondary')}>
            {t('copy.again')}
          </Link>
        </Alert>
      )}
      {fetched.isSuccess && (
        <Alert tone="calm" title={t('copy.done')} takesFocus>
          <p>{t('copy.done.next')}</p>
        </Alert>
      )}
      {!isSpent && !fetched.isSuccess && (
        <div className="grid gap-4">
          {fetched.isError && <Failure error={fetched.error} takesFocus />}
          <Button
            className="min-h-12 text-lg"
            busy={fetched.isPending}
            onClick={() => {
              fetched.mutate();
            }}
          >
            {t('copy.download')}
          </Button>
        </div>
      )}
    </Poster>
  );
}
