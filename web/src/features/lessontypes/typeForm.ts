import type { FieldGroup } from '../../components/manage/Form';
import { useT } from '../../i18n';

const YEAR_MINUTES = 525_600;

/** What most lessons are like. */
const startsWith = (currency: string) => ({
  name: '',
  length_minutes: 60,
  step_minutes: 30,
  price: { amount_minor: 0, currency },
  transmission: 'manual',
  notice_book_minutes: 300,
  notice_move_minutes: 2880,
  notice_cancel_minutes: 2880,
  horizon_days: 75,
  needs_vehicle: true,
  active: true,
});

/** What is asked for a lesson type; its buffers have a page of their own, with a picture. */
export function useTypeForm(currency: string): { groups: FieldGroup[]; initial: Record<string, unknown> } {
  const t = useT();
  const notice = (name: 'book' | 'move' | 'cancel') => ({
    kind: 'duration' as const,
    name: `notice_${name}_minutes`,
    label: t(`types.notice.${name}`),
    max: YEAR_MINUTES,
  });
  const minutes = (name: string, label: string) => ({
    kind: 'number' as const,
    name,
    label,
    unit: t('unit.minutes'),
    min: 5,
    max: 1440,
    step: 5,
  });
  const groups: FieldGroup[] = [
    {
      fields: [
        { kind: 'text', name: 'name', label: t('field.name'), wide: true },
        minutes('length_minutes', t('types.length')),
        minutes('step_minutes', t('types.step')),
        { kind: 'money', name: 'price', label: t('types.price'), currency },
        {
          kind: 'choice',
          name: 'transmission',
          label: t('types.transmission'),
          options: ['manual', 'automatic', 'any'].map((value) => ({
            value,
            label: t(`transmission.${value}`),
          })),
        },
      ],
    },
    {
      legend: t('types.notices'),
      hint: t('types.notices.hint'),
      fields: [
        notice('book'),
        notice('move'),
        notice('cancel'),
        {
          kind: 'number',
          name: 'horizon_days',
          label: t('types.horizon'),
          unit: t('unit.days'),
          min: 1,
          max: 730,
          step: 1,
        },
      ],
    },
    {
      fields: [
        {
          kind: 'yes',
          name: 'needs_vehicle',
          label: t('types.needsVehicle'),
          hint: t('types.needsVehicle.hint'),
        },
        { kind: 'yes', name: 'active', label: t('types.active'), hint: t('types.active.hint') },
      ],
    },
  ];
  return { groups, initial: startsWith(currency) };
}
