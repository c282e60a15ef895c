import type { Preview } from './usePreview';

type Lesson = Omit<Preview['bookings'][number], 'rule'> & { rules: Preview['bookings'][number]['rule'][] };

/** The answer has an entry for each rule; people think in lessons. In the order of the answer. */
export function lessonsOf({ bookings }: Pick<Preview, 'bookings'>): Lesson[] {
  const lessons = new Map<string, Lesson>();
  for (const { rule, ...lesson } of bookings) {
    const known = lessons.get(lesson.id);
    if (known) known.rules.push(rule);
    else lessons.set(lesson.id, { ...lesson, rules: [rule] });
  }
  return [...lessons.values()];
}

/** Free times of all instructors together, as things are and as they would be. */
export const totalOf = ({ instructors }: Pick<Preview, 'instructors'>) =>
  instructors.reduce((sum, each) => ({ before: sum.before + each.before, after: sum.after + each.after }), {
    before: 0,
    after: 0,
  });
