import { useT } from '../i18n';
import { useUndo } from './changes';
import { notify } from './notice';
import type { Booking } from './queries';
import { shortMoment } from './time';

/** Says what was done, and offers to take it back where the server would. Works after its page is gone. */
export function useTakeBack() {
  const t = useT();
  const undo = useUndo();
  const takeBack = (booking: Booking) => {
    undo.mutateAsync({ booking }).then(
      (back) => {
        notify({ text: t('undo.done', { moment: shortMoment(back.start, back.zone) }) });
      },
      () => {
        notify({ text: t('undo.failed') });
      },
    );
  };
  return (text: string, done: Booking) => {
    const action = {
      label: t('undo'),
      run: () => {
        takeBack(done);
      },
    };
    notify({ text, ...(done.can.includes('undo') ? { action } : {}) });
  };
}
