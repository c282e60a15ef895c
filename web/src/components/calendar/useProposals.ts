import { useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { clamp, snap, SNAP_MINUTES } from './layout';
import type { GridEvent, Placed, Proposal, Range } from './types';

const CLICK_PX = 4;
const EDGE_PX = 40;
const SCROLL_PX = 12;
const BARS_PX = 120;
/** The hours beside the columns, the names above them. */
const AXIS_PX = 56;

type Grab = { x: number; y: number; above: number; how: Proposal['how']; moved: boolean };

type Props = {
  body: RefObject<HTMLElement | null>;
  shown: Range;
  columns: number;
  /** The event that is being moved or resized, where it would go. */
  proposal: Proposal | undefined;
  onPropose: (proposal: Proposal | undefined) => void;
  onCommit: (proposal: Proposal) => void;
  onOpen: (id: string) => void;
};

const DAYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
const QUARTERS: Record<string, number> = { ArrowUp: -SNAP_MINUTES, ArrowDown: SNAP_MINUTES };

/**
 * A mouse drags at once. Keys propose while Alt is held, so that several steps are one change, and change when it is
 * let go; Escape forgets it. Touch taps only: a finger scrolls.
 */
export function useProposals({ body, shown, columns, proposal, onPropose, onCommit, onOpen }: Props) {
  const grab = useRef<Grab>(undefined);
  const wasDragged = useRef(false);
  // What was proposed last, also before it has been drawn.
  const latest = useRef<Proposal>(undefined);

  const propose = (next: Proposal | undefined) => {
    latest.current = next;
    onPropose(next);
  };
  const forget = () => {
    grab.current = undefined;
    if (latest.current) propose(undefined);
  };
  const commit = () => {
    const wanted = latest.current;
    grab.current = undefined;
    latest.current = undefined;
    if (wanted) onCommit(wanted);
  };

  const under = (event: PointerEvent) => {
    const box = body.current?.getBoundingClientRect() ?? new DOMRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const minute = shown.from + ((event.clientY - box.top) / box.height) * (shown.to - shown.from);
    return { column: clamp(column, 0, columns - 1), minute };
  };

  const dragged = (
    { item, ...at }: Placed<GridEvent>,
    event: PointerEvent,
    { how, above }: Grab,
  ): Proposal => {
    const { column, minute } = under(event);
    const length = at.to - at.from;
    if (how === 'resize') {
      const to = clamp(snap(minute), at.from + SNAP_MINUTES, shown.to);
      return { id: item.id, how, column: at.column, from: at.from, to };
    }
    const from = clamp(snap(minute - above), shown.from, shown.to - length);
    return { id: item.id, how, column, from, to: from + length };
  };

  const stepped = (placed: Placed<GridEvent>, key: string, isResize: boolean): Proposal | undefined => {
    const { item, ...at } = placed;
    const now: Proposal = latest.current ?? { ...at, id: item.id, how: 'move' };
    const length = now.to - now.from;
    const quarters = QUARTERS[key];
    if (isResize) {
      if (quarters === undefined) return undefined;
      const to = clamp(snap(now.to + quarters), now.from + SNAP_MINUTES, shown.to);
      return { ...now, how: 'resize', to };
    }
    const column = clamp(now.column + (DAYS[key] ?? 0), 0, columns - 1);
    const from =
      quarters === undefined ? now.from : clamp(snap(now.from + quarters), shown.from, shown.to - length);
    return { ...now, how: 'move', column, from, to: from + length };
  };

  return (placed: Placed<GridEvent>) => {
    const { item } = placed;
    return {
      onClick: () => {
        if (!wasDragged.current) onOpen(item.id);
        wasDragged.current = false;
      },
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        wasDragged.current = false;
        if (!item.movable || event.pointerType === 'touch' || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const how = (event.target as HTMLElement).dataset['edge'] ? 'resize' : 'move';
        const above = under(event).minute - placed.from;
        grab.current = { x: event.clientX, y: event.clientY, above, how, moved: false };
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const held = grab.current;
        if (!held) return;
        held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) >= CLICK_PX;
        if (!held.moved) return;
        wasDragged.current = true;
        scrollAtEdge(event, body.current?.closest('[data-scroller]'));
        const next = dragged(placed, event, held);
        const { current: last } = latest;
        if (last?.column !== next.column || last.from !== next.from || last.to !== next.to) propose(next);
      },
      onPointerUp: commit,
      onPointerCancel: forget,
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        if (event.key === 'Escape') forget();
        if (!event.altKey || !(event.key in DAYS || event.key in QUARTERS)) return;
        // Otherwise the browser goes back a page.
        event.preventDefault();
        const next = item.movable ? stepped(placed, event.key, event.shiftKey) : undefined;
        if (!next) return;
        propose(next);
        const { currentTarget: held } = event;
        requestAnimationFrame(() => {
          held.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        });
      },
      onKeyUp: (event: KeyboardEvent) => {
        if (event.key === 'Alt' && proposal) {
          event.preventDefault();
          commit();
        }
      },
      onBlur: forget,
    };
  };
}

/** So that a drag reaches what is out of sight: in the page, or in the frame that scrolls by itself. */
function scrollAtEdge({ clientX, clientY }: PointerEvent, scroller: Element | null | undefined) {
  const step = (at: number, from: number, to: number) =>
    at > to - EDGE_PX ? SCROLL_PX : at < from + EDGE_PX ? -SCROLL_PX : 0;
  if (!scroller) {
    scrollBy(0, step(clientY, BARS_PX, innerHeight));
    return;
  }
  const box = scroller.getBoundingClientRect();
  const sideways = step(clientX, box.left + AXIS_PX, box.right);
  scroller.scrollBy(sideways, step(clientY, box.top + AXIS_PX, Math.min(box.bottom, innerHeight)));
}
