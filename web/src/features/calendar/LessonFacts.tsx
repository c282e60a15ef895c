import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Facts } from '../../components/lesson/Facts';
import { NotReached } from '../../components/lesson/NotReached';
import { useT } from '../../i18n';
import { price } from '../../lib/money';
import { placeWords } from '../../lib/placeWords';
import { placesQuery, type Booking } from '../../lib/queries';
import { useNames } from '../../lib/useNames';

const link = 'inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4';

/** Whom to meet where, with what. */
export function LessonFacts({ booking }: { booking: Booking }) {
  const t = useT();
  const names = useNames();
  const learner = names.learnerOf(booking);
  const places = useQuery({
    ...placesQuery(booking.learner_id),
    enabled: booking.pickup !== null || booking.dropoff !== null,
  }).data;
  const pickup = placeWords(places, booking.pickup);
  return (
    <div className="grid gap-2">
      <NotReached booking={booking} />
      <Facts
        rows={[
          [t('lesson.type'), names.type(booking.lesson_type_id)],
          [t('pickup'), pickup ?? t(booking.pickup === null ? 'lesson.noPlace' : 'lesson.placeUnknown')],
          [t('lesson.dropoff'), placeWords(places, booking.dropoff)],
          [t('fact.vehicle'), names.vehicle(booking.vehicle_id)],
          [t('fact.price'), price(booking.price)],
          [t('lesson.note'), booking.note],
        ]}
      />
      <p className="flex flex-wrap gap-x-6">
        {learner?.phone && (
          <a className={link} href={`tel:${learner.phone.replaceAll(' ', '')}`}>
            {t('lesson.call', { phone: learner.phone })}
          </a>
        )}
        {learner?.email && (
          <a className={link} href={`mailto:${learner.email}`}>
            {t('lesson.write')}
          </a>
        )}
        <Link className={link} to="/learners/$id/documents" params={{ id: booking.learner_id }}>
          {t('lesson.documents')}
        </Link>
        {pickup && (
          <a
            className={link}
            target="_blank"
            rel="noreferrer"
            href={`https://www.google.com/maps/dir/?api=1&destination=${encodeURIComponent(pickup)}`}
          >
            {t('lesson.directions')}
          </a>
        )}
      </p>
    </div>
  );
}
