import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '../../i18n';
import type { Bulk } from '../../lib/manage/useBulk';
import type { Problem } from '../../lib/problem';
import { bookingQuery, type Booking } from '../../lib/queries';
import { clockRange, dayOf } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { Button, buttonLook } from '../Button';
import { Failure, failureWords } from '../Failure';
import { Skeleton } from '../Skeleton';
import { Status } from '../Status';
import { ReasonDialog } from './ReasonDialog';

const AT_ONCE = 10;

/** Lessons that a change leaves where they are: each can be moved, cancelled or kept. Nothing happens by itself. */
export function AffectedLessons({ ids, bulk }: { ids: string[]; bulk: Bulk }) {
  const [most, setMost] = useState(AT_ONCE);
  const found = useQueries({ queries: ids.slice(0, most).map((id) => bookingQuery(id)) });
  const failed = found.find((each) => each.isError);
  return (
    <div className="grid gap-3">
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      <LessonList
        lessons={found.map((each) => each.data).filter((each) => each !== undefined)}
        waiting={found.filter((each) => each.isPending).length}
        settled={bulk}
      />
      <More
        left={ids.length - most}
        onMore={() => {
          setMost(most + AT_ONCE);
        }}
      />
    </div>
  );
}

/** The same, of lessons that are at hand. */
export function LessonsToSettle({ lessons }: { lessons: Booking[] }) {
  const [most, setMost] = useState(AT_ONCE);
  const [kept, setKept] = useState<string[]>([]);
  const keep = (id: string) => {
    setKept([...kept, id]);
  };
  return (
    <div className="grid gap-3">
      <LessonList
        lessons={lessons.slice(0, most)}
        waiting={0}
        settled={{ kept, keep, moved: [], failures: {} }}
      />
      <More
        left={lessons.length - most}
        onMore={() => {
          setMost(most + AT_ONCE);
        }}
      />
    </div>
  );
}

function More({ left, onMore }: { left: number; onMore: () => void }) {
  const t = useT();
  return (
    left > 0 && (
      <Button look="secondary" onClick={onMore}>
        {t('list.more', { count: left })}
      </Button>
    )
  );
}

/** What was decided of which lesson, and what of that did not work. */
type Settled = Pick<Bulk, 'kept' | 'keep' | 'moved' | 'failures'>;
type ListProps = { lessons: Booking[]; waiting: number; settled: Settled };

function LessonList({ lessons, waiting, settled }: ListProps) {
  const [ending, setEnding] = useState<Booking>();
  return (
    <>
      <ul className="divide-y divide-line rounded-xl border border-line" aria-busy={waiting > 0 || undefined}>
        {lessons.map((lesson) => (
          <Lesson key={lesson.id} lesson={lesson} settled={settled} onCancel={setEnding} />
        ))}
        {Array.from({ length: waiting }, (_, index) => (
          <li key={index} className="p-3">
            <Skeleton className="h-14" />
          </li>
        ))}
      </ul>
      {ending && (
        <ReasonDialog
          booking={ending}
          how="cancel"
          onClose={() => {
            setEnding(undefined);
          }}
        />
      )}
    </>
  );
}

type LessonProps = { lesson: Booking; settled: Settled; onCancel: (lesson: Booking) => void };

function Lesson({ lesson, settled, onCancel }: LessonProps) {
  const t = useT();
  const isKept = settled.kept.includes(lesson.id);
  const isMoved = settled.moved.includes(lesson.id);
  const failure = settled.failures[lesson.id];
  const names = useNames();
  const name = names.nameOf(lesson);
  const isOpen = lesson.status === 'booked' || lesson.status === 'requested';
  return (
    <li className="grid gap-2 p-3 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center">
      <div className="min-w-0">
        <p className="font-bold tabular-nums">
          {dayOf(lesson.start, lesson.zone)}, {clockRange(lesson.start, lesson.end, lesson.zone)}
        </p>
        <p className="text-muted">
          {name}, {names.type(lesson.lesson_type_id)},{' '}
          {t('with', { name: names.instructor(lesson.instructor_id) })}
        </p>
      </div>
      {failure && <WhyNot problem={failure} />}
      <div role="group" aria-label={name} className="-ml-2 flex flex-wrap items-center gap-1 sm:ml-0">
        {!isOpen ? (
          <Status status={lesson.status} />
        ) : isKept ? (
          <p className="px-3 text-sm font-semibold text-muted">{t('lessons.kept')}</p>
        ) : isMoved ? (
          <p className="px-3 text-sm font-semibold text-brand">{t('lessons.moved')}</p>
        ) : (
          <>
            {lesson.can.includes('move') && (
              <Link className={buttonLook('quiet')} to="/lessons/$id/move" params={{ id: lesson.id }}>
                {t('move')}
              </Link>
            )}
            {lesson.can.includes('cancel') && (
              <Button
                look="quiet"
                onClick={() => {
                  onCancel(lesson);
                }}
              >
                {t('lessons.cancel')}
              </Button>
            )}
            <Button
              look="quiet"
              onClick={() => {
                settled.keep(lesson.id);
              }}
            >
              {t('lessons.keep')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

/** What was refused, at its lesson: the rules in words, or what else went wrong. */
function WhyNot({ problem }: { problem: Problem }) {
  const t = useT();
  const { title, next } = failureWords(problem, t);
  const refused = problem.refusals.map((refusal) => refusal.message).join(' ');
  return (
    <p
      role="alert"
      className="rounded-xl bg-danger-soft px-3 py-2 text-sm text-danger sm:order-last sm:col-span-2"
    >
      {refused || `${title}. ${next}`}
    </p>
  );
}
