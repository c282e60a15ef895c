import { useT } from '../../i18n';
import { price } from '../../lib/money';
import type { Booking } from '../../lib/queries';
import { useNames } from './useNames';

/** Who, where, in what, for how much. */
export function Facts({ booking }: { booking: Booking }) {
  const t = useT();
  const names = useNames().of(booking);
  const rows = [
    [t('fact.instructor'), names.instructor],
    [t('fact.vehicle'), names.vehicle],
    [t('pickup'), names.place],
    [t('fact.price'), price(booking.price)],
  ] as const;
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="font-semibold">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
