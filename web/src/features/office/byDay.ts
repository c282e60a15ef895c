/** Groups in the order of their first member. */
export function byDay<T>(items: T[], dayOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const day = dayOf(item);
    groups.set(day, [...(groups.get(day) ?? []), item]);
  }
  return [...groups];
}
