import type { Schema } from '../../lib/api';

export type Constraint = Schema['Constraint'];
export type RuleName = Constraint['rule'];
export const RULES: RuleName[] = [
  'learner-daily-maximum',
  'learner-weekly-maximum',
  'open-bookings',
  'instructor-daily-minutes',
  'break',
];

/** What is odd about the rules taken together: `words` is the id of a sentence, about one rule of one scope. */
export type Finding = {
  kind: 'conflict' | 'pointless';
  words: string;
  rule: RuleName;
  /** The instructor; undefined is the school. */
  instructor: string | undefined;
  values: Record<string, unknown>;
};

type World = {
  /** Minutes of the longest lesson that can be booked; 0 while there is none. */
  longestLesson: number;
  instructors: { id: string; active: boolean }[];
};

export const scopeOf = (item: Constraint): string | undefined =>
  item.scope.kind === 'instructor' ? item.scope.id : undefined;

export const findItem = (items: Constraint[], rule: RuleName, instructor?: string): Constraint | undefined =>
  items.find((item) => item.rule === rule && scopeOf(item) === instructor);

/** The one that counts: an instructor's own beats the school's, also where it switches the rule off. */
const inForce = (items: Constraint[], rule: RuleName, instructor: string | undefined) => {
  const item = (instructor && findItem(items, rule, instructor)) ?? findItem(items, rule);
  return item && item.enabled ? item : undefined;
};

const sameSetting = (a: Constraint, b: Constraint) =>
  a.enabled === b.enabled &&
  (!a.enabled ||
    (a.value === b.value && a.break_minutes === b.break_minutes && (a.message ?? '') === (b.message ?? '')));

function amongRules(items: Constraint[], instructor: string | undefined, world: World): Finding[] {
  const found: Finding[] = [];
  const of = (rule: RuleName) => inForce(items, rule, instructor);
  const day = of('learner-daily-maximum');
  const week = of('learner-weekly-maximum');
  const open = of('open-bookings');
  const minutes = of('instructor-daily-minutes');
  const pause = of('break');
  const add = (kind: Finding['kind'], words: string, rule: RuleName, values: Finding['values']) =>
    found.push({ kind, words, rule, instructor, values });

  if (day && week && week.value < day.value)
    add('conflict', 'weekBelowDay', 'learner-weekly-maximum', { week: week.value, day: day.value });
  if (day && week && week.value >= 7 * day.value)
    add('pointless', 'weekNeverReached', 'learner-weekly-maximum', { week: week.value, most: 7 * day.value });
  if (day && open && open.value < day.value)
    add('conflict', 'openBelowDay', 'open-bookings', { open: open.value, day: day.value });
  else if (week && open && open.value < week.value)
    add('conflict', 'openBelowWeek', 'open-bookings', { open: open.value, week: week.value });
  for (const limit of [minutes, pause])
    if (limit && limit.value < world.longestLesson)
      add('conflict', 'shorterThanLesson', limit.rule, { limit: limit.value, lesson: world.longestLesson });
  if (minutes && pause && pause.value >= minutes.value)
    add('pointless', 'breakNeverReached', 'break', { before: pause.value, day: minutes.value });
  if (minutes && minutes.value >= 1440)
    add('pointless', 'longerThanDay', 'instructor-daily-minutes', { minutes: minutes.value });
  return found;
}

/** Combinations that refuse what another rule allows, and settings that change nothing. */
export function findings(items: Constraint[], world: World): Finding[] {
  const school = amongRules(items, undefined, world);
  const scopes = [...new Set(items.map(scopeOf).filter((scope) => scope !== undefined))];
  const own = scopes.flatMap((instructor) => {
    const mine = items.filter((item) => scopeOf(item) === instructor);
    // What the school's own rules say already is not said again for each instructor.
    const added = amongRules(items, instructor, world).filter(
      (finding) =>
        !school.some(
          (other) =>
            other.words === finding.words && JSON.stringify(other.values) === JSON.stringify(finding.values),
        ),
    );
    const needless = mine.flatMap((item): Finding[] => {
      const person = world.instructors.find((each) => each.id === instructor);
      const common = findItem(items, item.rule);
      const base = { kind: 'pointless' as const, rule: item.rule, instructor, values: {} };
      if (person && !person.active) return [{ ...base, words: 'instructorInactive' }];
      if (!item.enabled && !common?.enabled) return [{ ...base, words: 'offAnyway' }];
      if (common && sameSetting(item, common)) return [{ ...base, words: 'sameAsSchool' }];
      return [];
    });
    return [...added, ...needless];
  });
  return [...school, ...own];
}
