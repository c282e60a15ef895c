import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Choices } from '../../components/Choices';
import { Failure } from '../../components/Failure';
import { FreeTimes, TimesSkeleton } from '../../components/FreeTimes';
import { Page } from '../../components/Page';
import { Refused } from '../../components/Refused';
import { Skeleton } from '../../components/Skeleton';
import { activate, useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { useBook } from '../../lib/changes';
import { price } from '../../lib/money';
import { useOnline } from '../../lib/online';
import { hasTeaching } from '../../lib/teaching';
import { ANYONE } from './choice';
import { ConfirmBar } from './ConfirmBar';
import { useBookingPage } from './useBookingPage';

// Asked for once a version of the terms, so whoever books does not load it.
const TermsDialog = lazy(async () => {
  await activate('account');
  return import('../../components/policies/TermsDialog');
});

// Opened by few: those who come again have their places.
const AddPlace = lazy(async () => ({ default: (await import('./AddPlace')).AddPlace }));
// Only where somebody has languages or areas.
const TeachingFilter = lazy(async () => ({
  default: (await import('../../components/teaching/TeachingFilter')).TeachingFilter,
}));

/** The booking page: choose, tap a time, confirm. */
export function GoogleCalendarIntegration() {
  const t = useT();
  const page = useBookingPage();
  const book = useBook();
  const navigate = useNavigate();
  const isOnline = useOnline();
  const [wantedStart, setWantedStart] = useState<string>();
  const [wantedPickup, setWantedPickup] = useState<string>();
  const [isAddingPlace, setIsAddingPlace] = useState(false);

  const { type, who, zone, places, habit } = page;
  const nameOf = (id: string) =>
    page.instructors.find((instructor) => instructor.id === id)?.name ?? t('instructor.unknown');
  const slot = page.slots.find((candidate) => candidate.start === wantedStart);
  const isGone = wantedStart !== undefined && !slot && page.slots.length > 0 && book.isIdle;
  const isKnown = (id: string | undefined) => places.some((place) => place.id === id);
  const pickup = wantedPickup ?? (isKnown(habit.pickup) ? habit.pickup : places[0]?.id) ?? '';

  const send = (lesson: Schema['BookingInput']) => {
    book.mutate(lesson, {
      onSuccess: (booking) => void navigate({ to: '/booked/$id', params: { id: booking.id } }),
      onError: (problem) => {
        if (problem.refusals.length > 0) setWantedStart(undefined);
      },
    });
  };
  const confirm = (lesson: Pick<Schema['BookingInput'], 'start' | 'instructor_id'>) => {
    if (type) send({ lesson_type_id: type.id, ...page.wanted, ...lesson, ...(pickup ? { pickup } : {}) });
  };
  const change = (chosen: Parameters<typeof page.choose>[0]) => {
    book.reset();
    page.choose(chosen);
  };

  if (page.failure)
    return (
      <Page title={t('book.title')}>
        <Failure error={page.failure.error} onRetry={() => void page.failure?.refetch()} />
      </Page>
    );
  if (!page.isReady)
    return (
      <Page title={t('book.title')} busy>
        <BookingSkeleton />
      </Page>
    );
  if (!type)
    return (
      <Page title={t('book.title')}>
        <p>{t('book.noTypes')}</p>
      </Page>
    );

  return (
    <Page title={t('book.title')}>
      <div className="grid items-start gap-8 pb-44 lg:grid-cols-[minmax(0,1fr)_20rem] lg:pb-0">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2.5 sm:gap-6">
          <Choices
            legend={t('book.type')}
            name="type"
            shape="card"
            selected={type.id}
            choices={page.types.map((each) => ({
              value: each.id,
              label: each.name,
              hint: t('book.typeHint', { minutes: each.length_minutes, price: price(each.price) }),
            }))}
            onSelect={(id) => {
              change({ type: id });
            }}
          />
          <Choices
            legend={t('book.who')}
            name="who"
            shape="chip"
            selected={who}
            choices={[
              { value: ANYONE, label: t('book.anyone') },
              ...page.instructors.map((each) => ({ value: each.id, label: each.name })),
            ]}
            onSelect={(id) => {
              change({ who: id });
            }}
          />
          {page.everybody.some(hasTeaching) && (
            <Suspense fallback={<Skeleton className="h-17 rounded-xl sm:max-w-md" />}>
              <TeachingFilter instructors={page.everybody} wanted={page.wanted} onWant={change} />
            </Suspense>
          )}
          {book.isError &&
            (book.error.refusals.length > 0 ? (
              <Refused
                key={book.submittedAt}
                problem={book.error}
                start={book.variables.start}
                zone={zone}
                nameOf={nameOf}
                kept="nothing-booked"
                busy={book.isPending}
                onPick={(alternative) => {
                  confirm({ start: alternative.start, instructor_id: alternative.instructor_id });
                }}
              />
            ) : book.error.version ? (
              <Suspense>
                <TermsDialog
                  version={book.error.version}
                  onClose={book.reset}
                  onAccept={(version) => {
                    send({ ...book.variables, terms_version: version });
                  }}
                />
              </Suspense>
            ) : (
              <Failure
                key={book.submittedAt}
                takesFocus
                error={book.error}
                onRetry={() => {
                  send(book.variables);
                }}
              />
            ))}
          {isGone && (
            <p role="status" className="rounded-xl bg-warn-soft p-3 font-semibold text-warn">
              {t('slots.gone')}
            </p>
          )}
          <FreeTimes
            availability={page.availability}
            zone={zone}
            window={page.window}
            day={page.day}
            onDay={(date) => {
              change({ day: date });
            }}
            onWindow={(from) => {
              change({ from, day: undefined });
            }}
            onAnyone={
              who === ANYONE
                ? undefined
                : () => {
                    change({ who: ANYONE });
                  }
            }
            selected={slot?.start}
            onSelect={(start) => {
              book.reset();
              setWantedStart(start);
            }}
          />
        </div>
        <ConfirmBar
          slot={slot}
          zone={zone}
          type={type}
          who={who === ANYONE ? t('book.anyone') : nameOf(who)}
          places={places}
          pickup={pickup}
          onPickup={setWantedPickup}
          onAddPlace={() => {
            setIsAddingPlace(true);
          }}
          isOffline={!isOnline}
          busy={book.isPending}
          onConfirm={() => {
            if (slot) confirm({ start: slot.start, ...(who === ANYONE ? {} : { instructor_id: who }) });
          }}
        />
      </div>
      {isAddingPlace && (
        <Suspense>
          <AddPlace
            onClose={() => {
              setIsAddingPlace(false);
            }}
            onAdded={(id) => {
              setWantedPickup(id);
              setIsAddingPlace(false);
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}

function BookingSkeleton() {
  return (
    <div className="grid gap-6 lg:max-w-3xl">
      <div className="flex gap-2 overflow-hidden pt-7">
        {[1, 2, 3].map((key) => (
          <Skeleton key={key} className="h-20 w-40 shrink-0 rounded-2xl sm:flex-1" />
        ))}
      </div>
      <div className="flex gap-2 overflow-hidden pt-7">
        {[1, 2, 3].map((key) => (
          <Skeleton key={key} className="h-11 w-32 shrink-0 rounded-full" />
        ))}
      </div>
      <TimesSkeleton />
    </div>
  );
}
