import { useId, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { wallOf, wallTime } from '../../lib/time';
import { GridEventBox } from './GridEventBox';
import { Ground, NowLine } from './GridGround';
import { clamp, place, SNAP_MINUTES } from './layout';
import { placed, rem } from './placed';
import type { Block, Column, GridEvent, Placed, Proposal, Range, Spot } from './types';
import { nextTo } from './nextTo';
import { useProposals } from './useProposals';

export type GridProps = {
  label: string;
  columns: Column[];
  zone: string;
  /** The part of the day that is drawn, full hours. */
  shown: Range;
  events: GridEvent[];
  blocks: Block[];
  /** The working hours of a column. */
  open: (column: Column) => Range[];
  now: Date;
  proposal: Proposal | undefined;
  /** Of the proposal; undefined while nobody knows. */
  isLegal: boolean | undefined;
  /** Where the event that is being moved could start. */
  spots: Spot[];
  onGrab: (id: string) => void;
  onPropose: (proposal: Proposal | undefined) => void;
  onCommit: (proposal: Proposal) => void;
  onOpen: (id: string) => void;
  /** What the keys do here. */
  keys: string;
  /** Many columns: they keep a width and scroll sideways, under their names and beside the hours. */
  isBoard?: boolean;
  /** A tap on a free place. */
  onPick?: (spot: Spot) => void;
};

const AXIS_REM = 3.5;
const COLUMN_REM = 10;
const PX_PER_MINUTE = 16 / 15;

/** Days, or instructors of a day, side by side on the clock of the school. */
export function CalendarGrid(props: GridProps) {
  const {
    label,
    columns,
    zone,
    shown,
    proposal,
    onOpen,
    onPropose,
    onCommit,
    onGrab,
    isBoard = false,
  } = props;
  const keys = useId();
  const body = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<string>();
  const bind = useProposals({
    body,
    shown,
    columns: columns.length,
    proposal,
    onPropose,
    onCommit,
    onOpen,
  });

  const width = 100 / columns.length;
  const events = placed(props.events, columns, zone).filter(
    (event, index, all) => all.findIndex(({ item }) => item.id === event.item.id) === index,
  );
  const lanes = columns.map((_, column) =>
    place(
      events
        .filter((event) => event.column === column && event.item.id !== proposal?.id)
        .map(({ item, from, to }) => ({ id: item.id, from, to })),
    ),
  );
  const inOrder = events.toSorted((a, b) => a.column - b.column || a.from - b.from);
  const nowAt = props.now.toISOString();
  const wall = wallOf(nowAt, zone);
  const startsAt = columns[0]?.date === wall.date ? wall.minutes - shown.from - 60 : 0;
  const first = inOrder.find(({ item }) => item.end > nowAt) ?? inOrder[0];
  const active = events.find(({ item }) => item.id === chosen) ?? first;

  const walk = (event: KeyboardEvent, from: Placed<GridEvent>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = nextTo(from, inOrder, event.key);
    if (!next) return;
    event.preventDefault();
    body.current?.querySelector<HTMLElement>(`[data-event="${next.item.id}"]`)?.focus();
  };

  const pick = (event: MouseEvent<HTMLElement>) => {
    if (!props.onPick || (event.target as HTMLElement).closest('li')) return;
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns.length);
    const minutes = ((event.clientY - box.top) / box.height) * (shown.to - shown.from);
    const from = shown.from + Math.floor(minutes / SNAP_MINUTES) * SNAP_MINUTES;
    props.onPick({ column: clamp(column, 0, columns.length - 1), from });
  };

  return (
    <Frame isBoard={isBoard} label={label} columns={columns.length} startsAt={startsAt}>
      <GridHead columns={columns} now={props.now} zone={zone} isBoard={isBoard} />
      <div className="flex">
        <Hours shown={shown} />
        {/* Keys and single taps have a button of their own to book with: see the page. */}
        {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
        <div
          ref={body}
          className={`relative isolate grow ${props.onPick ? 'cursor-cell' : ''}`}
          style={{ height: rem(shown.to - shown.from) }}
          onClick={pick}
        >
          <Ground {...props} />
          <ul aria-label={label} aria-describedby={keys}>
            {events
              .toSorted((a, b) => (a.item.id < b.item.id ? -1 : 1))
              .map((event) => {
                const { item } = event;
                const isHeld = proposal?.id === item.id;
                const at = isHeld ? proposal : event;
                const { lane, lanes: count } = lanes[event.column]?.get(item.id) ?? { lane: 0, lanes: 1 };
                const handlers = bind(event);
                return (
                  <GridEventBox
                    key={item.id}
                    event={item}
                    from={at.from}
                    to={at.to}
                    place={columns[at.column]?.name ?? ''}
                    isPast={item.end <= nowAt}
                    held={isHeld ? (props.isLegal ?? 'unknown') : undefined}
                    style={{
                      top: rem(at.from - shown.from),
                      height: rem(at.to - at.from),
                      left: `${width * (at.column + lane / count)}%`,
                      width: `${width / count}%`,
                    }}
                    button={{
                      ...handlers,
                      tabIndex: item.id === active?.item.id ? 0 : -1,
                      onFocus: () => {
                        setChosen(item.id);
                        if (item.movable) onGrab(item.id);
                      },
                      onKeyDown: (pressed) => {
                        handlers.onKeyDown(pressed);
                        walk(pressed, event);
                      },
                    }}
                  />
                );
              })}
          </ul>
          <NowLine {...props} />
        </div>
      </div>
      <p id={keys} className="sr-only">
        {props.keys}
      </p>
    </Frame>
  );
}

type FrameProps = {
  isBoard: boolean;
  label: string;
  columns: number;
  /** Minutes from the top that are out of sight at first. */
  startsAt: number;
  children: ReactNode;
};

/** A week scrolls with the page; a board in itself, so that names and hours stay in sight. */
function Frame({ isBoard, label, columns, startsAt, children }: FrameProps) {
  const look = 'rounded-2xl border border-line bg-surface select-none';
  const [first] = useState(startsAt);
  if (!isBoard) return <div className={look}>{children}</div>;
  return (
    <div
      ref={(element) => {
        if (element && !element.dataset['scrolled']) {
          element.dataset['scrolled'] = 'yes';
          element.scrollTop = first * PX_PER_MINUTE;
        }
      }}
      data-scroller=""
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- Whatever scrolls must be reached by keys (axe).
      tabIndex={0}
      className={`max-h-[max(24rem,calc(100dvh-13rem))] scroll-pt-20 scroll-pb-4 scroll-pl-16 overflow-auto overscroll-x-contain ${look}`}
    >
      <div style={{ minWidth: `${AXIS_REM + columns * COLUMN_REM}rem` }}>{children}</div>
    </div>
  );
}

type HeadProps = Pick<GridProps, 'columns' | 'now' | 'zone'> & { isBoard: boolean };

function GridHead({ columns, now, zone, isBoard }: HeadProps) {
  const today = wallOf(now.toISOString(), zone).date;
  return (
    <div
      className={`sticky flex rounded-t-2xl border-b border-line bg-surface ${isBoard ? 'top-0 z-30' : 'top-14 z-20'}`}
    >
      <div className="sticky left-0 z-10 w-14 shrink-0 rounded-tl-2xl bg-surface" />
      {columns.map((column) => (
        <div
          key={column.key}
          className={`min-w-0 grow basis-0 border-l border-line py-2 text-center ${column.date === today && !column.owner ? 'text-brand shadow-[inset_0_-3px_0_var(--color-amber)]' : ''}`}
        >
          {column.title}
        </div>
      ))}
    </div>
  );
}

function Hours({ shown }: { shown: Range }) {
  const hours = Array.from({ length: (shown.to - shown.from) / 60 }, (_, index) => shown.from + index * 60);
  return (
    <div
      aria-hidden="true"
      className="sticky left-0 z-20 w-14 shrink-0 rounded-bl-2xl bg-surface text-xs text-muted tabular-nums"
    >
      {hours.map((minutes, index) => (
        <div key={minutes} className="h-16 pr-2 text-right">
          <span className={index === 0 ? 'relative top-1' : 'relative -top-2'}>{wallTime(minutes)}</span>
        </div>
      ))}
    </div>
  );
}
