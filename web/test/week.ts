import { fireEvent, screen } from '@testing-library/react';
import { http } from 'msw';
import { vi } from 'vitest';
import type { Schema } from '../src/lib/api';
import { json, list, wire } from './wire';
import { booking, hours, instructor } from './world';

export const asked = booking({
  id: 'r1',
  status: 'requested',
  start: '2026-03-12T13:00:00Z',
  end: '2026-03-12T14:00:00Z',
  can: ['move', 'cancel', 'approve', 'refuse'],
});
export const given = booking({
  id: 'g1',
  start: '2026-03-09T06:00:00Z',
  end: '2026-03-09T06:45:00Z',
  can: ['move', 'cancel', 'outcome'],
});
export const moved = (change: Partial<Schema['Booking']>) =>
  booking({ version: 4, can: ['move', 'undo'], ...change });

export const free = (...starts: string[]): Schema['Availability'] => ({
  time_zone: 'Europe/London',
  version: '1',
  days: [],
  slots: starts.map((start) => ({ start, end: start })),
});
export const refusal = {
  rule: 'outside-hours' as const,
  message: 'The lesson does not lie within the hours.',
};

/** An instructor is signed in: a lesson this morning and on Wednesday, a request on Thursday, on Friday a closure. */
export function serveWeek({ isWide = true } = {}) {
  vi.stubGlobal('matchMedia', () => ({
    matches: isWide,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  const closure = {
    id: 'c1',
    name: 'Staff training',
    from: '2026-03-13',
    to: '2026-03-14',
    affected: [],
    version: 1,
  };
  wire.use(
    http.get('/api/v1/me', () => json(instructor)),
    http.get('/api/v1/instructors/asha/hours', () => json(hours)),
    http.get('/api/v1/instructors/asha/overrides', () => json({ items: [], version: 1 })),
    http.get('/api/v1/instructors/asha/time-off', () => list([])),
    http.get('/api/v1/closures', () => list([closure])),
    http.get('/api/v1/calendar/bookings', ({ request }) =>
      list(new URL(request.url).searchParams.has('status') ? [asked] : [booking(), asked, given]),
    ),
    http.get('/api/v1/calendar/availability', () =>
      json(free('2026-03-11T09:00:00Z', '2026-03-11T10:00:00Z', '2026-03-12T09:00:00Z')),
    ),
    http.get('/api/v1/calendar/explain', () => json({ bookable: false, refusals: [refusal] })),
  );
}

/** The button of the lesson on Wednesday. */
export const onGrid = () => screen.findByRole('button', { name: /^Jamie Learner 09:00 – 10:00/ });

export function answerMoves(...answers: (() => Response)[]) {
  const moves: unknown[] = [];
  wire.use(
    http.patch('/api/v1/calendar/bookings/b1', async ({ request }) => {
      moves.push([request.headers.get('If-Match'), await request.json()]);
      return (answers[Math.min(moves.length, answers.length) - 1] as () => Response)();
    }),
  );
  return moves;
}

/** With Alt held: what is pressed is one change when it is let go. */
export function press(button: HTMLElement, ...keys: string[]) {
  button.focus();
  for (const key of keys) {
    const [name = '', shift] = key.split('+').toReversed();
    fireEvent.keyDown(button, { key: name, altKey: true, shiftKey: shift === 'Shift' });
  }
}
export const letGo = (button: HTMLElement) => fireEvent.keyUp(button, { key: 'Alt' });
