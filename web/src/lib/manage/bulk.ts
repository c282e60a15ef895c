import { api, body } from '../api';
import type { Booking, LessonType, Slot } from '../queries';
import { STRIP_DAYS } from '../slots';
import { addDays, addMinutes, dateAt, todayIn } from '../time';

/** Where a lesson could go, of those that have been given away already none. */
export type Proposal = { booking: Booking; slot: Slot };
/** A time that an earlier proposal holds: nobody is in two cars, and between two lessons of one lie the buffers. */
type Held = { start: string; end: string; instructor: string; learner: string };

const overlaps = (a: { start: string; end: string }, b: { start: string; end: string }) =>
  Date.parse(a.start) < Date.parse(b.end) && Date.parse(b.start) < Date.parse(a.end);

/** The first of the times after the old one that leaves alone what is held. */
export const firstFor = (booking: Booking, slots: Slot[], held: Held[]): Slot | undefined =>
  slots.find(
    (slot) =>
      Date.parse(slot.start) > Date.parse(booking.start) &&
      !held.some(
        (each) =>
          (each.instructor === booking.instructor_id || each.learner === booking.learner_id) &&
          overlaps(each, slot),
      ),
  );

const heldBy = ({ booking, slot }: Proposal, type: LessonType | undefined): Held => {
  const buffer = (type?.buffer_before_minutes ?? 0) + (type?.buffer_after_minutes ?? 0);
  return {
    start: addMinutes(slot.start, -buffer),
    end: addMinutes(slot.end, buffer),
    instructor: booking.instructor_id,
    learner: booking.learner_id,
  };
};

/** The next time of the same instructor for each lesson, one after the other; those without one are left out. */
export async function proposeTimes(bookings: Booking[], types: LessonType[], now: Date) {
  const proposals: Proposal[] = [];
  const held: Held[] = [];
  for (const booking of bookings) {
    const type = types.find(({ id }) => id === booking.lesson_type_id);
    const today = todayIn(booking.zone, now);
    const oldDay = dateAt(booking.start, booking.zone);
    const last = addDays(today, type?.horizon_days ?? STRIP_DAYS);
    let slot: Slot | undefined;
    for (
      let from = oldDay > today ? oldDay : today;
      !slot && from <= last;
      from = addDays(from, STRIP_DAYS)
    ) {
      const query = {
        lesson_type_id: booking.lesson_type_id,
        instructor_id: booking.instructor_id,
        learner_id: booking.learner_id,
        booking_id: booking.id,
        from,
        to: addDays(from, STRIP_DAYS),
      };
      const { slots } = await body(api.GET('/api/v1/calendar/availability', { params: { query } }));
      slot = firstFor(booking, slots, held);
    }
    if (!slot) continue;
    proposals.push({ booking, slot });
    held.push(heldBy({ booking, slot }, type));
  }
  return proposals;
}

const condition = (booking: Booking) => ({
  path: { id: booking.id },
  header: { 'If-Match': `"${booking.version}"` },
});

export const moveTo = ({ booking, slot }: Proposal) =>
  body(
    api.PATCH('/api/v1/calendar/bookings/{id}', { params: condition(booking), body: { start: slot.start } }),
  );

export const cancelOne = (booking: Booking, reason: string) =>
  body(
    api.POST('/api/v1/calendar/bookings/{id}/cancellation', {
      params: condition(booking),
      body: reason ? { reason } : {},
    }),
  );
