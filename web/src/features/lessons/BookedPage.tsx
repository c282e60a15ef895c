import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { calendarFile, googleCalendarLink } from '../../lib/calendarFile';
import { bookingQuery } from '../../lib/queries';
import { cityOf, clockRange, dayOf } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { CancelRule } from './CancelRule';
import { LessonFacts } from './LessonFacts';
import { usePlaceOf } from './usePlaceOf';

const route = getRouteApi('/in/booked/$id');

export function BookedPage() {
  const t = useT();
  const { id } = route.useParams();
  const query = useQuery(bookingQuery(id));
  const names = useNames();
  const placeOf = usePlaceOf();
  const booking = query.data;
  if (!booking)
    return (
      <Page narrow busy={query.isPending} title={t('booked.loading')}>
        {query.isError ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton className="h-96 rounded-3xl" />
        )}
      </Page>
    );
  const type = names.type(booking.lesson_type_id);
  const place = placeOf(booking);
  const entry = {
    id: booking.id,
    title: t('calendar.title', { type, name: names.instructor(booking.instructor_id) }),
    start: booking.start,
    end: booking.end,
    ...(place ? { place } : {}),
  };
  const file = `data:text/calendar;charset=utf-8,${encodeURIComponent(calendarFile(entry, new Date()))}`;
  const isRequest = booking.status === 'requested';
  return (
    <Page
      narrow
      title={t(isRequest ? 'booked.requested' : booking.status === 'booked' ? 'booked.title' : 'lesson')}
    >
      <div className="overflow-hidden rounded-3xl border border-line bg-surface shadow-card">
        <div className="bg-hero p-6 text-white sm:p-8">
          <p className="text-lg">{dayOf(booking.start, booking.zone)}</p>
          <p className="text-4xl font-extrabold tracking-tight tabular-nums sm:text-5xl">
            {clockRange(booking.start, booking.end, booking.zone)}
          </p>
          <p className="mt-2">
            {type}. {t('zone', { city: cityOf(booking.zone) })}.
          </p>
        </div>
        <div className="centre-line" aria-hidden="true" />
        <div className="grid gap-6 p-6 sm:p-8">
          {isRequest && <p>{t('booked.requested.next')}</p>}
          <LessonFacts booking={booking} />
          <CancelRule booking={booking} />
          <div className="flex flex-wrap gap-2">
            <a className={buttonLook('secondary')} href={file} download="lesson.ics">
              {t('calendar.file')}
            </a>
            <a
              className={buttonLook('secondary')}
              href={googleCalendarLink(entry)}
              target="_blank"
              rel="noreferrer"
            >
              {t('calendar.google')}
            </a>
          </div>
        </div>
      </div>
      <div className="mt-6 flex flex-wrap gap-2">
        <Link className={buttonLook()} to="/book">
          {t('booked.another')}
        </Link>
        <Link className={buttonLook('secondary')} to="/lessons">
          {t('booked.lessons')}
        </Link>
        {booking.can.includes('move') && (
          <Link className={buttonLook('quiet')} to="/lessons/$id/move" params={{ id }}>
            {t('move')}
          </Link>
        )}
      </div>
    </Page>
  );
}
