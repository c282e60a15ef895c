import { onDate } from '../../components/calendar/layout';
import type { Block, GridEvent, Range } from '../../components/calendar/types';

export type Entry =
  | { kind: 'lesson'; from: number; to: number; lesson: GridEvent }
  | { kind: 'block'; from: number; to: number; block: Block }
  | { kind: 'free'; from: number; to: number };

const SHORTEST_GAP = 15;

/** What is left of a range when the taken parts are gone. */
function without(range: Range, taken: Range[]): Range[] {
  return taken.reduce<Range[]>(
    (left, { from, to }) =>
      left.flatMap((part) =>
        to <= part.from || from >= part.to
          ? [part]
          : [
              { from: part.from, to: from },
              { from: to, to: part.to },
            ].filter((rest) => rest.to > rest.from),
      ),
    [range],
  );
}

/** A day in the order in which it comes: lessons, what stands in the way, and the gaps of the working hours. */
export function agenda(
  date: string,
  zone: string,
  open: Range[],
  lessons: GridEvent[],
  blocks: Block[],
): Entry[] {
  const given = lessons.flatMap((lesson): Entry[] => {
    const span = onDate(lesson.start, lesson.end, date, zone);
    return span ? [{ kind: 'lesson', lesson, ...span }] : [];
  });
  const blocked = blocks.flatMap((block): Entry[] => {
    const span = onDate(block.start, block.end, date, zone);
    return span ? [{ kind: 'block', block, ...span }] : [];
  });
  const taken = [
    ...given.map((entry) =>
      entry.kind === 'lesson'
        ? { from: entry.from - entry.lesson.before, to: entry.to + entry.lesson.after }
        : entry,
    ),
    ...blocked,
  ];
  const free = open
    .flatMap((range) => without(range, taken))
    .filter(({ from, to }) => to - from >= SHORTEST_GAP)
    .map(({ from, to }): Entry => ({ kind: 'free', from, to }));
  return [...given, ...blocked, ...free].toSorted((a, b) => a.from - b.from || a.to - b.to);
}
