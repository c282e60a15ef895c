import { CalendarGrid } from '../../components/calendar/CalendarGrid';
import type { Column } from '../../components/calendar/types';
import { onDate } from '../../components/calendar/layout';
import { useT } from '../../i18n';
import { dayNumber, longDate, weekday } from '../../lib/time';
import { shownHours } from './hours';
import { RefusedTime } from './RefusedTime';
import type { Diary, Who } from './useDiary';
import { useMoving, withSent } from './useMoving';

type Props = { diary: Diary; who: Who; now: Date; dates: string[]; onOpen: (id: string) => void };

const columnOf = (date: string): Column => ({
  key: date,
  date,
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

/** The days side by side, with the lesson in hand and what says no to it. */
export function WeekGrid({ diary, who, now, dates, onOpen }: Props) {
  const t = useT();
  const { zone } = who;
  const columns = dates.map(columnOf);
  const moving = useMoving(diary.bookings, columns, zone);
  const events = withSent(diary.events, moving.sent);
  const shown = shownHours([
    ...dates.flatMap(diary.open),
    ...events.flatMap(({ start, end }) => dates.flatMap((date) => onDate(start, end, date, zone) ?? [])),
  ]);
  const isEmpty = !events.some(({ start, end }) => dates.some((date) => onDate(start, end, date, zone)));
  return (
    <>
      {isEmpty && <p className="mb-3 text-muted">{t('week.none')}</p>}
      <CalendarGrid
        label={t('week.lessons')}
        columns={columns}
        zone={zone}
        shown={shown}
        events={events}
        blocks={diary.blocks}
        open={({ date }) => diary.open(date)}
        now={now}
        proposal={moving.proposal}
        isLegal={moving.isLegal}
        spots={moving.spots}
        onGrab={moving.grab}
        onPropose={moving.propose}
        onCommit={moving.commit}
        onOpen={onOpen}
      />
      <div className="pointer-events-none fixed inset-x-0 top-16 z-40 grid justify-items-center px-4">
        <p
          aria-live="polite"
          className={
            moving.said
              ? `max-w-2xl rounded-2xl border bg-surface px-5 py-3 shadow-bar ${moving.isLegal === false ? 'border-danger text-danger' : 'border-line'}`
              : 'sr-only'
          }
        >
          {moving.said}
        </p>
      </div>
      <div className="fixed right-4 bottom-4 z-30 w-[min(26rem,calc(100vw-2rem))] max-lg:bottom-24">
        {moving.refused && (
          <div className="rounded-2xl bg-surface shadow-bar">
            <RefusedTime
              refused={moving.refused}
              busy={moving.isBusy}
              onClose={moving.dismiss}
              onChange={(to) => {
                if (moving.refused) moving.change(moving.refused.booking, to);
              }}
            />
          </div>
        )}
      </div>
    </>
  );
}
