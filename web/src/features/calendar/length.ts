import type { Translate } from '../../i18n';

/** "45 min", "2 h", "4 h 15 min". */
export function lengthWords(minutes: number, t: Translate): string {
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return t('length.minutes', { minutes });
  const rest = minutes % 60;
  return rest === 0 ? t('length.hours', { hours }) : t('length.both', { hours, minutes: rest });
}
