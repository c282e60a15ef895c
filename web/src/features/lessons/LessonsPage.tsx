import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { Status } from '../../components/Status';
import { useT } from '../../i18n';
import { bookingsQuery, meQuery, type Booking } from '../../lib/queries';
import { addDays, cityOf, clockRange, dayOf, fromNow, todayIn } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { CancelDialog } from './CancelDialog';
import { CancelRule } from './CancelRule';
import { LessonFacts } from './LessonFacts';
import { sortLessons } from './sortLessons';
import { usePlaceOf } from './usePlaceOf';

const PAST_DAYS = 180;
const AHEAD_DAYS = 365;

export function LessonsPage() {
  const t = useT();
  const now = useMemo(() => new Date(), []);
  const me = useQuery(meQuery);
  const zone = me.data?.school.time_zone ?? 'UTC';
  const [pastDays, setPastDays] = useState(PAST_DAYS);
  const [cancelling, setCancelling] = useState<Booking>();
  const today = todayIn(zone, now);
  const lessons = useQuery({
    ...bookingsQuery({ from: addDays(today, -pastDays), to: addDays(today, AHEAD_DAYS) }),
    enabled: me.isSuccess,
  });

  if (!lessons.data)
    return (
      <Page title={t('lessons.title')} busy={lessons.isPending} narrow>
        {lessons.isError ? (
          <Failure error={lessons.error} onRetry={() => void lessons.refetch()} />
        ) : (
          <div className="grid gap-4">
            <Skeleton className="h-72 rounded-3xl" />
            <Skeleton className="h-28 rounded-2xl" />
          </div>
        )}
      </Page>
    );

  const { next, upcoming, past } = sortLessons(lessons.data, now);
  return (
    <Page title={t('lessons.title')} narrow>
      {lessons.isError && <Failure error={lessons.error} onRetry={() => void lessons.refetch()} />}
      <p className="mb-4 text-sm text-muted">{t('zone', { city: cityOf(zone) })}</p>
      {next ? (
        <NextLesson booking={next} now={now} onCancel={setCancelling} />
      ) : (
        <div className="grid justify-items-start gap-3 rounded-3xl border border-dashed border-edge p-6">
          <p className="text-lg font-semibold">{t('lessons.none')}</p>
          <Link className={buttonLook()} to="/book">
            {t('lessons.book')}
          </Link>
        </div>
      )}
      {upcoming.length > 0 && (
        <section className="mt-8">
          <h2 className="mb-3 text-xl font-bold tracking-tight">{t('lessons.upcoming')}</h2>
          <ul className="grid gap-3">
            {upcoming.map((booking) => (
              <Lesson key={booking.id} booking={booking} onCancel={setCancelling} />
            ))}
          </ul>
        </section>
      )}
      <section className="mt-8">
        <h2 className="mb-3 text-xl font-bold tracking-tight">{t('lessons.past')}</h2>
        {past.length === 0 && <p className="text-muted">{t('lessons.noPast')}</p>}
        <ul className="grid gap-3">
          {past.map((booking) => (
            <Lesson key={booking.id} booking={booking} onCancel={setCancelling} />
          ))}
        </ul>
        <Button
          look="quiet"
          className="mt-3"
          busy={lessons.isPlaceholderData}
          onClick={() => {
            setPastDays(pastDays + 2 * PAST_DAYS);
          }}
        >
          {t('lessons.earlier')}
        </Button>
      </section>
      {cancelling && (
        <CancelDialog
          booking={cancelling}
          onClose={() => {
            setCancelling(undefined);
          }}
        />
      )}
    </Page>
  );
}

type LessonProps = { booking: Booking; onCancel: (booking: Booking) => void };

function Actions({ booking, onCancel }: LessonProps) {
  const t = useT();
  const { can, id } = booking;
  if (!can.includes('move') && !can.includes('cancel')) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {can.includes('move') && (
        <Link className={buttonLook('secondary')} to="/lessons/$id/move" params={{ id }}>
          {t('move')} <span className="sr-only">{dayOf(booking.start, booking.zone)}</span>
        </Link>
      )}
      {can.includes('cancel') && (
        <Button
          look="quiet"
          onClick={() => {
            onCancel(booking);
          }}
        >
          {t('cancel.lesson')} <span className="sr-only">{dayOf(booking.start, booking.zone)}</span>
        </Button>
      )}
    </div>
  );
}

function NextLesson({ booking, now, onCancel }: LessonProps & { now: Date }) {
  const t = useT();
  const type = useNames().type(booking.lesson_type_id);
  return (
    <section
      aria-label={t('lessons.next')}
      className="overflow-hidden rounded-3xl border border-line bg-surface shadow-card"
    >
      <div className="bg-hero p-6 text-white">
        <p className="flex flex-wrap justify-between gap-2">
          <span className="font-semibold">{t('lessons.next')}</span>
          <span className="first-letter:uppercase">{fromNow(booking.start, booking.zone, now)}</span>
        </p>
        <p className="mt-3 text-lg">{dayOf(booking.start, booking.zone)}</p>
        <p className="text-4xl font-extrabold tracking-tight tabular-nums">
          {clockRange(booking.start, booking.end, booking.zone)}
        </p>
        <p className="mt-1">{type}</p>
      </div>
      <div className="centre-line" aria-hidden="true" />
      <div className="grid gap-5 p-6">
        {booking.status === 'requested' && (
          <p>
            <Status status="requested" /> {t('booked.requested.next')}
          </p>
        )}
        <LessonFacts booking={booking} />
        <CancelRule booking={booking} />
        <Actions booking={booking} onCancel={onCancel} />
      </div>
    </section>
  );
}

function Lesson({ booking, onCancel }: LessonProps) {
  const names = useNames();
  const place = usePlaceOf()(booking);
  const facts = [names.type(booking.lesson_type_id), names.instructor(booking.instructor_id), place];
  return (
    <li className="grid gap-3 rounded-2xl border border-line bg-surface p-4 sm:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div>
          <p className="text-lg leading-snug font-bold tabular-nums">
            {dayOf(booking.start, booking.zone)}, {clockRange(booking.start, booking.end, booking.zone)}
          </p>
          <p className="text-muted">{facts.filter(Boolean).join(', ')}</p>
        </div>
        <Status status={booking.status} />
      </div>
      <Actions booking={booking} onCancel={onCancel} />
    </li>
  );
}
