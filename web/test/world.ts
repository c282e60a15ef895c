import type { Schema } from '../src/lib/api';

// Monday 9 March 2026, 07:00 in London. The school is in London, the machine in Auckland (see vite.config.ts).
export const NOW = new Date('2026-03-09T07:00:00Z');
export const ZONE = 'Europe/London';

const price = (amount: number) => ({ amount_minor: amount, currency: 'GBP' });

export const lessonType = (change: Partial<Schema['LessonType']> = {}): Schema['LessonType'] => ({
  id: 'standard',
  name: 'Standard lesson',
  length_minutes: 60,
  step_minutes: 30,
  buffer_before_minutes: 0,
  buffer_after_minutes: 15,
  notice_book_minutes: 300,
  notice_move_minutes: 1440,
  notice_cancel_minutes: 2880,
  horizon_days: 60,
  price: price(3800),
  transmission: 'manual',
  needs_vehicle: true,
  active: true,
  version: 1,
  ...change,
});

export const lessonTypes = [
  lessonType(),
  lessonType({ id: 'double', name: 'Double lesson', length_minutes: 120, price: price(7200) }),
];

export const instructors: Schema['Instructor'][] = [
  { id: 'asha', name: 'Asha Patel', languages: [], areas: [], active: true, version: 1 },
  { id: 'ben', name: 'Ben Carter', languages: [], areas: [], active: true, version: 1 },
  { id: 'carl', name: 'Carl Retired', languages: [], areas: [], active: false, version: 2 },
];

export const places: Schema['Place'][] = [
  { id: 'home', text: '12 Mill Lane', postcode: 'RB1 2AB' },
  { id: 'station', text: 'Riverside Station', postcode: '' },
];

export const learner: Schema['Me'] = {
  id: 'u1',
  role: 'learner',
  name: 'Jamie Learner',
  email: 'learner@demo.test',
  learner_id: 'jamie',
  school: {
    id: 's1',
    slug: 'riverside',
    name: 'Riverside Driving School',
    time_zone: ZONE,
    currency: 'GBP',
    colour: '',
  },
};
export const admin: Schema['Me'] = {
  ...learner,
  id: 'u2',
  role: 'admin',
  name: 'Alex Admin',
  email: 'admin@demo.test',
};

export const booking = (change: Partial<Schema['Booking']> = {}): Schema['Booking'] => ({
  id: 'b1',
  version: 3,
  status: 'booked',
  start: '2026-03-11T09:00:00Z',
  end: '2026-03-11T10:00:00Z',
  local_start: '2026-03-11T09:00:00',
  zone: ZONE,
  lesson_type_id: 'standard',
  instructor_id: 'asha',
  learner_id: 'jamie',
  vehicle_id: null,
  pickup: 'home',
  dropoff: null,
  price: price(3800),
  cancel_free_until: '2026-03-09T09:00:00Z',
  can: ['move', 'cancel'],
  created_at: '2026-03-01T12:00:00Z',
  ...change,
});

const DAY_MS = 86_400_000;

/** Free at 09:00, 13:30 and 18:00 UTC from the third day of the window on, Sundays full. */
export function availability(from: string, to: string): Schema['Availability'] {
  const days: Schema['DayCount'][] = [];
  const slots: Schema['Slot'][] = [];
  for (let at = Date.parse(from), index = 0; at < Date.parse(to); at += DAY_MS, ++index) {
    const date = new Date(at).toISOString().slice(0, 10);
    const times = index < 2 || new Date(at).getUTCDay() === 0 ? [] : ['09:00', '13:30', '18:00'];
    days.push({ date, count: times.length });
    for (const time of times) {
      const start = `${date}T${time}:00Z`;
      const end = new Date(Date.parse(start) + 3_600_000).toISOString().replace('.000', '');
      slots.push({ start, end, instructors: 2 });
    }
  }
  return { time_zone: ZONE, version: '1', days, slots };
}

export const instructor: Schema['Me'] = {
  ...learner,
  id: 'asha',
  role: 'instructor',
  name: 'Asha Patel',
  email: 'instructor@demo.test',
  instructor_id: 'asha',
};

/** Monday to Friday, 08:00 to 12:00 and 12:45 to 17:00. */
export const hours: Schema['Hours'] = {
  version: 1,
  items: [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, start: '08:00', end: '12:00' },
    { weekday, start: '12:45', end: '17:00' },
  ]),
};
