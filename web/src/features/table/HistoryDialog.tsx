import { Dialog } from '../../components/Dialog';
import { History } from '../../components/lesson/History';
import { Submit } from '../../components/manage/Form';
import { Lead } from '../../components/manage/Lead';
import { useT } from '../../i18n';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';
import type { Names } from '../../lib/useNames';

type Props = { booking: Booking; names: Names; onClose: () => void };

export function HistoryDialog({ booking, names, onClose }: Props) {
  const t = useT();
  return (
    <Dialog title={t('history.title')} onClose={onClose} wide>
      <div className="grid gap-4">
        <Lead>
          <strong>{names.nameOf(booking)}</strong>, {shortMoment(booking.start, booking.zone)},{' '}
          {names.type(booking.lesson_type_id)}, {t('with', { name: names.instructor(booking.instructor_id) })}
        </Lead>
        <History booking={booking} />
        <Submit busy={false} label={t('dialog.close')} onClick={onClose} works="offline" />
      </div>
    </Dialog>
  );
}
