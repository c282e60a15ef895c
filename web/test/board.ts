import { screen } from '@testing-library/react';
import { http } from 'msw';
import type { Schema } from '../src/lib/api';
import { addDays } from '../src/lib/time';
import { free, serveWeek } from './week';
import { json, list, wire } from './wire';
import { admin, booking } from './world';

export const URL_OF_DAY = '/board?date=2026-03-11';
export const of = (request: Request, name: string) => new URL(request.url).searchParams.get(name);
const fiesta: Schema['Vehicle'] = {
  id: 'v1',
  name: 'Ford Fiesta',
  transmission: 'manual',
  turnaround_minutes: 15,
  driver_ids: ['asha', 'ben'],
  active: true,
  version: 1,
};

/** Both work every day, and Ben is away on Wednesday afternoon. */
export function workingTimes(from: string): Schema['WorkingTimes'] {
  const ranges = [
    { start: '08:00', end: '12:00' },
    { start: '12:45', end: '17:00' },
  ];
  const open = Array.from({ length: 7 }, (_, index) => ({ date: addDays(from, index), ranges }));
  const away = {
    id: 'o1',
    start: '2026-03-11T15:00:00Z',
    end: '2026-03-11T17:00:00Z',
    title: '',
    version: 1,
  };
  return {
    time_zone: 'Europe/London',
    items: ['asha', 'ben'].map((instructor_id) => ({
      ...{ instructor_id, version: 1, has_weekly_hours: true, open },
      time_off: instructor_id === 'ben' ? [away] : [],
    })),
  };
}

/** The office is signed in: Asha teaches at nine, Ben at ten. */
export function serveBoard(options?: { isWide: boolean }) {
  serveWeek(options);
  wire.use(
    http.get('/api/v1/me', () => json(admin)),
    http.get('/api/v1/vehicles', () => list([fiesta, { ...fiesta, id: 'v2', name: 'Mini' }])),
    http.get('/api/v1/calendar/working-time', ({ request }) => json(workingTimes(of(request, 'from') ?? ''))),
    http.get('/api/v1/calendar/bookings', ({ request }) =>
      list(
        of(request, 'status')
          ? []
          : [
              booking({ vehicle_id: 'v1' }),
              booking({
                id: 'b2',
                instructor_id: 'ben',
                vehicle_id: null,
                start: '2026-03-11T10:00:00Z',
                end: '2026-03-11T11:00:00Z',
              }),
            ],
      ),
    ),
    http.get('/api/v1/calendar/availability', ({ request }) =>
      json(
        of(request, 'instructor_id') === 'ben'
          ? free('2026-03-11T09:00:00Z', '2026-03-11T14:00:00Z')
          : free('2026-03-11T09:00:00Z', '2026-03-11T13:00:00Z'),
      ),
    ),
  );
}

export const lesson = () => screen.findByRole('button', { name: /^Jamie Learner 09:00 – 10:00/ });
