import { queryOptions, useQuery } from '@tanstack/react-query';
import { Page } from '../../components/Page';
import { EditForm } from '../../components/manage/EditForm';
import type { FieldGroup } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';

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
          name: 'approval',
          label: t('school.approval'),
          hint: t('school.approval.hint'),
          wide: true,
        },
      ],
    },
  ];
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
        <EditForm resource={school} item={saved} initial={{}} groups={groups} outdated={['me']} />
      </div>
    </div>
  );
}
