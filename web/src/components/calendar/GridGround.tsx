import { useT } from '../../i18n';
import { wallOf, wallTime } from '../../lib/time';
import type { GridProps } from './CalendarGrid';
import { placed, rem } from './placed';
import type { Range } from './types';

/** Its words have no room for a margin. */
const SHORT_MINUTES = 45;

/** A little narrower than its column. */
const inset = <T extends { left: string; width: string }>(box: T): T => ({
  ...box,
  left: `calc(${box.left} + 2px)`,
  width: `calc(${box.width} - 4px)`,
});

/** What lies under the lessons: hours, what is outside them, blocks, and where the one in hand could go. */
export function Ground({ columns, zone, shown, blocks, open, spots, proposal, events }: GridProps) {
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
              className={`absolute overflow-hidden border-l-4 border-edge bg-sunken hatched ${block.item.isElsewhere ? 'border-dashed' : ''}`}
              style={box(block.column, block)}
            >
              <span
                className={`inline-block rounded-md bg-surface px-1.5 text-xs font-semibold ${block.to - block.from < SHORT_MINUTES ? 'leading-4' : 'm-1 leading-5'}`}
              >
                {block.item.label}{' '}
                <span className="font-normal whitespace-nowrap tabular-nums">
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

export function NowLine({ columns, zone, shown, now }: GridProps) {
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
