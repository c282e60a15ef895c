import type { Range } from '../../../components/calendar/types';
import type { BoardSearch } from '../search';

type Filter = Pick<BoardSearch, 'only' | 'working'>;
type Owned = { owner: string; lessons: number };

/** The columns that were asked for, and who of them has anything to do. Names that are gone are as if not there. */
export function chosen<T extends Owned>(
  columns: T[],
  { only, working }: Filter,
  open: (column: T) => Range[],
): T[] {
  const wanted = only?.split(',') ?? [];
  const known = columns.filter(({ owner }) => wanted.includes(owner));
  return (known.length > 0 ? known : columns).filter(
    (column) => !working || column.lessons > 0 || open(column).length > 0,
  );
}

/** The filter with one column more or less; all of them is no filter. */
export function toggled(columns: Owned[], only: string | undefined, owner: string): string | undefined {
  const all = columns.map((column) => column.owner);
  const before = (only?.split(',') ?? all).filter((each) => all.includes(each));
  const wanted = before.includes(owner) ? before.filter((each) => each !== owner) : [...before, owner];
  return wanted.length === 0 || wanted.length === all.length ? undefined : wanted.join(',');
}
