import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { FreeTimes } from '../../components/FreeTimes';
import { useT } from '../../i18n';
import { useMove } from '../../lib/changes';
import { useOnline } from '../../lib/online';
import { availabilityQuery, lessonTypesQuery, type Booking } from '../../lib/queries';
import { firstFree, slotsOn, strip, STRIP_DAYS, withoutOwn } from '../../lib/slots';
import { clockRange, dateAt, dayOf, daysBetween, shortMoment, shortRange, todayIn } from '../../lib/time';
import { useNow } from '../../lib/useNow';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';
import { OtherTime } from './OtherTime';
import { MovePlace, type Place } from './MovePlace';
import { RefusedTime } from './RefusedTime';
import type { Refused } from './useMoving';

type Props = { booking: Booking; onDone: () => void; onBack: () => void };

/** Moving without dragging: the free times day by day, or any time that the person would stand for. */
export function MoveForm({ booking, onDone, onBack }: Props) {
  const t = useT();
  const now = useNow();
  const isOnline = useOnline();
  const move = useMove();
  const tellDone = useTakeBack();
  const name = useNames().nameOf(booking);
  const [place, setPlace] = useState<Place>({});
  const [from, setFrom] = useState<string>();
  const [wantedDay, setWantedDay] = useState<string>();
  const [wanted, setWanted] = useState<string>();

  const isElsewhere = Object.keys(place).length > 0;
  const { zone } = booking;
  const oldDay = dateAt(booking.start, zone);
  const today = todayIn(zone, now);
  const horizon = useQuery(lessonTypesQuery).data?.find(
    (each) => each.id === booking.lesson_type_id,
  )?.horizon_days;
  const first = daysBetween(today, oldDay) < STRIP_DAYS ? today : oldDay;
  const window = strip(from ?? first, today, horizon ?? 0);
  const availability = useQuery({
    ...availabilityQuery({
      lesson_type_id: booking.lesson_type_id,
      from: window.from,
      to: window.to,
      instructor_id: booking.instructor_id,
      learner_id: booking.learner_id,
      booking_id: booking.id,
      ...place,
    }),
    select: (times) => withoutOwn(times, isElsewhere ? undefined : booking.start),
  });
  const days = availability.data?.days ?? [];
  const nearby = days.some((each) => each.date === oldDay && each.count > 0) ? oldDay : firstFree(days);
  const day = wantedDay ?? nearby ?? window.from;
  const slot = slotsOn(availability.data?.slots ?? [], day, zone).find((each) => each.start === wanted);
  const change = (to: Refused['to']) => {
    move.mutate(
      { booking, to },
      {
        onSuccess: (moved) => {
          tellDone(t('week.moved', { name, moment: shortRange(moved.start, moved.end, zone) }), moved);
          onDone();
        },
      },
    );
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <p className="text-muted tabular-nums">
        {t('move.now')}: {dayOf(booking.start, zone)}, {clockRange(booking.start, booking.end, zone)}
      </p>
      <MovePlace booking={booking} place={place} onPlace={setPlace} />
      {move.isError && (
        <RefusedTime
          refused={{ booking, problem: move.error, to: { start: booking.start, ...move.variables.to } }}
          busy={move.isPending}
          onChange={change}
        />
      )}
      <FreeTimes
        availability={availability}
        zone={zone}
        window={window}
        day={day}
        onDay={setWantedDay}
        onWindow={(start) => {
          setFrom(start);
          setWantedDay(undefined);
        }}
        selected={slot?.start}
        onSelect={setWanted}
        marked={oldDay}
      />
      <OtherTime booking={booking} place={place} busy={move.isPending} onChange={change} />
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div className="sticky -bottom-6 -mx-6 -mb-6 flex flex-wrap-reverse justify-end gap-2 border-t border-line bg-surface px-6 py-4">
        <Button look="quiet" onClick={onBack}>
          {t('move.keep')}
        </Button>
        <Button
          busy={move.isPending}
          disabled={!isOnline || !slot}
          onClick={() => {
            if (slot) change({ start: slot.start, ...place });
          }}
        >
          {slot ? t('week.move.to', { moment: shortMoment(slot.start, zone) }) : t('week.move.choose')}
        </Button>
      </div>
    </div>
  );
}
