import { Facts } from '../../components/lesson/Facts';
import { useT } from '../../i18n';
import { price } from '../../lib/money';
import type { Booking } from '../../lib/queries';
import { useNames } from '../../lib/useNames';
import { usePlaceOf } from './usePlaceOf';

/** Who, where, in what, for how much. */
export function LessonFacts({ booking }: { booking: Booking }) {
  const t = useT();
  const names = useNames();
  const place = usePlaceOf()(booking);
  return (
    <Facts
      rows={[
        [t('fact.instructor'), names.instructor(booking.instructor_id)],
        [t('fact.vehicle'), names.vehicle(booking.vehicle_id)],
        [t('pickup'), place],
        [t('fact.price'), price(booking.price)],
      ]}
    />
  );
}
