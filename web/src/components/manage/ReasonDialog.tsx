import { useId } from 'react';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import { useCancel, useRefuse } from '../../lib/changes';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';

type Props = { booking: Booking; how: 'cancel' | 'refuse'; onClose: () => void };

export function ReasonDialog({ booking, how, onClose }: Props) {
  const t = useT();
  const cancel = useCancel();
  const refuse = useRefuse();
  const end = how === 'cancel' ? cancel : refuse;
  const reason = useId();
  return (
    <Dialog title={t(how === 'cancel' ? 'cancel.title' : 'office.refuse.title')} onClose={onClose}>
      <p className="mb-4 text-lg font-semibold">{shortMoment(booking.start, booking.zone)}</p>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const words = textOf(new FormData(event.currentTarget), 'reason').trim();
          end.mutate({ booking, ...(words ? { reason: words } : {}) }, { onSuccess: onClose });
        }}
      >
        <div className="grid gap-1.5">
          <label htmlFor={reason} className="font-semibold">
            {t('office.reason')}
          </label>
          <textarea
            id={reason}
            name="reason"
            maxLength={1000}
            rows={2}
            className="rounded-xl border border-edge bg-surface p-3"
          />
        </div>
        {end.isError && <Failure error={end.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('cancel.keep')}
          </Button>
          <Button look="danger" type="submit" busy={end.isPending}>
            {t(how === 'cancel' ? 'cancel.confirm' : 'office.refuse')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
