export type Shape = {
  length_minutes: number;
  step_minutes: number;
  buffer_before_minutes: number;
  buffer_after_minutes: number;
};
export type Part = { kind: 'lesson' | 'before' | 'after' | 'grid'; start: number; minutes: number };
export type Day = { parts: Part[]; lessons: number; keptFree: number; lostToGrid: number };

export const OPENS = 9 * 60;
export const CLOSES = 17 * 60;

/**
 * A day from 09:00 to 17:00 with one lesson after the other, each as early as the rules let it: starts lie on the grid
 * from the opening on, what one lesson keeps after it and the next before it both count, and buffers may reach over the
 * edges of the day (docs/rules.md, off-grid and buffer). Minutes since midnight.
 */
export function exampleDay(shape: Shape): Day {
  const { length_minutes: length, step_minutes: step } = shape;
  const { buffer_before_minutes: before, buffer_after_minutes: after } = shape;
  const day: Day = { parts: [], lessons: 0, keptFree: 0, lostToGrid: 0 };
  const add = (kind: Part['kind'], start: number, minutes: number) => {
    if (minutes > 0) day.parts.push({ kind, start, minutes });
  };
  let end: number | undefined;
  for (let start = OPENS; start + length <= CLOSES && length > 0 && step > 0;) {
    if (end !== undefined) {
      const waits = start - before - (end + after);
      add('after', end, after);
      add('grid', end + after, waits);
      add('before', start - before, before);
      day.keptFree += after + before;
      day.lostToGrid += waits;
    }
    add('lesson', start, length);
    ++day.lessons;
    end = start + length;
    start = OPENS + Math.ceil((end + after + before - OPENS) / step) * step;
  }
  return day;
}
