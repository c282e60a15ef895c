import { useId } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
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
  const reason = useId();
  const moment = shortMoment(booking.start, booking.zone);

  const confirm = (form: FormData) => {
    const words = textOf(form, 'reason').trim();
    cancel.mutate(
      { booking, ...(words ? { reason: words } : {}) },
      {
        onSuccess: (cancelled) => {
          tellDone(t('cancel.done', { moment }), cancelled);
          onClose();
        },
      },
    );
  };
  const isTooLate = cancel.error?.code === 'too-late';
  return (
    <Dialog title={t('cancel.title')} onClose={onClose}>
      <p className="text-lg font-semibold">{moment}</p>
      <div className="mb-4">
        <CancelRule booking={booking} />
      </div>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          confirm(new FormData(event.currentTarget));
        }}
      >
        <div className="grid gap-1.5">
          <label htmlFor={reason} className="font-semibold">
            {t('cancel.reason')}
          </label>
          <textarea
            id={reason}
            name="reason"
            maxLength={1000}
            rows={2}
            className="rounded-xl border border-edge bg-surface p-3"
          />
        </div>
        {cancel.isError &&
          (isTooLate ? (
            <p role="alert" className="font-semibold text-danger">
              {t('cancel.tooLate')}
            </p>
          ) : (
            <Failure error={cancel.error} />
          ))}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('cancel.keep')}
          </Button>
          <Button look="danger" type="submit" busy={cancel.isPending}>
            {t('cancel.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
