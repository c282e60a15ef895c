import type { ReactNode } from 'react';
import { CalendarGrid } from '../../components/calendar/CalendarGrid';
import { placed } from '../../components/calendar/placed';
import type { Block, Column, GridEvent, Range, Spot } from '../../components/calendar/types';
import { useT } from '../../i18n';
import type { Booking } from '../../lib/queries';
import { shownHours } from './hours';
import { RefusedTime } from './RefusedTime';
import { useMoving, withSent } from './useMoving';
import type { By } from './useSpots';

type Props = {
  columns: Column[];
  bookings: Booking[];
  events: GridEvent[];
  blocks: Block[];
  open: (column: Column) => Range[];
  zone: string;
  now: Date;
  keys: string;
  /** On a board: what the columns belong to. */
  by?: By;
  /** Said where there is no lesson. */
  empty: ReactNode;
  onOpen: (id: string) => void;
  onPick?: (spot: Spot) => void;
};

/** Lessons in columns, with the one in hand and what says no to it. */
export function LessonGrid(props: Props) {
  const { columns, bookings, blocks, open, zone, now, keys, by, empty, onOpen, onPick } = props;
  const t = useT();
  const moving = useMoving(bookings, columns, zone, by);
  const events = withSent(props.events, moving.sent, by);
  const lessons = placed(events, columns, zone);
  const hours = columns.flatMap(open).filter(({ from, to }) => to - from < 1440);
  return (
    <>
      {lessons.length === 0 && <p className="mb-3 text-muted">{empty}</p>}
      <CalendarGrid
        label={t('week.lessons')}
        keys={keys}
        isBoard={by !== undefined}
        columns={columns}
        zone={zone}
        shown={shownHours([...hours, ...lessons])}
        events={events}
        blocks={blocks}
        open={open}
        now={now}
        proposal={moving.proposal}
        isLegal={moving.isLegal}
        spots={moving.spots}
        onGrab={moving.grab}
        onPropose={moving.propose}
        onCommit={moving.commit}
        onOpen={onOpen}
        {...(onPick ? { onPick } : {})}
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
