import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert } from '../../components/Alert';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import type { Problem } from '../../lib/problem';
import { post } from '../../lib/session';
import { Poster } from './Poster';

/** /confirm#<token>: a new address is proven. By a button: programs that look into mails follow links by themselves. */
export function ConfirmPage() {
  const t = useT();
  const client = useQueryClient();
  const token = location.hash.slice(1);
  const confirming = useMutation<unknown, Problem>({
    mutationFn: () => post('/api/v1/auth/email', { token }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
  const isSpent = !token || confirming.error?.fields.some((field) => field.pointer === '/token');
  return (
    <Poster title={t('confirm.title')} lead={t('confirm.lead')}>
      {isSpent ? (
        <Alert tone="warn" title={t('welcome.spent')}>
          <p>{t('confirm.spent')}</p>
        </Alert>
      ) : confirming.isSuccess ? (
        <Alert tone="calm" title={t('confirm.done')} takesFocus>
          <p>{t('confirm.done.next')}</p>
          <Link to="/" className={buttonLook()}>
            {t('notFound.home')}
          </Link>
        </Alert>
      ) : (
        <div className="grid gap-4">
          {confirming.isError && <Failure error={confirming.error} />}
          <Button
            className="min-h-12 text-lg"
            busy={confirming.isPending}
            onClick={() => {
              confirming.mutate();
            }}
          >
            {t('confirm.save')}
          </Button>
        </div>
      )}
    </Poster>
  );
}
