import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { DayPick, Pick } from '../../components/lesson/Pick';
import { useT } from '../../i18n';
import { instructors, learners, users } from '../../lib/manage/resource';
import { ACTIONS, actionOf } from './words';

/** What the address of the page says: nothing means everything. */
export type Filter = {
  who?: string | undefined;
  whose?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

type Named = { id: string; name: string };
const byName = (list: Named[]) => [...list].sort((a, b) => a.name.localeCompare(b.name));

/** Each choice is in the address at once, so that a view can be kept and sent. */
export function AuditFilters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useT();
  const { data: office = [] } = useQuery(users.list);
  const { data: teachers = [] } = useQuery(instructors.list);
  const { data: pupils = [] } = useQuery(learners.list);
  const everybody = byName([...office, ...teachers, ...pupils]);
  const pick = (name: keyof Filter) => (value: string) => {
    onChange({ ...filter, [name]: value || undefined });
  };
  const all = { id: '', name: t('table.all') };
  const actions = ACTIONS.map((action) => ({ id: action, name: actionOf(t, action) }));
  return (
    <div
      role="search"
      aria-label={t('audit.filters')}
      className="mb-4 grid grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-5"
    >
      <Pick
        label={t('audit.who')}
        value={filter.who ?? ''}
        options={[all, ...everybody]}
        onPick={pick('who')}
      />
      <Pick
        label={t('audit.whose')}
        value={filter.whose ?? ''}
        options={[all, ...everybody]}
        onPick={pick('whose')}
      />
      <Pick
        label={t('audit.action')}
        value={filter.action ?? ''}
        options={[all, ...actions]}
        onPick={pick('action')}
      />
      <DayPick label={t('table.from')} value={filter.from} onPick={pick('from')} />
      <DayPick label={t('table.to')} value={filter.to} min={filter.from} onPick={pick('to')} />
      {Object.values(filter).some(Boolean) && (
        <div className="col-span-full">
          <Button
            look="quiet"
            className="-ml-4"
            onClick={() => {
              onChange({});
            }}
          >
            {t('list.showAll')}
          </Button>
        </div>
      )}
    </div>
  );
}
