import { queryOptions, useQuery } from '@tanstack/react-query';
import { Page } from '../../components/Page';
import { EditForm } from '../../components/manage/EditForm';
import type { FieldGroup } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import type { Values } from '../../lib/manage/fields';

type School = Schema['School'];

// One school: read and changed like an item of a list, never added or removed.
const school = {
  name: 'school',
  get: () => body(api.GET('/api/v1/school', {})),
  change: (over: { version: number }, patch: Schema['SchoolPatch']) =>
    body(
      api.PATCH('/api/v1/school', {
        params: { header: { 'If-Match': `"${over.version}"` } },
        body: patch,
      }),
    ),
};
const schoolQuery = queryOptions({ queryKey: [school.name], queryFn: school.get });

const zones = (current: string): string[] => {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes(current) ? known : [current, ...known];
};

function useGroups(saved: School): FieldGroup[] {
  const t = useT();
  return [
    {
      fields: [
        { kind: 'text', name: 'name', label: t('school.name'), hint: t('school.name.hint'), wide: true },
        {
          kind: 'choice',
          name: 'time_zone',
          label: t('school.zone'),
          hint: t('school.zone.hint'),
          options: zones(saved.time_zone).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
        },
        {
          kind: 'text',
          name: 'currency',
          label: t('school.currency'),
          hint: t('school.currency.hint'),
          maxLength: 3,
        },
        {
          kind: 'yes',
          name: 'registration',
          label: t('school.registration'),
          hint: t('school.registration.hint'),
          wide: true,
        },
        {
          kind: 'yes',
          name: 'guests',
          label: t('school.guests'),
          hint: t('school.guests.hint'),
          wide: true,
        },
        {
          kind: 'yes',
          name: 'approval',
          label: t('school.approval'),
          hint: t('school.approval.hint'),
          wide: true,
        },
        {
          kind: 'yes',
          name: 'second_factor_required',
          label: t('school.factor'),
          hint: t('school.factor.hint'),
          wide: true,
        },
        {
          kind: 'number',
          name: 'audit_months',
          label: t('school.audit'),
          unit: t('school.audit.unit'),
          min: 1,
          max: 120,
          step: 1,
          hint: t('school.audit.hint'),
        },
        {
          kind: 'number',
          name: 'calendar_check_minutes',
          label: t('school.calendar_check'),
          unit: t('school.calendar_check.unit'),
          min: 0,
          max: 1440,
          step: 1,
          hint: t('school.calendar_check.hint'),
        },
      ],
    },
    {
      legend: t('school.consent'),
      hint: t('school.consent.hint'),
      fields: [
        {
          kind: 'yes',
          name: 'guardian_consent_required',
          label: t('school.consent.required'),
          hint: t('school.consent.required.hint'),
          wide: true,
        },
        {
          kind: 'paragraphs',
          name: 'guardian_consent_text',
          label: t('school.consent.text'),
          maxLength: 4000,
          wide: true,
        },
      ],
    },
    {
      legend: t('school.reminders'),
      hint: t('school.reminders.hint'),
      fields: REMINDERS.map((at) => ({
        kind: 'duration' as const,
        name: `reminders/${at}`,
        label: t('school.reminder', { number: at + 1 }),
        max: 10_080,
      })),
    },
    {
      legend: t('school.look'),
      fields: [{ kind: 'colour', name: 'colour', label: t('school.colour'), hint: t('school.colour.hint') }],
    },
    {
      legend: t('school.words'),
      hint: t('school.words.hint'),
      fields: OCCASIONS.map((occasion) => ({
        kind: 'words' as const,
        name: `notice_texts/${occasion}`,
        label: t(`school.words.${occasion}`),
        wide: true,
      })),
    },
  ];
}

// Fields of a form are flat, and named as the API points at them.
const REMINDERS = [0, 1, 2];
const OCCASIONS = ['requested', 'confirmed', 'moved', 'cancelled', 'refused', 'lapsed', 'reminder'] as const;

const toValues = (saved: School): Values => ({
  ...saved,
  ...Object.fromEntries(REMINDERS.map((at) => [`reminders/${at}`, saved.reminders[at] ?? 0])),
  ...Object.fromEntries(
    OCCASIONS.map((occasion) => [`notice_texts/${occasion}`, saved.notice_texts[occasion] ?? '']),
  ),
});

function toInput(values: Values): Values {
  const { name, time_zone, currency, registration, approval, colour, audit_months, second_factor_required } =
    values;
  const { guardian_consent_required, guardian_consent_text, guests, calendar_check_minutes } = values;
  const texts = OCCASIONS.map((occasion) => [occasion, values[`notice_texts/${occasion}`]] as const);
  return {
    name,
    time_zone,
    currency,
    registration,
    guests,
    approval,
    colour,
    audit_months,
    calendar_check_minutes,
    second_factor_required,
    guardian_consent_required,
    guardian_consent_text,
    reminders: REMINDERS.map((at) => values[`reminders/${at}`] as number).filter((lead) => lead > 0),
    notice_texts: Object.fromEntries(texts.filter(([, text]) => text !== '')),
  };
}

/** What the whole school has in common. Only admins come here. */
export function SchoolPage() {
  const t = useT();
  const saved = useQuery(schoolQuery);
  return (
    <Page title={t('manage.school')} busy={saved.isPending}>
      <Loaded query={saved} skeleton="h-24">
        {(data) => <Settings saved={data} />}
      </Loaded>
    </Page>
  );
}

function Settings({ saved }: { saved: School }) {
  const t = useT();
  const groups = useGroups(saved);
  return (
    <div className="max-w-2xl">
      <p className="-mt-1 mb-4 text-muted lg:-mt-5">
        {t('school.slug')} <strong className="text-ink">{saved.slug}</strong>
      </p>
      <div className="rounded-2xl border border-line bg-surface p-4 sm:p-6">
        <EditForm
          resource={school}
          item={saved}
          initial={{}}
          groups={groups}
          toValues={toValues}
          toInput={toInput}
          outdated={['me']}
        />
      </div>
    </div>
  );
}
