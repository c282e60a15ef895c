import { useId } from 'react';
import { Button } from '../../../components/Button';
import { Choices } from '../../../components/Choices';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { addDays, longDate } from '../../../lib/time';
import type { BoardSearch } from '../search';
import { Turn } from '../Turn';
import { toggled } from './chosen';
import type { BoardColumn } from './useBoard';

type Props = {
  search: BoardSearch;
  date: string;
  today: string;
  columns: BoardColumn[];
  shown: BoardColumn[];
  onSearch: (change: BoardSearch) => void;
  onBook: () => void;
};

/** Which day, whose columns, and a new lesson. */
export function BoardBar({ search, date, today, columns, shown, onSearch, onBook }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  const goTo = (day: string) => {
    onSearch({ date: day });
  };
  return (
    <div className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <Turn
          to={-1}
          label={t('week.dayBefore')}
          onTurn={() => {
            goTo(addDays(date, -1));
          }}
        />
        <label htmlFor={id} className="sr-only">
          {t('board.date')}
        </label>
        <input
          id={id}
          type="date"
          value={date}
          onChange={({ target }) => {
            if (target.value) goTo(target.value);
          }}
          className="min-h-11 min-w-0 rounded-xl border border-edge bg-surface px-3 font-semibold tabular-nums"
        />
        <Turn
          to={1}
          label={t('week.dayAfter')}
          onTurn={() => {
            goTo(addDays(date, 1));
          }}
        />
        {date !== today && (
          <Button
            look="secondary"
            onClick={() => {
              goTo(today);
            }}
          >
            {t('office.today')}
          </Button>
        )}
      </div>
      <p className="w-full text-lg font-bold sm:w-auto" aria-live="polite">
        {longDate(date)}
      </p>
      <Choices
        legend={t('board.by')}
        hideLegend
        name="by"
        shape="chip"
        selected={search.by ?? 'instructor'}
        choices={[
          { value: 'instructor', label: t('board.by.instructor') },
          { value: 'vehicle', label: t('board.by.vehicle') },
        ]}
        onSelect={(value) => {
          onSearch({ by: value === 'vehicle' ? 'vehicle' : undefined, only: undefined });
        }}
      />
      <Filter {...{ search, columns, shown, onSearch }} />
      <Button className="sm:ml-auto" disabled={!isOnline} onClick={onBook}>
        {t('board.book')}
      </Button>
    </div>
  );
}

type FilterProps = Pick<Props, 'search' | 'columns' | 'shown' | 'onSearch'>;

const row = 'flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 hover:bg-sunken';
const box = 'size-5 shrink-0 accent-brand';

function Filter({ search, columns, shown, onSearch }: FilterProps) {
  const t = useT();
  const isAll = shown.length === columns.length;
  return (
    // Whatever is open is left with Escape.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <details
      className="relative max-sm:open:w-full"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget && !currentTarget.contains(relatedTarget)) currentTarget.open = false;
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary className="disclosure rounded-full border border-line bg-surface px-4 font-semibold hover:border-brand hover:text-brand">
        {isAll
          ? t('board.all', { count: columns.length })
          : t('board.some', { count: shown.length, all: columns.length })}
      </summary>
      <fieldset className="z-40 mt-1 max-h-[60dvh] overflow-y-auto max-sm:w-full sm:absolute sm:top-full sm:left-0 sm:w-72 rounded-2xl border border-line bg-surface p-2 shadow-card">
        <legend className="sr-only">{t('board.show')}</legend>
        {search.by !== 'vehicle' && (
          <label className={`${row} border-b border-line`}>
            <input
              type="checkbox"
              className={box}
              checked={search.working === true}
              onChange={({ target }) => {
                onSearch({ working: target.checked ? true : undefined });
              }}
            />
            {t('board.working')}
          </label>
        )}
        {columns.map(({ owner, name, lessons }) => (
          <label key={owner} className={row}>
            <input
              type="checkbox"
              className={box}
              checked={!search.only || search.only.split(',').includes(owner)}
              onChange={() => {
                onSearch({ only: toggled(columns, search.only, owner) });
              }}
            />
            <span className="min-w-0 grow truncate">{name}</span>{' '}
            <span className="text-sm text-muted">{t('office.count', { count: lessons })}</span>
          </label>
        ))}
        {!isAll && (
          <Button
            look="quiet"
            className="w-full"
            onClick={({ currentTarget }) => {
              // It goes with the filter that it takes away.
              currentTarget.closest('details')?.querySelector('summary')?.focus();
              onSearch({ only: undefined, working: undefined });
            }}
          >
            {t('board.showAll')}
          </Button>
        )}
      </fieldset>
    </details>
  );
}
