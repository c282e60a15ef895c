import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Failure } from '../../../components/Failure';
import { FreeTimes } from '../../../components/FreeTimes';
import { Pick } from '../../../components/lesson/Pick';
import { Refused } from '../../../components/Refused';
import { useT } from '../../../i18n';
import type { Schema } from '../../../lib/api';
import { useBook } from '../../../lib/changes';
import { useOnline } from '../../../lib/online';
import { placeWords } from '../../../lib/placeWords';
import {
  availabilityQuery,
  instructorsQuery,
  learnersQuery,
  lessonTypesQuery,
  placesQuery,
  vehiclesQuery,
} from '../../../lib/queries';
import { firstFree, slotsOn, strip } from '../../../lib/slots';
import { addMinutes, shortMoment, todayIn } from '../../../lib/time';
import { useNames } from '../../../lib/useNames';
import { useNow } from '../../../lib/useNow';
import { SetAside, type Overruled } from '../SetAside';
import { OtherStart } from './OtherStart';
import { useTellBooked } from './useTellBooked';

/** What was tapped: a day, and on a free place whose and from when. */
export type BookAt = { date: string; instructor_id?: string; vehicle_id?: string; start?: string };
type Props = { at: BookAt; zone: string; onClose: () => void };

type Wish = Omit<Schema['BookingInput'], 'lesson_type_id' | 'learner_id'>;
type Named = { id: string; name: string; active: boolean };
const byName = (list: Named[] = []) =>
  list.filter((each) => each.active).toSorted((a, b) => a.name.localeCompare(b.name));

/** A tap means the hour from there on. */
const NEAR_MINUTES = 60;
const nearTap = (slots: Schema['Slot'][], start: string | undefined) =>
  start && slots.find((slot) => slot.start >= start && slot.start < addMinutes(start, NEAR_MINUTES))?.start;

/** The times that this learner could really have, from the tapped one on. */
type Who = { type: string; instructor: string; vehicle: string; learner: string };

function useTimes(at: BookAt, zone: string, who: Who) {
  const now = useNow();
  const [from, setFrom] = useState(at.date);
  const [wantedDay, setDay] = useState<string | undefined>(at.date);
  const [wanted, setWanted] = useState<string>();
  const { data: types = [] } = useQuery(lessonTypesQuery);
  const type = types.find((each) => each.id === who.type) ?? types.find((each) => each.active);
  const window = strip(from, todayIn(zone, now), type?.horizon_days ?? 0);
  const availability = useQuery({
    ...availabilityQuery({
      lesson_type_id: type?.id ?? '',
      from: window.from,
      to: window.to,
      ...(who.instructor ? { instructor_id: who.instructor } : {}),
      ...(who.vehicle ? { vehicle_id: who.vehicle } : {}),
      ...(who.learner ? { learner_id: who.learner } : {}),
    }),
    enabled: type !== undefined,
  });
  const days = availability.data?.days ?? [];
  const isShown = wantedDay !== undefined && days.some(({ date }) => date === wantedDay);
  const day = isShown ? wantedDay : (firstFree(days) ?? window.from);
  const slots = slotsOn(availability.data?.slots ?? [], day, zone);
  const selected = slots.find(({ start }) => start === (wanted ?? nearTap(slots, at.start)));
  return {
    types: byName(types),
    type,
    selected,
    choose: setWanted,
    shown: {
      availability,
      zone,
      window,
      day,
      selected: selected?.start,
      onDay: setDay,
      onSelect: setWanted,
      onWindow: (start: string) => {
        setFrom(start);
        setDay(undefined);
      },
    },
  };
}

/** A lesson for a learner, by somebody of the office. */
export function BookSheet({ at, zone, onClose }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const names = useNames();
  const book = useBook();
  const tellBooked = useTellBooked();
  const [learner, setLearner] = useState('');
  const [wantedType, setType] = useState('');
  const [instructor, setInstructor] = useState(at.instructor_id ?? '');
  const [vehicle, setVehicle] = useState(at.vehicle_id ?? '');
  const [pickup, setPickup] = useState('');
  const { types, type, selected, shown } = useTimes(at, zone, {
    type: wantedType,
    instructor,
    vehicle,
    learner,
  });
  const learners = byName(useQuery(learnersQuery).data);
  const instructors = byName(useQuery(instructorsQuery).data);
  const vehicles = byName(useQuery(vehiclesQuery).data);
  const { data: places = [] } = useQuery({ ...placesQuery(learner), enabled: learner !== '' });

  const send = (lesson: Wish) => {
    if (!type || learner === '') return;
    book.mutate(
      { lesson_type_id: type.id, learner_id: learner, ...lesson, ...(pickup ? { pickup } : {}) },
      {
        onSuccess: (made) => {
          tellBooked(made);
          onClose();
        },
      },
    );
  };
  const where = {
    ...(instructor ? { instructor_id: instructor } : {}),
    ...(vehicle ? { vehicle_id: vehicle } : {}),
  };
  const wish: Wish | undefined = selected && { start: selected.start, ...where };
  return (
    <Dialog title={t('board.book')} onClose={onClose} wide>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <Pick
            label={t('board.learner')}
            value={learner}
            options={[{ id: '', name: t('board.learner.choose') }, ...learners]}
            onPick={(id) => {
              setLearner(id);
              setPickup('');
            }}
          />
          <Pick label={t('lesson.type')} value={type?.id ?? ''} options={types} onPick={setType} />
          <Pick
            label={t('fact.instructor')}
            value={instructor}
            options={[{ id: '', name: t('board.anybody') }, ...instructors]}
            onPick={setInstructor}
          />
          <Pick
            label={t('fact.vehicle')}
            value={vehicle}
            options={[{ id: '', name: t('move.anyVehicle') }, ...vehicles]}
            onPick={setVehicle}
          />
          <Pick
            label={t('pickup')}
            value={pickup}
            options={[
              { id: '', name: t('lesson.noPlace') },
              ...places.map(({ id }) => ({ id, name: placeWords(places, id) ?? '' })),
            ]}
            onPick={setPickup}
          />
        </div>
        {book.isError &&
          (book.error.refusals.length > 0 ? (
            <div key={book.submittedAt} className="grid gap-1">
              <Refused
                problem={book.error}
                start={book.variables.start}
                zone={zone}
                nameOf={names.instructor}
                kept="nothing-booked"
                busy={book.isPending}
                onPick={({ start, instructor_id, vehicle_id }) => {
                  send({ start, instructor_id, ...(vehicle_id ? { vehicle_id } : {}) });
                }}
              />
              <SetAside
                label={t('board.setAside')}
                refusals={book.error.refusals}
                busy={book.isPending}
                onSetAside={(why) => {
                  send({ start: book.variables.start, ...where, ...why });
                }}
              />
            </div>
          ) : (
            <Failure key={book.submittedAt} error={book.error} takesFocus />
          ))}
        <FreeTimes {...shown} />
        <OtherStart
          {...{ at, zone }}
          who={
            type && learner !== '' ? { lesson_type_id: type.id, learner_id: learner, ...where } : undefined
          }
          busy={book.isPending}
          onBook={(start, why?: Overruled) => {
            send({ start, ...where, ...why });
          }}
        />
        {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noBooking')}</p>}
        <div className="sticky -bottom-6 -mx-4 -mb-4 flex flex-wrap-reverse items-center justify-end gap-2 border-t border-line bg-surface px-4 py-4 sm:-mx-6 sm:-mb-6 sm:px-6">
          {learner === '' && <p className="mr-auto text-sm text-muted">{t('board.learner.first')}</p>}
          <Button look="quiet" onClick={onClose}>
            {t('close')}
          </Button>
          <Button
            busy={book.isPending}
            disabled={!isOnline || !wish || learner === ''}
            onClick={() => {
              if (wish) send(wish);
            }}
          >
            {selected
              ? t('board.bookAt', { moment: shortMoment(selected.start, zone) })
              : t('week.move.choose')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
