import type { Schema } from '../../lib/api';
import { addDays } from '../../lib/time';

/** What the address of the page says: nothing means the next four weeks of everybody. */
export type Filter = {
  from?: string | undefined;
  to?: string | undefined;
  instructor?: string | undefined;
  learner?: string | undefined;
  status?: string | undefined;
};

export const STATUSES: Schema['Status'][] = [
  'requested',
  'booked',
  'delivered',
  'no_show',
  'cancelled',
  'refused',
];
const WEEKS_SHOWN = 4;

/** From the words of the page to those of the API: people say the last day, the API the first one after it. */
export function questionOf(filter: Filter, today: string) {
  const from = filter.from ?? today;
  const last = filter.to ?? addDays(from, 7 * WEEKS_SHOWN - 1);
  const status = STATUSES.find((each) => each === filter.status);
  return {
    from,
    to: addDays(last < from ? from : last, 1),
    ...(filter.instructor ? { instructor_id: filter.instructor } : {}),
    ...(filter.learner ? { learner_id: filter.learner } : {}),
    ...(status ? { status } : {}),
  };
}
export type Question = ReturnType<typeof questionOf>;
