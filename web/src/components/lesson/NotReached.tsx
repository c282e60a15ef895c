import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useT } from '../../i18n';
import { meQuery, type Booking } from '../../lib/queries';
import { useNames } from '../../lib/useNames';

/** Whom the last mail about a lesson did not reach: how the lesson is may be news to them. */
export function NotReached({ booking }: { booking: Booking }) {
  const t = useT();
  const names = useNames();
  const role = useQuery(meQuery).data?.role;
  if (!booking.not_reached?.length) return null;
  const name = booking.not_reached.map((id) => names.person(id)).join(', ');
  return (
    <p className="text-sm font-semibold text-danger">
      <span aria-hidden="true">✉ </span>
      {t('notReached', { name })}{' '}
      {(role === 'admin' || role === 'office') && (
        <Link to="/manage/jobs" className="underline underline-offset-4">
          {t('notReached.why')}
        </Link>
      )}
    </p>
  );
}
