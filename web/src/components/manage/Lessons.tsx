import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '../../i18n';
import { bookingQuery, type Booking } from '../../lib/queries';
import { clockRange, dayOf } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { Button, buttonLook } from '../Button';
import { Failure } from '../Failure';
import { Skeleton } from '../Skeleton';
import { Status } from '../Status';
import { ReasonDialog } from './ReasonDialog';

const AT_ONCE = 10;

/** Lessons that a change leaves where they are: each can be moved, cancelled or kept. Nothing happens by itself. */
export function AffectedLessons({ ids }: { ids: string[] }) {
  const [most, setMost] = useState(AT_ONCE);
  const found = useQueries({ queries: ids.slice(0, most).map((id) => bookingQuery(id)) });
  const failed = found.find((each) => each.isError);
  return (
    <div className="grid gap-3">
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      <LessonList
        lessons={found.map((each) => each.data).filter((each) => each !== undefined)}
        waiting={found.filter((each) => each.isPending).length}
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
  return (
    <div className="grid gap-3">
      <LessonList lessons={lessons.slice(0, most)} waiting={0} />
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

function LessonList({ lessons, waiting }: { lessons: Booking[]; waiting: number }) {
  const [ending, setEnding] = useState<Booking>();
  return (
    <>
      <ul className="divide-y divide-line rounded-xl border border-line" aria-busy={waiting > 0 || undefined}>
        {lessons.map((lesson) => (
          <Lesson key={lesson.id} lesson={lesson} onCancel={setEnding} />
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

function Lesson({ lesson, onCancel }: { lesson: Booking; onCancel: (lesson: Booking) => void }) {
  const t = useT();
  const [isKept, setKept] = useState(false);
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
      <div role="group" aria-label={name} className="-ml-2 flex flex-wrap items-center gap-1 sm:ml-0">
        {!isOpen ? (
          <Status status={lesson.status} />
        ) : isKept ? (
          <p className="px-3 text-sm font-semibold text-muted">{t('lessons.kept')}</p>
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
                setKept(true);
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
