import { Link } from '@tanstack/react-router';
import { Button, buttonLook } from '../../components/Button';
import { NotReached } from '../../components/lesson/NotReached';
import { Status } from '../../components/Status';
import { useT } from '../../i18n';
import { price } from '../../lib/money';
import type { Booking } from '../../lib/queries';
import { clockRange, dateAt, shortDate } from '../../lib/time';
import type { Names } from '../../lib/useNames';

type Props = { bookings: Booking[]; names: Names; onHistory: (booking: Booking) => void };

const cell = 'px-2 py-2 align-top sm:px-3';
const wide = 'hidden lg:table-cell';

/** On a phone the columns that fit, the rest in small print below the learner. */
export function Table({ bookings, names, onHistory }: Props) {
  const t = useT();
  const head = 'px-2 py-2 text-left text-sm font-semibold text-muted sm:px-3';
  return (
    <table className="w-full overflow-hidden rounded-2xl border border-line bg-surface">
      <caption className="sr-only">{t('manage.bookings')}</caption>
      <thead className="border-b border-line">
        <tr>
          <th scope="col" className={head}>
            {t('table.when')}
          </th>
          <th scope="col" className={head}>
            {t('table.learner')}
          </th>
          <th scope="col" className={`${head} ${wide}`}>
            {t('table.instructor')}
          </th>
          <th scope="col" className={`${head} ${wide}`}>
            {t('table.lesson')}
          </th>
          <th scope="col" className={`${head} ${wide}`}>
            {t('fact.price')}
          </th>
          <th scope="col" className={`${head} hidden sm:table-cell`}>
            {t('table.status')}
          </th>
          <th scope="col" className={head}>
            <span className="sr-only">{t('table.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {bookings.map((booking) => (
          <Row key={booking.id} booking={booking} names={names} onHistory={onHistory} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { booking: Booking; names: Names; onHistory: (booking: Booking) => void };

function Row({ booking, names, onHistory }: RowProps) {
  const t = useT();
  const learner = names.learner(booking.learner_id);
  return (
    <tr>
      <td className={`${cell} tabular-nums`}>
        <span className="block font-bold">{shortDate(dateAt(booking.start, booking.zone))}</span>{' '}
        <span className="block text-sm whitespace-nowrap text-muted">
          {clockRange(booking.start, booking.end, booking.zone)}
        </span>
      </td>
      <td className={cell}>
        <span className="block font-semibold">{learner}</span> <NotReached booking={booking} />
        <span className="block text-sm text-muted lg:hidden">
          {names.instructor(booking.instructor_id)}
        </span>{' '}
        <span className="mt-1 inline-block sm:hidden">
          <Status status={booking.status} />
        </span>
      </td>
      <td className={`${cell} ${wide}`}>{names.instructor(booking.instructor_id)}</td>
      <td className={`${cell} ${wide}`}>
        {names.type(booking.lesson_type_id)}{' '}
        <span className="block text-sm text-muted">{names.vehicle(booking.vehicle_id)}</span>
      </td>
      <td className={`${cell} ${wide} tabular-nums`}>{price(booking.price)}</td>
      <td className={`${cell} hidden sm:table-cell`}>
        <Status status={booking.status} />
      </td>
      <td className="py-0.5 pr-1 align-top">
        <div className="flex justify-end max-sm:flex-col max-sm:items-end">
          {booking.can.includes('move') && (
            <Link
              className={`${buttonLook('quiet')} px-2! text-sm`}
              to="/lessons/$id/move"
              params={{ id: booking.id }}
            >
              {t('move')} <span className="sr-only">{learner}</span>
            </Link>
          )}
          <Button
            look="quiet"
            className="px-2! text-sm"
            onClick={() => {
              onHistory(booking);
            }}
          >
            {t('table.history')} <span className="sr-only">{learner}</span>
          </Button>
        </div>
      </td>
    </tr>
  );
}
