// The demo's instructor over the API: which lessons there are, and what others do meanwhile.
import { signIn } from './server.mjs';

const MINUTES = 60_000;
const dateOf = (offsetDays) => new Date(Date.now() + offsetDays * 1440 * MINUTES).toISOString().slice(0, 10);

export async function teacher(base) {
  const as = async (email) => {
    const headers = {
      Authorization: `Bearer ${await signIn(base, email)}`,
      'Content-Type': 'application/json',
    };
    return async (method, path, body, more = {}) => {
      const answer = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: { ...headers, ...more },
        body: body && JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return { etag: answer.headers.get('etag'), body: await answer.json() };
    };
  };
  const own = await as('instructor@demo.test');
  const me = (await own('GET', '/me')).body;
  const window = `from=${dateOf(1)}&to=${dateOf(15)}`;
  const { items } = (await own('GET', `/calendar/bookings?limit=200&${window}`)).body;
  const lessons = items.filter((booking) => booking.status === 'booked');
  const spotsOf = async (booking) =>
    (
      await own(
        'GET',
        `/calendar/availability?${window}&lesson_type_id=${booking.lesson_type_id}&instructor_id=${me.instructor_id}&booking_id=${booking.id}`,
      )
    ).body.slots;
  const monday = (date) => {
    const day = new Date(`${date}T12:00:00Z`);
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
    return day.toISOString().slice(0, 10);
  };
  return {
    lessons,
    /** The last lesson that could be booked again where it stands: other journeys change hours. */
    async restorable() {
      for (const booking of lessons.toReversed())
        if ((await spotsOf(booking)).some(({ start }) => start === booking.start)) return booking;
      throw new Error('no lesson could be booked again where it stands');
    },
    /** A lesson that may go to another day of its week, and how many steps away that is. */
    async movable() {
      const days = new Map();
      const wall = (instant) =>
        new Date(instant).toLocaleString('sv-SE', { timeZone: 'Europe/London' }).replace(' ', 'T');
      for (const booking of lessons) {
        const spots = await spotsOf(booking);
        const from = booking.local_start;
        const spot = spots.find(({ start }) => {
          const to = wall(start);
          return (
            monday(to.slice(0, 10)) === monday(from.slice(0, 10)) &&
            to.slice(0, 10) !== from.slice(0, 10) &&
            start !== booking.start
          );
        });
        if (!spot) continue;
        const to = wall(spot.start);
        const step = (Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / (1440 * MINUTES);
        const minutes =
          (Date.parse(`2000-01-01T${to.slice(11)}Z`) - Date.parse(`2000-01-01T${from.slice(11)}Z`)) / MINUTES;
        days.set(booking.id, step);
        return { booking, days: step, quarters: minutes / 15 };
      }
      throw new Error('no lesson can be moved within its week');
    },
    /** A change by the office that nobody sees but in the version. */
    async touch(booking) {
      const admin = await as('admin@demo.test');
      const { etag } = await admin('GET', `/calendar/bookings/${booking.id}`);
      await admin(
        'PATCH',
        `/calendar/bookings/${booking.id}`,
        { note: 'Bring the licence' },
        { 'If-Match': etag },
      );
    },
    /** A learner asks where the school answers. */
    async request() {
      const admin = await as('admin@demo.test');
      const school = await admin('GET', '/school');
      await admin('PATCH', '/school', { approval: true }, { 'If-Match': school.etag });
      const learner = await as('learner@demo.test');
      const type = (await learner('GET', '/lesson-types')).body.items.find(
        (each) => each.transmission === 'manual',
      );
      const { slots } = (
        await learner(
          'GET',
          `/calendar/availability?${window}&lesson_type_id=${type.id}&instructor_id=${me.instructor_id}`,
        )
      ).body;
      const { body } = await learner(
        'POST',
        '/calendar/bookings',
        { lesson_type_id: type.id, start: slots.at(-1).start, instructor_id: me.instructor_id },
        { 'Idempotency-Key': `request-${Date.now()}` },
      );
      const again = await admin('GET', '/school');
      await admin('PATCH', '/school', { approval: false }, { 'If-Match': again.etag });
      return body;
    },
  };
}
