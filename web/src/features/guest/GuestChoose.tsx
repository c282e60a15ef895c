import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { FreeTimes } from '../../components/FreeTimes';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { price } from '../../lib/money';
import { useOnline } from '../../lib/online';
import { firstFree, slotsOn, strip } from '../../lib/slots';
import { hasTeaching, teachesSo, type Wanted } from '../../lib/teaching';
import { shortMoment, todayIn } from '../../lib/time';
import { timesQuery, type Wish } from './guest';

const TeachingFilter = lazy(async () => ({
  default: (await import('../../components/teaching/TeachingFilter')).TeachingFilter,
}));

const ANYONE = 'any';
type Props = { school: Schema['PublicSchool']; busy: boolean; onWish: (wish: Wish) => void };

/** What, with whom, when. */
export function GuestChoose({ school, busy, onWish }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const now = useMemo(() => new Date(), []);
  const [wantedType, setWantedType] = useState<string>();
  const [wantedWho, setWho] = useState(ANYONE);
  const [wanted, setWanted] = useState<Wanted>({});
  const [from, setFrom] = useState<string>();
  const [wantedDay, setWantedDay] = useState<string>();
  const [wantedStart, setWantedStart] = useState<string>();
  const zone = school.time_zone;
  const type = school.lesson_types.find((each) => each.id === wantedType) ?? school.lesson_types[0];
  const instructors = school.instructors.filter((each) => teachesSo(each, wanted));
  const who = instructors.some((each) => each.id === wantedWho) ? wantedWho : ANYONE;
  const window = strip(from, todayIn(zone, now), type?.horizon_days ?? 0);
  const availability = useQuery({
    ...timesQuery(school.slug, {
      lesson_type_id: type?.id ?? '',
      from: window.from,
      to: window.to,
      ...(who === ANYONE ? {} : { instructor_id: who }),
      ...wanted,
    }),
    enabled: type !== undefined,
  });
  if (!type) return <p>{t('book.noTypes')}</p>;
  const days = availability.data?.days ?? [];
  const day = (days.some((each) => each.date === wantedDay) ? wantedDay : firstFree(days)) ?? window.from;
  const slot = slotsOn(availability.data?.slots ?? [], day, zone).find((each) => each.start === wantedStart);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 pb-36 sm:gap-6">
      <Choices
        legend={t('book.type')}
        name="type"
        shape="card"
        selected={type.id}
        choices={school.lesson_types.map((each) => ({
          value: each.id,
          label: each.name,
          hint: t('book.typeHint', { minutes: each.length_minutes, price: price(each.price) }),
        }))}
        onSelect={setWantedType}
      />
      <Choices
        legend={t('book.who')}
        name="who"
        shape="chip"
        selected={who}
        choices={[
          { value: ANYONE, label: t('book.anyone') },
          ...instructors.map((each) => ({ value: each.id, label: each.name })),
        ]}
        onSelect={setWho}
      />
      {school.instructors.some(hasTeaching) && (
        <Suspense fallback={<Skeleton className="h-17 rounded-xl sm:max-w-md" />}>
          <TeachingFilter
            instructors={school.instructors}
            wanted={wanted}
            onWant={(change) => {
              const { language, area } = { ...wanted, ...change };
              setWanted({ ...(language && { language }), ...(area && { area }) });
            }}
          />
        </Suspense>
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
        onAnyone={
          who === ANYONE
            ? undefined
            : () => {
                setWho(ANYONE);
              }
        }
        selected={slot?.start}
        onSelect={setWantedStart}
      />
      {slot && (
        <section
          aria-label={t('guest.chosen')}
          className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-bar"
        >
          <div className="mx-auto flex max-w-[70rem] flex-wrap items-center justify-between gap-3">
            <p>
              <strong className="text-lg tabular-nums">{shortMoment(slot.start, zone)}</strong>{' '}
              <span className="text-muted">
                {type.name}, {price(type.price)}
              </span>
            </p>
            <Button
              className="min-h-12 grow text-lg sm:grow-0"
              busy={busy}
              disabled={!isOnline}
              onClick={() => {
                onWish({
                  lesson_type_id: type.id,
                  start: slot.start,
                  ...(who === ANYONE ? {} : { instructor_id: who }),
                  ...wanted,
                });
              }}
            >
              {t('guest.keep')}
            </Button>
            {!isOnline && <p className="w-full text-sm font-semibold text-warn">{t('offline.noBooking')}</p>}
          </div>
        </section>
      )}
    </div>
  );
}
