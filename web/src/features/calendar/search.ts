export const VIEWS = ['week', 'day', 'list'] as const;
export type View = (typeof VIEWS)[number];

export type WeekSearch = { from?: string | undefined; view?: View | undefined };

/** What the address says; anything else in it is as if it were not there. */
export function readWeek(raw: Record<string, unknown>): WeekSearch {
  const from = raw['from'];
  const isDate =
    typeof from === 'string' && /^\d{4}-\d\d-\d\d$/.test(from) && !Number.isNaN(Date.parse(from));
  return { from: isDate ? from : undefined, view: VIEWS.find((view) => view === raw['view']) };
}
