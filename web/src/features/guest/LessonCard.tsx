import type { ReactNode } from 'react';
import { buttonLook } from '../../components/Button';
import { useT } from '../../i18n';
import { calendarFile } from '../../lib/calendarFile';
import { price } from '../../lib/money';
import { cityOf, clockRange, dayOf, shortMoment } from '../../lib/time';
import type { Lesson } from './guest';

/** One lesson as a guest may see it. */
export function LessonCard({ lesson, children }: { lesson: Lesson; children?: ReactNode }) {
  const t = useT();
  const entry = {
    id: `guest-${lesson.start}`,
    title: t('calendar.title', { type: lesson.lesson_type, name: lesson.instructor }),
    start: lesson.start,
    end: lesson.end,
  };
  const file = `data:text/calendar;charset=utf-8,${encodeURIComponent(calendarFile(entry, new Date()))}`;
  const isOn = lesson.status === 'booked' || lesson.status === 'requested';
  const until = shortMoment(lesson.cancel_free_until, lesson.zone);
  return (
    <div className="overflow-hidden rounded-3xl border border-line bg-surface shadow-card">
      <div className="bg-hero p-6 text-white sm:p-8">
        <p className="text-lg">{dayOf(lesson.start, lesson.zone)}</p>
        <p className="text-4xl font-extrabold tracking-tight tabular-nums sm:text-5xl">
          {clockRange(lesson.start, lesson.end, lesson.zone)}
        </p>
        <p className="mt-2">
          {lesson.lesson_type}. {t('zone', { city: cityOf(lesson.zone) })}.
        </p>
      </div>
      <div className="centre-line" aria-hidden="true" />
      <div className="grid gap-4 p-6 sm:p-8">
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
          <dt className="text-muted">{t('guest.instructor')}</dt>
          <dd className="font-semibold">{lesson.instructor}</dd>
          <dt className="text-muted">{t('guest.price')}</dt>
          <dd className="font-semibold">{price(lesson.price)}</dd>
        </dl>
        {isOn && (
          <p className="text-muted">
            {lesson.can.includes('cancel')
              ? t('cancel.freeUntil', { until })
              : t('cancel.wasFreeUntil', { until })}
          </p>
        )}
        {children}
        {isOn && (
          <div>
            <a className={buttonLook('secondary')} href={file} download="lesson.ics">
              {t('calendar.file')}
            </a>
          </div>
        )}
      </div>
    </div>
  );
}
