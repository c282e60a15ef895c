import type { Schema } from './api';

export type Event = Schema['Event'];
/** Of the first event nothing stood before. */
export type Change = { what: 'time' | 'instructor_id' | 'vehicle_id'; before?: string; after: string };

const textIn = (data: Event['data'], name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};
const timeIn = (data: Event['data']) => `${textIn(data, 'start')} ${textIn(data, 'end')}`;

/** Each event holds the whole new state: what changed is the difference to the one before. */
export function changesOf(events: Event[], index: number): Change[] {
  const now = events[index]?.data;
  const before = events[index - 1]?.data;
  if (!now) return [];
  if (!before) return timeIn(now).trim() === '' ? [] : [{ what: 'time', after: timeIn(now) }];
  const changes: Change[] = [];
  if (timeIn(now) !== timeIn(before))
    changes.push({ what: 'time', before: timeIn(before), after: timeIn(now) });
  for (const what of ['instructor_id', 'vehicle_id'] as const)
    if (textIn(now, what) !== textIn(before, what))
      changes.push({ what, before: textIn(before, what), after: textIn(now, what) });
  return changes;
}
