import { useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import { price } from '../../lib/money';
import { placesQuery, type Booking } from '../../lib/queries';
import { useLessonNames } from './useDiary';

const link = 'inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4';

/** Whom to meet where, with what. */
export function LessonFacts({ booking }: { booking: Booking }) {
  const t = useT();
  const { typeName, learner, vehicle } = useLessonNames()(booking);
  const places = useQuery({
    ...placesQuery(booking.learner_id),
    enabled: booking.pickup !== null || booking.dropoff !== null,
  }).data;
  const placeOf = (id: string | null) => {
    const place = places?.find((each) => each.id === id);
    return place && [place.text, place.postcode].filter(Boolean).join(', ');
  };
  const pickup = placeOf(booking.pickup);
  const rows = [
    [t('lesson.type'), typeName],
    [t('pickup'), pickup ?? t(booking.pickup === null ? 'lesson.noPlace' : 'lesson.placeUnknown')],
    [t('lesson.dropoff'), placeOf(booking.dropoff)],
    [t('fact.vehicle'), vehicle],
    [t('fact.price'), price(booking.price)],
  ] as const;
  return (
    <div className="grid gap-2">
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
