import { useT } from '../../../i18n';
import { useCancel } from '../../../lib/changes';
import { notify } from '../../../lib/notice';
import type { Booking } from '../../../lib/queries';
import { shortMoment, shortRange } from '../../../lib/time';
import { useNames } from '../../../lib/useNames';
import { useTakeBack } from '../../../lib/useTakeBack';

/** Says what was booked. It cannot be undone, but cancelled as long as this is read: nobody was told of it before. */
export function useTellBooked() {
  const t = useT();
  const names = useNames();
  const cancel = useCancel();
  const tellDone = useTakeBack();
  const end = (made: Booking) => {
    cancel.mutateAsync({ booking: made }).then(
      (ended) => {
        const moment = shortMoment(ended.start, ended.zone);
        tellDone(t('lesson.cancelled', { name: names.nameOf(made), moment }), ended);
      },
      () => {
        notify({ text: t('undo.failed') });
      },
    );
  };
  return (made: Booking) => {
    const moment = shortRange(made.start, made.end, made.zone);
    const text = t('board.booked', {
      name: names.nameOf(made),
      moment,
      who: names.instructor(made.instructor_id),
    });
    const action = {
      label: t('cancel.lesson'),
      run: () => {
        end(made);
      },
    };
    notify({ text, ...(made.can.includes('cancel') ? { action } : {}) });
  };
}
