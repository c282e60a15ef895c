import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { FreeTimes } from '../../components/FreeTimes';
import { Page } from '../../components/Page';
import { Refused } from '../../components/Refused';
import { useT } from '../../i18n';
import type { Problem } from '../../lib/problem';
import { useOnline } from '../../lib/online';
import { firstFree, slotsOn, strip, withoutOwn } from '../../lib/slots';
import { clockRange, dateAt, longDate, shortMoment, todayIn } from '../../lib/time';
import { lessonQuery, lessonTimesQuery, move, type Lesson } from './guest';

// The link does not say how far ahead a lesson may lie; what lies too far has no times.
const AHEAD_DAYS = 180;
type Props = { token: string; lesson: Lesson; onKeep: () => void; onMoved: (moved: Lesson) => void };
type To = { start: string; instructor_id?: string };

/** Another time with the same instructor, or one of those that are proposed where it was taken. */
export function MoveLinked({ token, lesson, onKeep, onMoved }: Props) {
  const t = useT();
  const client = useQueryClient();
  const isOnline = useOnline();
  const now = useMemo(() => new Date(), []);
  const [from, setFrom] = useState<string>();
  const [wantedDay, setWantedDay] = useState<string>();
  const [wantedStart, setWantedStart] = useState<string>();
  const { zone } = lesson;
  const window = strip(from, todayIn(zone, now), AHEAD_DAYS);
  const availability = useQuery({
    ...lessonTimesQuery(token, { from: window.from, to: window.to, instructor_id: lesson.instructor_id }),
    select: (times) => withoutOwn(times, lesson.start),
  });
  const moving = useMutation<Lesson, Problem, To>({
    mutationFn: (to) => move(token, lesson, to),
    onSuccess: onMoved,
    onSettled: (_moved, problem) =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['availability', token] }),
        // Somebody at the school was faster: the page shows the lesson as it is.
        problem?.status === 412
          ? client.invalidateQueries({ queryKey: lessonQuery(token).queryKey })
          : undefined,
      ]),
  });
  const days = availability.data?.days ?? [];
  const day = (days.some((each) => each.date === wantedDay) ? wantedDay : firstFree(days)) ?? window.from;
  const slot = slotsOn(availability.data?.slots ?? [], day, zone).find((each) => each.start === wantedStart);
  const choose = (change: () => void) => {
    moving.reset();
    change();
  };
  return (
    <Page title={t('move.title')}>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3 rounded-2xl border border-line bg-surface p-4">
        <div>
          <p className="text-sm text-muted">{t('move.now')}</p>
          <p className="text-lg font-bold tabular-nums">
            {longDate(dateAt(lesson.start, zone))}, {clockRange(lesson.start, lesson.end, zone)}
          </p>
          <p className="text-muted">
            {lesson.lesson_type}, {lesson.instructor}
          </p>
        </div>
        <Button look="secondary" onClick={onKeep}>
          {t('move.keep')}
        </Button>
      </div>
      {moving.isError && (
        <div className="mb-6">
          {moving.error.refusals.length > 0 ? (
            <Refused
              key={moving.submittedAt}
              problem={moving.error}
              start={moving.variables.start}
              zone={zone}
              nameOf={(id) => (id === lesson.instructor_id ? lesson.instructor : t('linked.another'))}
              kept="old-time"
              busy={moving.isPending}
              onPick={({ start, instructor_id }) => {
                moving.mutate({ start, instructor_id });
              }}
            />
          ) : (
            <Failure key={moving.submittedAt} takesFocus error={moving.error} />
          )}
        </div>
      )}
      <div className="pb-40">
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
          marked={dateAt(lesson.start, zone)}
        />
      </div>
      {slot && (
        <section
          aria-label={t('move.confirmName')}
          className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-bar"
        >
          <div className="mx-auto flex max-w-[70rem] flex-wrap items-center justify-between gap-3">
            <p className="tabular-nums">
              <s className="text-muted">{shortMoment(lesson.start, zone)}</s>{' '}
              <span aria-hidden="true">→</span>{' '}
              <strong className="text-lg whitespace-nowrap">{shortMoment(slot.start, zone)}</strong>
            </p>
            <Button
              className="min-h-12 grow text-lg sm:grow-0"
              busy={moving.isPending}
              disabled={!isOnline}
              onClick={() => {
                moving.mutate({ start: slot.start });
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
