import type { GridEvent, Placed } from './types';

const FORWARD = ['ArrowDown', 'ArrowRight'];

/** The event that an arrow key leads to: up and down by time, left and right to the nearest of another column. */
export function nextTo(
  from: Placed<GridEvent>,
  inOrder: Placed<GridEvent>[],
  key: string,
): Placed<GridEvent> | undefined {
  const index = inOrder.findIndex(({ item }) => item.id === from.item.id);
  if (key === 'ArrowDown' || key === 'ArrowUp') return inOrder[key === 'ArrowDown' ? index + 1 : index - 1];
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const side = FORWARD.includes(key) ? 1 : -1;
  const beyond = inOrder.filter((event) => (event.column - from.column) * side > 0);
  const nearest = Math.min(...beyond.map((event) => Math.abs(event.column - from.column)));
  return beyond
    .filter((event) => Math.abs(event.column - from.column) === nearest)
    .toSorted((a, b) => Math.abs(a.from - from.from) - Math.abs(b.from - from.from))[0];
}
