import type { Translate } from '../../i18n';
import type { Constraint } from './findings';

/** A rule as a sentence: "At most 2 lessons a day" or "Off". */
export const sentence = (item: Constraint | undefined, t: Translate): string =>
  item?.enabled
    ? [
        t(`rules.says.${item.rule}`, { value: item.value, pause: item.break_minutes ?? 0 }),
        item.message && `“${item.message}”`,
      ]
        .filter(Boolean)
        .join(' ')
    : t('rules.off');
