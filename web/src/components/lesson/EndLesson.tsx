import { useT } from '../../i18n';
import { useCancel, useRefuse } from '../../lib/changes';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';
import { Failure } from '../Failure';
import { ReasonForm } from './ReasonForm';

type Props = { booking: Booking; how: 'cancel' | 'refuse'; onDone: () => void; onKeep: () => void };

/** Staff cancel a lesson or refuse a request, with words for the learner; it can be taken back for a moment. */
export function EndLesson({ booking, how, onDone, onKeep }: Props) {
  const t = useT();
  const tellDone = useTakeBack();
  const name = useNames().nameOf(booking);
  const cancel = useCancel();
  const refuse = useRefuse();
  const end = how === 'cancel' ? cancel : refuse;
  const isCancel = how === 'cancel';
  return (
    <div className="mt-1 grid gap-4">
      <p className="text-muted">{t(isCancel ? 'lesson.cancel.lead' : 'lesson.refuse.lead', { name })}</p>
      <ReasonForm
        label={t('office.reason')}
        confirm={t(isCancel ? 'cancel.confirm' : 'office.refuse')}
        busy={end.isPending}
        onKeep={onKeep}
        onConfirm={(reason) => {
          end.mutate(
            { booking, ...reason },
            {
              onSuccess: (ended) => {
                const moment = shortMoment(booking.start, booking.zone);
                tellDone(t(isCancel ? 'lesson.cancelled' : 'lesson.refused', { name, moment }), ended);
                onDone();
              },
            },
          );
        }}
      >
        {end.isError && <Failure error={end.error} />}
      </ReasonForm>
    </div>
  );
}
