import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';

type Props = { name: string; drop: () => Promise<void>; onClose: () => void };

/** For somebody who has lost the phone or the key with which they sign in. */
export function DropFactorsDialog({ name, drop, onClose }: Props) {
  const t = useT();
  const removal = useMutation<unknown, Problem>({
    mutationFn: drop,
    onSuccess: () => {
      notify({ text: t('people.factors.done', { name }) });
      onClose();
    },
  });
  return (
    <Dialog title={t('people.factors.title', { name })} onClose={onClose}>
      <p className="mb-4 text-muted">{t('people.factors.lead')}</p>
      {removal.isError && <Failure error={removal.error} />}
      <div className="mt-4 flex flex-wrap gap-3">
        <Button
          look="danger"
          busy={removal.isPending}
          onClick={() => {
            removal.mutate();
          }}
        >
          {t('people.factors')}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {t('people.factors.keep')}
        </Button>
      </div>
    </Dialog>
  );
}
