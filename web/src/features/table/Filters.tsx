import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { DayPick, Pick } from '../../components/lesson/Pick';
import { useT } from '../../i18n';
import { instructorsQuery, learnersQuery } from '../../lib/queries';
import { addDays } from '../../lib/time';
import { STATUSES, type Filter, type Question } from './filter';

type Named = { id: string; name: string };
const byName = (list: Named[]) => [...list].sort((a, b) => a.name.localeCompare(b.name));

type Props = { filter: Filter; question: Question; onChange: (filter: Filter) => void };

/** Each choice is in the address at once, so that a view can be kept and sent. */
export function Filters({ filter, question, onChange }: Props) {
  const t = useT();
  const { data: instructors = [] } = useQuery(instructorsQuery);
  const { data: learners = [] } = useQuery(learnersQuery);
  const pick = (name: keyof Filter) => (value: string) => {
    onChange({ ...filter, [name]: value || undefined });
  };
  const all = { id: '', name: t('table.all') };
  return (
    <div
      role="search"
      aria-label={t('table.filters')}
      className="mb-4 grid grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-5"
    >
      <DayPick label={t('table.from')} value={question.from} onPick={pick('from')} />
      <DayPick
        label={t('table.to')}
        min={question.from}
        value={addDays(question.to, -1)}
        onPick={pick('to')}
      />
      <Pick
        label={t('table.instructor')}
        value={filter.instructor ?? ''}
        options={[all, ...byName(instructors)]}
        onPick={pick('instructor')}
      />
      <Pick
        label={t('table.learner')}
        value={filter.learner ?? ''}
        options={[all, ...byName(learners)]}
        onPick={pick('learner')}
      />
      <Pick
        label={t('table.status')}
        value={filter.status ?? ''}
        options={[all, ...STATUSES.map((status) => ({ id: status, name: t(`status.${status}`) }))]}
        onPick={pick('status')}
      />
      {Object.values(filter).some(Boolean) && (
        <div className="col-span-full">
          <Button
            look="quiet"
            className="-ml-4"
            onClick={() => {
              onChange({});
            }}
          >
            {t('table.reset')}
          </Button>
        </div>
      )}
    </div>
  );
}
