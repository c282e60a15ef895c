import { useT } from '../../i18n';
import type { Booking } from '../../lib/queries';
import { shortMoment } from '../../lib/time';

/** Until when cancelling costs nothing, to the minute. */
export function CancelRule({ booking }: { booking: Booking }) {
  const t = useT();
  const until = shortMoment(booking.cancel_free_until, booking.zone);
  return (
    <p className="text-muted">
      {booking.can.includes('cancel')
        ? t('cancel.freeUntil', { until })
        : t('cancel.wasFreeUntil', { until })}
    </p>
  );
}
