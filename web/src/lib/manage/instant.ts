const WALL: Intl.DateTimeFormatOptions = {
  calendar: 'iso8601',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
};

/** "2026-03-29T10:00" on the school's clock at an instant. */
export function localAt(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-u-nu-latn', { ...WALL, timeZone: zone }).formatToParts(
    new Date(instant),
  );
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

const asUtc = (local: string) => Date.parse(`${local}:00Z`);
const text = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000', '');

/**
 * The instant at which the school's clock shows a time. Of an hour that the clocks repeat it is the first one; a time
 * that they skip is as much later as they skip.
 */
export function instantAt(local: string, zone: string): string {
  const wanted = asUtc(local);
  const offsetAt = (at: number) => asUtc(localAt(text(at), zone)) - at;
  // The offset of the day before and of the day after: one of them holds, both in most cases.
  const [before, after] = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)];
  const candidates = [wanted - before, wanted - after].map(text);
  return candidates.find((instant) => localAt(instant, zone) === local) ?? text(wanted - before);
}
