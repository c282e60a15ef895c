import { expect, it } from 'vitest';
import { changesOf, type Event } from './history';

const event = (version: number, data: Event['data']): Event => ({
  version,
  type: version === 1 ? 'booking_made' : 'booking_moved',
  at: '2026-03-01T12:00:00Z',
  actor: 'u2',
  data,
});
const nine = { start: '2026-03-11T09:00:00Z', end: '2026-03-11T10:00:00Z', instructor_id: 'asha' };

it('tells the first time as it was, and nothing of an event without one', () => {
  expect(changesOf([event(1, nine)], 0)).toEqual([{ what: 'time', after: `${nine.start} ${nine.end}` }]);
  expect(changesOf([event(1, {})], 0)).toEqual([]);
});

it('tells of a later event only what is different', () => {
  const events = [
    event(1, nine),
    event(2, { ...nine, instructor_id: 'ben', vehicle_id: 'v1' }),
    event(3, nine),
  ];
  expect(changesOf(events, 1)).toEqual([
    { what: 'instructor_id', before: 'asha', after: 'ben' },
    { what: 'vehicle_id', before: '', after: 'v1' },
  ]);
  expect(changesOf([events[0], events[0]] as Event[], 1)).toEqual([]);
});
