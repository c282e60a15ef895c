import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Button, buttonLook } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { Failure } from '../../components/Failure';
import { FreeTimes } from '../../components/FreeTimes';
import { Page } from '../../components/Page';
import { Refused } from '../../components/Refused';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { useMove } from '../../lib/changes';
import { useOnline } from '../../lib/online';
import {
  availabilityQuery,
  bookingQuery,
  instructorsQuery,
  lessonTypesQuery,
  meQuery,
  type Booking,
} from '../../lib/queries';
import { firstFree, slotsOn, strip, STRIP_DAYS, withoutOwn } from '../../lib/slots';
import { clockRange, dateAt, daysBetween, longDate, shortMoment, todayIn } from '../../lib/time';
import { useTakeBack } from '../../lib/useTakeBack';
import { useNames } from '../../lib/useNames';

const route = getRouteApi('/in/lessons/$id/move');

export function MovePage() {
  const t = useT();
  const { id } = route.useParams();
  const booking = useQuery(bookingQuery(id));
  const me = useQuery(meQuery);
  if (!booking.data || !me.data)
    return (
      <Page title={t('move.title')} busy={!booking.isError}>
        {booking.isError ? (
          <Failure error={booking.error} onRetry={() => void booking.refetch()} />
        ) : (
          <Skeleton className="h-96 rounded-3xl" />
        )}
      </Page>
    );
  return <Move booking={booking.data} role={me.data.role} home={homes[me.data.role]} />;
}

const homes = {
  learner: '/lessons',
  instructor: '/week',
  office: '/bookings',
  admin: '/bookings',
  guardian: '/lessons',
} as const;

type MoveProps = { booking: Booking; role: Schema['Role']; home: (typeof homes)[Schema['Role']] };

function Move({ booking, role, home }: MoveProps) {
  const t = useT();
  const navigate = useNavigate();
  const isOnline = useOnline();
  const names = useNames();
  const now = useMemo(() => new Date(), []);
  const move = useMove();
  const tellDone = useTakeBack();
  const [who, setWho] = useState(booking.instructor_id);
  const [from, setFrom] = useState<string>();
  const [wantedDay, setWantedDay] = useState<string>();
  const [wantedStart, setWantedStart] = useState<string>();

  const { zone } = booking;
  const oldDay = dateAt(booking.start, zone);
  const horizon = useQuery(lessonTypesQuery).data?.find(
    (each) => each.id === booking.lesson_type_id,
  )?.horizon_days;
  const today = todayIn(zone, now);
  const start = daysBetween(today, oldDay) < STRIP_DAYS ? today : oldDay;
  const window = strip(from ?? start, today, horizon ?? 0);
  const availability = useQuery({
    ...availabilityQuery({
      lesson_type_id: booking.lesson_type_id,
      from: window.from,
      to: window.to,
      instructor_id: who,
      booking_id: booking.id,
      ...(role === 'learner' ? {} : { learner_id: booking.learner_id }),
    }),
    select: (times) => withoutOwn(times, who === booking.instructor_id ? booking.start : undefined),
  });
  const instructors = useQuery(instructorsQuery).data?.filter((each) => each.active) ?? [];
  const days = availability.data?.days ?? [];
  const day = wantedDay ?? firstFree(days) ?? window.from;
  const slots = slotsOn(availability.data?.slots ?? [], day, zone);
  const slot = slots.find((candidate) => candidate.start === wantedStart);

  const confirm = (to: { start: string; instructor_id: string }) => {
    const { instructor_id: instructor, start } = to;
    move.mutate(
      {
        booking,
        to: { start, ...(instructor === booking.instructor_id ? {} : { instructor_id: instructor }) },
      },
      {
        onSuccess: (moved) => {
          tellDone(t('move.done', { moment: shortMoment(moved.start, zone) }), moved);
          void navigate({ to: home });
        },
      },
    );
  };
  const choose = (change: () => void) => {
    move.reset();
    change();
  };
  const isTooLate = move.error?.code === 'too-late';

  return (
    <Page title={t('move.title')}>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3 rounded-2xl border border-line bg-surface p-4">
        <div>
          <p className="text-sm text-muted">{t('move.now')}</p>
          <p className="text-lg font-bold tabular-nums">
            {longDate(oldDay)}, {clockRange(booking.start, booking.end, zone)}
          </p>
          <p className="text-muted">
            {names.type(booking.lesson_type_id)}, {names.instructor(booking.instructor_id)}
          </p>
        </div>
        <Link to={home} className={buttonLook('secondary')}>
          {t('move.keep')}
        </Link>
      </div>
      {move.isError && (
        <div className="mb-6">
          {move.error.refusals.length > 0 && !isTooLate ? (
            <Refused
              key={move.submittedAt}
              problem={move.error}
              start={move.variables.to.start ?? booking.start}
              zone={zone}
              nameOf={names.instructor}
              kept="old-time"
              busy={move.isPending}
              onPick={confirm}
            />
          ) : isTooLate ? (
            <p role="alert" className="rounded-2xl bg-warn-soft p-4 font-semibold text-warn">
              {t('move.tooLate')}
            </p>
          ) : (
            <Failure key={move.submittedAt} takesFocus error={move.error} />
          )}
        </div>
      )}
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-6 pb-40">
        <Choices
          legend={t('book.who')}
          name="who"
          shape="chip"
          selected={who}
          choices={instructors.map((each) => ({ value: each.id, label: each.name }))}
          onSelect={(id) => {
            choose(() => {
              setWho(id);
            });
          }}
        />
        <FreeTimes
          availability={availability}
          zone={zone}
          window={window}
          day={day}
          onDay={(date) => {
            choose(() => {
              setWantedDay(date);
            });
          }}
          onWindow={(start) => {
            setFrom(start);
            setWantedDay(undefined);
          }}
          selected={slot?.start}
          onSelect={(start) => {
            choose(() => {
              setWantedStart(start);
            });
          }}
          marked={oldDay}
        />
      </div>
      {slot && (
        <section
          aria-label={t('move.confirmName')}
          className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-bar"
        >
          <div className="mx-auto flex max-w-[70rem] flex-wrap items-center justify-between gap-3">
            <p className="tabular-nums">
              <s className="text-muted">{shortMoment(booking.start, zone)}</s>{' '}
              <span aria-hidden="true">→</span>{' '}
              <strong className="text-lg whitespace-nowrap">{shortMoment(slot.start, zone)}</strong>
              {who !== booking.instructor_id && ` ${t('with', { name: names.instructor(who) })}`}
            </p>
            <Button
              className="min-h-12 grow text-lg sm:grow-0"
              busy={move.isPending}
              disabled={!isOnline}
              onClick={() => {
                confirm({ start: slot.start, instructor_id: who });
              }}
            >
              {t('move.confirm')}
            </Button>
            {!isOnline && <p className="w-full text-sm font-semibold text-warn">{t('offline.noBooking')}</p>}
          </div>
        </section>
      )}
    </Page>
  );
}
