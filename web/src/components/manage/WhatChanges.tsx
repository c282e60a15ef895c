import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type RefCallback } from 'react';
import { useT } from '../../i18n';
import { lessonsOf, totalOf } from '../../lib/manage/preview';
import type { Preview, Previewed } from '../../lib/manage/usePreview';
import { meQuery } from '../../lib/queries';
import { addDays, dateAt, dateRange, shortRange } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { Button } from '../Button';
import { Failure } from '../Failure';
import { Skeleton } from '../Skeleton';

type Props = { preview: Previewed; sectionRef?: RefCallback<HTMLElement> };

/** Before a change is saved: what it would do to free times and to lessons that are booked. */
export function WhatChanges({ preview, sectionRef }: Props) {
  const t = useT();
  const { isWanted, isOnline, data, isOld, error, retry } = preview;
  if (!isWanted) return null;
  const isCounting = isOld && isOnline && !error;
  return (
    <section
      aria-label={t('preview.title')}
      aria-busy={isCounting || undefined}
      tabIndex={-1}
      ref={sectionRef}
      className="grid gap-3 rounded-2xl border border-brand/25 bg-brand-soft p-4 outline-offset-4"
    >
      <h3 className="text-lg font-bold tracking-tight">{t('preview.title')}</h3>
      {!isOnline && <p className="font-semibold text-warn">{t('preview.offline')}</p>}
      {error && <Failure error={error} onRetry={retry} />}
      {!data && isCounting && <Skeleton className="h-28" />}
      {data && (
        <div className="grid gap-3">
          {isOld && <p className="font-semibold">{t(isCounting ? 'preview.counting' : 'preview.old')}</p>}
          <FreeTimes data={data} />
          <Lessons data={data} />
        </div>
      )}
    </section>
  );
}

/** The same in one sentence. */
export function ChangesInShort({ preview }: { preview: Previewed }) {
  const t = useT();
  const { data, isOld } = preview;
  if (!data || isOld) return null;
  const count = lessonsOf(data).length;
  return (
    <>
      {t('preview.short', totalOf(data))} {count > 0 && t('preview.lessons', { count })}
    </>
  );
}

function FreeTimes({ data }: { data: Preview }) {
  const t = useT();
  const names = useNames();
  const total = totalOf(data);
  const dates = dateRange(data.from, addDays(data.to, -1));
  const type = names.type(data.lesson_type_id);
  const cell = 'px-2 py-1 text-right tabular-nums';
  return (
    <div className="grid gap-2">
      <p className="text-sm">{t('preview.window', { dates, type })}</p>
      <table className="w-full max-w-lg border-separate border-spacing-y-1 text-left">
        <thead>
          <tr className="text-sm">
            <th scope="col">{t('preview.freeTimes')}</th>
            <th scope="col" className={cell}>
              {t('preview.before')}
            </th>
            <th scope="col" className={cell}>
              {t('preview.after')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.instructors.map((each) => (
            <tr key={each.id} className={each.before === each.after ? '' : 'font-semibold'}>
              <th scope="row" className="py-1 pr-2 font-[inherit]">
                {names.instructor(each.id)}
              </th>
              <td className={cell}>{each.before}</td>
              <td className={cell}>{each.after}</td>
            </tr>
          ))}
        </tbody>
        {data.instructors.length > 1 && (
          <tfoot>
            <tr className="font-bold">
              <th scope="row">{t('preview.total')}</th>
              <td className={cell}>{total.before}</td>
              <td className={cell}>{total.after}</td>
            </tr>
          </tfoot>
        )}
      </table>
      {data.instructors_total > data.instructors.length && (
        <p className="text-sm">
          {t('preview.notAll', { count: data.instructors.length, all: data.instructors_total })}
        </p>
      )}
    </div>
  );
}

const AT_ONCE = 5;

function Lessons({ data }: { data: Preview }) {
  const t = useT();
  const names = useNames();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const [most, setMost] = useState(AT_ONCE);
  const lessons = lessonsOf(data);
  if (lessons.length === 0) return <p>{t('preview.noLessons')}</p>;
  return (
    <div className="grid gap-2">
      <p className="font-bold">
        {t('preview.lessons', { count: lessons.length })}
        {data.bookings_total > data.bookings.length && ` ${t('preview.more')}`}
      </p>
      <p className="text-sm">{t('preview.lessons.lead')}</p>
      <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
        {lessons.slice(0, most).map((each) => (
          <li key={each.id} className="px-3 py-2">
            <Link
              to="/board"
              search={{ date: dateAt(each.start, zone), lesson: each.id }}
              className="inline-block py-1 font-semibold text-brand tabular-nums underline"
            >
              {shortRange(each.start, each.end, zone)}, {names.learner(each.learner_id)}
            </Link>
            <p className="text-sm text-muted">
              {t('with', { name: names.instructor(each.instructor_id) })}:{' '}
              {each.rules.map((rule) => t(`preview.rule.${rule}`)).join('; ')}
            </p>
          </li>
        ))}
      </ul>
      {lessons.length > most && (
        <Button
          look="secondary"
          onClick={() => {
            setMost(most + AT_ONCE * 4);
          }}
        >
          {t('list.more', { count: lessons.length - most })}
        </Button>
      )}
    </div>
  );
}
