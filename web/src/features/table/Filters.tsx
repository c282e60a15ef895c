import { useId, type ReactNode } from 'react';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import { addDays } from '../../lib/time';
import { STATUSES, type Filter, type Question } from './filter';
import type { Names } from './useNames';

const boxLook = 'min-h-11 w-full min-w-0 rounded-xl border border-edge bg-surface px-3';

type Props = { filter: Filter; question: Question; names: Names; onChange: (filter: Filter) => void };

/** Each choice is in the address at once, so that a view can be kept and sent. */
export function Filters({ filter, question, names, onChange }: Props) {
  const t = useT();
  const set = (name: keyof Filter) => (event: { target: { value: string } }) => {
    onChange({ ...filter, [name]: event.target.value || undefined });
  };
  const everyone = <option value="">{t('table.all')}</option>;
  const people = (list: { id: string; name: string }[]) =>
    [...list]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((person) => (
        <option key={person.id} value={person.id}>
          {person.name}
        </option>
      ));
  return (
    <div
      role="search"
      aria-label={t('table.filters')}
      className="mb-4 grid grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-5"
    >
      <Box label={t('table.from')}>
        {(id) => (
          <input id={id} type="date" value={question.from} onChange={set('from')} className={boxLook} />
        )}
      </Box>
      <Box label={t('table.to')}>
        {(id) => (
          <input
            id={id}
            type="date"
            min={question.from}
            value={addDays(question.to, -1)}
            onChange={set('to')}
            className={boxLook}
          />
        )}
      </Box>
      <Box label={t('table.instructor')}>
        {(id) => (
          <select id={id} value={filter.instructor ?? ''} onChange={set('instructor')} className={boxLook}>
            {everyone}
            {people(names.instructors)}
          </select>
        )}
      </Box>
      <Box label={t('table.learner')}>
        {(id) => (
          <select id={id} value={filter.learner ?? ''} onChange={set('learner')} className={boxLook}>
            {everyone}
            {people(names.learners)}
          </select>
        )}
      </Box>
      <Box label={t('table.status')}>
        {(id) => (
          <select id={id} value={filter.status ?? ''} onChange={set('status')} className={boxLook}>
            {everyone}
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {t(`status.${status}`)}
              </option>
            ))}
          </select>
        )}
      </Box>
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

function Box({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
