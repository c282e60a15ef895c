import { useT } from '../../i18n';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';
import { Dialog } from '../Dialog';
import { EndLesson } from '../lesson/EndLesson';

type Props = { booking: Booking; how: 'cancel' | 'refuse'; onClose: () => void };

export function ReasonDialog({ booking, how, onClose }: Props) {
  const t = useT();
  return (
    <Dialog title={t(how === 'cancel' ? 'cancel.title' : 'office.refuse.title')} onClose={onClose}>
      <p className="text-lg font-semibold">{shortMoment(booking.start, booking.zone)}</p>
      <EndLesson booking={booking} how={how} onDone={onClose} onKeep={onClose} />
    </Dialog>
  );
}
