export const VIEWS = ['week', 'day', 'list'] as const;
export type View = (typeof VIEWS)[number];

export type WeekSearch = { from?: string | undefined; view?: View | undefined };

const isDate = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** What the address says; anything else in it is as if it were not there. */
export function readWeek(raw: Record<string, unknown>): WeekSearch {
  const { from } = raw;
  return { from: isDate(from) ? from : undefined, view: VIEWS.find((view) => view === raw['view']) };
}

export type BoardSearch = {
  date?: string | undefined;
  by?: 'vehicle' | undefined;
  /** The columns that are wanted, ids with commas between; without it all of them. */
  only?: string | undefined;
  /** Without who neither works nor has a lesson. */
  working?: true | undefined;
  /** The lesson that is open. */
  lesson?: string | undefined;
};

// A single id of digits comes as a number.
const text = (value: unknown) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

export function readBoard(raw: Record<string, unknown>): BoardSearch {
  const { date, only, lesson } = raw;
  return {
    date: isDate(date) ? date : undefined,
    by: raw['by'] === 'vehicle' ? 'vehicle' : undefined,
    only: text(only),
    lesson: text(lesson),
    working: raw['working'] === true ? true : undefined,
  };
}
