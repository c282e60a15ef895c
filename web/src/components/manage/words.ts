import type { Translate } from '../../i18n';
import { inUnits, type FieldSpec, type Money } from '../../lib/manage/fields';
import { price } from '../../lib/money';
import { shortDate } from '../../lib/time';

/** "5 hours", "2 days", "45 min". */
export function lengthWords(minutes: number, t: Translate): string {
  const { amount, unit } = inUnits(minutes);
  return t(`span.${unit}`, { count: amount });
}

/** A value of a field as a person would say it. */
export function valueWords(field: FieldSpec, value: unknown, t: Translate): string {
  switch (field.kind) {
    case 'yes':
      return t(value ? 'yes' : 'no');
    case 'duration':
      return lengthWords(value as number, t);
    case 'money':
      return price(value as Money);
    case 'choice':
      return field.options.find((option) => option.value === value)?.label ?? String(value);
    case 'many':
      return (
        field.options
          .filter((option) => (value as string[]).includes(option.value))
          .map((option) => option.label)
          .join(', ') || t('nobody')
      );
    case 'tags':
      return ((value ?? []) as string[]).map((tag) => field.labelOf?.(tag) ?? tag).join(', ') || t('empty');
    case 'number':
      return `${String(value)} ${field.unit}`;
    case 'date':
      return value ? shortDate(value as string) : t('empty');
    default:
      return ((value ?? '') as string) || t('empty');
  }
}
