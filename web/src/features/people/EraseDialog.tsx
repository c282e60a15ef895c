import { Alert } from '../../components/Alert';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Submit } from '../../components/manage/Form';
import { useT } from '../../i18n';
import { api } from '../../lib/api';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';

type Props = { id: string; name: string; isLearner: boolean; outdated: string; onClose: () => void };

/** Somebody has asked the school to erase them. */
export function EraseDialog({ id, name, isLearner, outdated, onClose }: Props) {
  const t = useT();
  const erase = useSave<boolean, unknown>(
    (cancel) =>
      api.POST('/api/v1/people/{id}/erasure', {
        params: { path: { id } },
        body: cancel ? { cancel_lessons: true } : {},
      }),
    [outdated, 'bookings'],
  );
  const ahead = erase.error?.code === 'in-use' ? (erase.error.count ?? 0) : 0;
  const mayCancel = ahead > 0 && isLearner;
  return (
    <Dialog title={t('people.erase.title', { name })} onClose={onClose}>
      <div className="grid gap-4">
        <p>{t('people.erase.lead')}</p>
        {mayCancel && (
          <Alert tone="warn" takesFocus title={t('people.erase.ahead', { name, count: ahead })}>
            <p>{t('people.erase.ahead.next')}</p>
          </Alert>
        )}
        {erase.error?.code === 'in-use' && !mayCancel && (
          <Alert tone="warn" takesFocus title={t('people.erase.stays', { name })}>
            <p>{erase.error.detail}</p>
          </Alert>
        )}
        {erase.isError && erase.error.code !== 'in-use' && <Failure error={erase.error} takesFocus />}
        <Submit
          look="danger"
          label={t(mayCancel ? 'people.erase.withLessons' : 'people.erase')}
          busy={erase.isPending}
          onCancel={onClose}
          onClick={() => {
            erase.mutate(mayCancel, {
              onSuccess: () => {
                notify({ text: t('people.erase.done', { name }) });
                onClose();
              },
            });
          }}
        />
      </div>
    </Dialog>
  );
}
