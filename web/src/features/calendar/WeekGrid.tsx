import type { Column } from '../../components/calendar/types';
import { useT } from '../../i18n';
import { dayNumber, longDate, weekday } from '../../lib/time';
import { LessonGrid } from './LessonGrid';
import type { Diary, Who } from './useDiary';

type Props = { diary: Diary; who: Who; now: Date; dates: string[]; onOpen: (id: string) => void };

const columnOf = (date: string): Column => ({
  key: date,
  date,
  name: longDate(date),
  title: (
    <>
      <span className="block text-sm font-semibold text-muted" aria-hidden="true">
        {weekday(date)}
      </span>
      <span className="block text-xl leading-tight font-bold tabular-nums" aria-hidden="true">
        {dayNumber(date)}
      </span>
      <span className="sr-only">{longDate(date)}</span>
    </>
  ),
});

/** The days side by side. */
export function WeekGrid({ diary, who, now, dates, onOpen }: Props) {
  const t = useT();
  return (
    <LessonGrid
      columns={dates.map(columnOf)}
      bookings={diary.bookings}
      events={diary.events}
      blocks={diary.blocks}
      open={({ date }) => diary.open(date)}
      zone={who.zone}
      now={now}
      keys={t('week.keys')}
      empty={t('week.none')}
      onOpen={onOpen}
    />
  );
}
