import { onDate } from './layout';
import type { Column, Placed } from './types';

/** A quarter of an hour is 1 rem high. */
export const rem = (minutes: number): string => `${minutes / 15}rem`;

/** Each part on the columns that it belongs to. */
export function placed<T extends { start: string; end: string; owner?: string }>(
  items: T[],
  columns: Column[],
  zone: string,
): Placed<T>[] {
  return items.flatMap((item) =>
    columns.flatMap(({ date, owner }, column) => {
      const isHere = !owner || !item.owner || item.owner === owner;
      const span = isHere ? onDate(item.start, item.end, date, zone) : undefined;
      return span ? [{ item, column, ...span }] : [];
    }),
  );
}
