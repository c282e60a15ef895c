import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { ReasonForm } from '../../components/lesson/ReasonForm';
import { useT } from '../../i18n';
import { useCancel } from '../../lib/changes';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';
import { CancelRule } from './CancelRule';
import { useTakeBack } from '../../lib/useTakeBack';

type Props = { booking: Booking; onClose: () => void };

export function CancelDialog({ booking, onClose }: Props) {
  const t = useT();
  const cancel = useCancel();
  const tellDone = useTakeBack();
  const moment = shortMoment(booking.start, booking.zone);

  const isTooLate = cancel.error?.code === 'too-late';
  return (
    <Dialog title={t('cancel.title')} onClose={onClose}>
      <p className="text-lg font-semibold">{moment}</p>
      <div className="mb-4">
        <CancelRule booking={booking} />
      </div>
      <ReasonForm
        label={t('cancel.reason')}
        confirm={t('cancel.confirm')}
        busy={cancel.isPending}
        onKeep={onClose}
        onConfirm={(reason) => {
          cancel.mutate(
            { booking, ...reason },
            {
              onSuccess: (cancelled) => {
                tellDone(t('cancel.done', { moment }), cancelled);
                onClose();
              },
            },
          );
        }}
      >
        {cancel.isError &&
          (isTooLate ? (
            <p role="alert" className="font-semibold text-danger">
              {t('cancel.tooLate')}
            </p>
          ) : (
            <Failure error={cancel.error} />
          ))}
      </ReasonForm>
    </Dialog>
  );
}
