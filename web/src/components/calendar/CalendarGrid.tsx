import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { useT } from '../../i18n';
import { wallOf, wallTime } from '../../lib/time';
import { GridEventBox } from './GridEventBox';
import { onDate, place } from './layout';
import type { Block, Column, GridEvent, Placed, Proposal, Range, Spot } from './types';
import { nextTo } from './nextTo';
import { useProposals } from './useProposals';

type Props = {
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
};

/** A quarter of an hour is 1 rem high. */
const rem = (minutes: number): string => `${minutes / 15}rem`;

/** A little narrower than its column. */
const inset = <T extends { left: string; width: string }>(box: T): T => ({
  ...box,
  left: `calc(${box.left} + 2px)`,
  width: `calc(${box.width} - 4px)`,
});

/** Each part on the columns that it belongs to. */
function placed<T extends { start: string; end: string; instructorId?: string }>(
  items: T[],
  columns: Column[],
  zone: string,
): Placed<T>[] {
  return items.flatMap((item) =>
    columns.flatMap(({ date, instructorId }, column) => {
      const isHere = !instructorId || !item.instructorId || item.instructorId === instructorId;
      const span = isHere ? onDate(item.start, item.end, date, zone) : undefined;
      return span ? [{ item, column, ...span }] : [];
    }),
  );
}

/** Days, or instructors of a day, side by side on the clock of the school. */
export function CalendarGrid(props: Props) {
  const { label, columns, zone, shown, proposal, onOpen, onPropose, onCommit, onGrab } = props;
  const t = useT();
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
  const first = inOrder.find(({ item }) => item.end > nowAt) ?? inOrder[0];
  const active = events.find(({ item }) => item.id === chosen) ?? first;

  const walk = (event: KeyboardEvent, from: Placed<GridEvent>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = nextTo(from, inOrder, event.key);
    if (!next) return;
    event.preventDefault();
    body.current?.querySelector<HTMLElement>(`[data-event="${next.item.id}"]`)?.focus();
  };

  return (
    <div className="rounded-2xl border border-line bg-surface select-none">
      <GridHead columns={columns} now={props.now} zone={zone} />
      <div className="flex">
        <Hours shown={shown} />
        <div ref={body} className="relative grow" style={{ height: rem(shown.to - shown.from) }}>
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
                    date={columns[at.column]?.date ?? ''}
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
        {t('week.keys')}
      </p>
    </div>
  );
}

function GridHead({ columns, now, zone }: Pick<Props, 'columns' | 'now' | 'zone'>) {
  const today = wallOf(now.toISOString(), zone).date;
  return (
    <div className="sticky top-14 z-20 flex rounded-t-2xl border-b border-line bg-surface pl-14">
      {columns.map((column) => (
        <div
          key={column.key}
          className={`min-w-0 grow basis-0 border-l border-line py-2 text-center ${column.date === today ? 'text-brand shadow-[inset_0_-3px_0_var(--color-amber)]' : ''}`}
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
    <div aria-hidden="true" className="w-14 shrink-0 text-xs text-muted tabular-nums">
      {hours.map((minutes, index) => (
        <div key={minutes} className="h-16 pr-2 text-right">
          <span className={index === 0 ? 'relative top-1' : 'relative -top-2'}>{wallTime(minutes)}</span>
        </div>
      ))}
    </div>
  );
}

/** What lies under the lessons: hours, what is outside them, blocks, and where the one in hand could go. */
function Ground({ columns, zone, shown, blocks, open, spots, proposal, events }: Props) {
  const t = useT();
  const width = 100 / columns.length;
  const box = (column: number, { from, to }: Range) => {
    const [top, bottom] = [Math.max(from, shown.from), Math.min(to, shown.to)];
    return {
      left: `${width * column}%`,
      width: `${width}%`,
      top: rem(top - shown.from),
      height: rem(Math.max(bottom - top, 0)),
    };
  };
  const held = placed(events, columns, zone).find(({ item }) => item.id === proposal?.id);
  const isSeen = ({ from, to }: Range) => from < shown.to && to > shown.from;
  return (
    <>
      <div aria-hidden="true" className="absolute inset-0 overflow-hidden rounded-br-2xl bg-sunken">
        {columns.map((column, index) =>
          open(column).map((range) => (
            <div
              key={`${column.key}-${range.from}`}
              className="absolute bg-surface"
              style={box(index, range)}
            />
          )),
        )}
        {columns.map((column, index) => (
          <div
            key={column.key}
            className="absolute inset-y-0 border-l border-line"
            style={{ left: `${width * index}%` }}
          />
        ))}
        <div className="absolute inset-0 bg-[repeating-linear-gradient(to_bottom,var(--color-line)_0_1px,transparent_1px_4rem)]" />
      </div>
      <ul>
        {placed(blocks, columns, zone)
          .filter(isSeen)
          .map((block) => (
            <li
              key={`${block.item.id}-${block.column}`}
              className="absolute overflow-hidden border-l-4 border-edge bg-sunken hatched"
              style={box(block.column, block)}
            >
              <span className="m-1 inline-block rounded-md bg-surface px-1.5 text-xs leading-5 font-semibold">
                {block.item.label}{' '}
                <span className="font-normal tabular-nums">
                  {block.from === 0 && block.to === 1440
                    ? t('week.allDay')
                    : `${wallTime(block.from)} – ${wallTime(block.to)}`}
                </span>
              </span>
            </li>
          ))}
      </ul>
      <div aria-hidden="true">
        {spots.map((spot) => (
          <div
            key={`${spot.column}-${spot.from}`}
            data-spot={spot.from}
            className="absolute z-10 overflow-hidden rounded border border-dashed border-brand bg-brand-soft px-1 text-[0.6875rem] leading-3.5 font-semibold text-brand tabular-nums"
            style={inset(box(spot.column, { from: spot.from, to: spot.from + 15 }))}
          >
            {wallTime(spot.from)}
          </div>
        ))}
        {held && (
          <div
            className="absolute z-10 rounded-lg border-2 border-dashed border-edge"
            style={inset(box(held.column, held))}
          />
        )}
      </div>
    </>
  );
}

function NowLine({ columns, zone, shown, now }: Props) {
  const wall = wallOf(now.toISOString(), zone);
  if (wall.minutes < shown.from || wall.minutes > shown.to) return null;
  const width = 100 / columns.length;
  return columns.map(
    ({ key, date }, column) =>
      date === wall.date && (
        <div
          key={key}
          data-now=""
          aria-hidden="true"
          className="pointer-events-none absolute z-10 h-0.5 bg-danger before:absolute before:-top-1 before:-left-1 before:size-2.5 before:rounded-full before:bg-danger"
          style={{ top: rem(wall.minutes - shown.from), left: `${width * column}%`, width: `${width}%` }}
        />
      ),
  );
}
