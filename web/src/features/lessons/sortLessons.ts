import type { Booking } from '../../lib/queries';

const ALIVE = ['booked', 'requested'];

/** The next lesson, those after it, and all others with the latest first. */
export function sortLessons(bookings: Booking[], now: Date) {
  const isAhead = (booking: Booking) =>
    ALIVE.includes(booking.status) && Date.parse(booking.end) > now.getTime();
  const ahead = bookings.filter(isAhead).toSorted((a, b) => a.start.localeCompare(b.start));
  const past = bookings
    .filter((booking) => !isAhead(booking))
    .toSorted((a, b) => b.start.localeCompare(a.start));
  return { next: ahead[0], upcoming: ahead.slice(1), past };
}
