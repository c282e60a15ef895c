import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '../../components/Button';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { useDraft } from '../../lib/manage/useDraft';
import { usePreview } from '../../lib/manage/usePreview';
import { WORKING_TIME } from '../../lib/manage/workingTime';
import { notify } from '../../lib/notice';
import { longDate, shortDate } from '../../lib/time';
import { overridesQuery } from '../../lib/schedule';
import { HOURS, previewHours, putOverrides } from './queries';
import { datesInOrder, faultOf, rangeWords, type Override } from './ranges';
import { RangesEditor } from './RangesEditor';
import { Section } from './Section';

const NONE: Override[] = [];
const same = (a: Override[], b: Override[]) =>
  JSON.stringify(datesInOrder(a)) === JSON.stringify(datesInOrder(b));

type Props = { id: string; today: string; onAffected: (ids: string[]) => void };

function useDates(id: string, onAffected: Props['onAffected']) {
  const t = useT();
  const saved = useQuery({ ...overridesQuery(id), staleTime: 0 });
  const draft = useDraft({
    saved,
    empty: NONE,
    same,
    put: (items, version) => putOverrides(id, items, version),
    outdated: [HOURS, WORKING_TIME],
    onSaved: ({ affected = [] }) => {
      notify({ text: t('hours.saved') });
      // Those that lay outside before were shown before.
      const fresh = affected.filter((lesson) => !saved.data?.affected?.includes(lesson));
      if (fresh.length > 0) onAffected(fresh);
    },
  });
  return { saved, draft };
}

/** Dates that are not like the week. Those that are over are kept, but not shown. */
export function Dates({ id, today, onAffected }: Props) {
  const t = useT();
  const { saved, draft } = useDates(id, onAffected);
  const items = datesInOrder(draft.items);
  const words = (list: Override[], date: string) => {
    const found = list.find((each) => each.date === date);
    return found ? rangeWords(found.ranges) || t('hours.closed') : t('dates.asWeek');
  };
  const isWrong = items.some((each) => faultOf(each.ranges));
  const body = draft.isChanged && !isWrong ? { overrides: { items } } : undefined;
  const preview = usePreview(`dates ${id}`, body, previewHours(id));
  const both = [...new Set([...draft.theirs, ...items].map((each) => each.date))].sort();
  const put = (date: string, ranges: Override['ranges']) => {
    draft.set(items.map((each) => (each.date === date ? { date, ranges } : each)));
  };
  const shown = items.filter((each) => each.date >= today);
  return (
    <Section
      title={t('dates.title')}
      lead={t('dates.lead')}
      draft={draft}
      isWrong={isWrong}
      preview={preview}
      differences={both
        .map((date) => ({
          label: shortDate(date),
          theirs: words(datesInOrder(draft.theirs), date),
          mine: words(items, date),
        }))
        .filter((each) => each.theirs !== each.mine)}
      // The same list as beside the weekly hours, where it is shown.
      affected={[]}
      onAffected={() => undefined}
      saveLabel={t('dates.save')}
    >
      <Loaded query={saved} skeleton="h-16">
        {() => (
          <div className="grid gap-4">
            {shown.length === 0 && <p className="text-muted">{t('dates.none')}</p>}
            <div className="divide-y divide-line empty:hidden">
              {shown.map((each) => (
                <Row
                  key={each.date}
                  override={each}
                  onChange={(ranges) => {
                    put(each.date, ranges);
                  }}
                  onRemove={() => {
                    draft.set(items.filter((other) => other !== each));
                  }}
                />
              ))}
            </div>
            <AddDate
              today={today}
              onAdd={(date) => {
                if (!items.some((each) => each.date === date)) draft.set([...items, { date, ranges: [] }]);
              }}
            />
          </div>
        )}
      </Loaded>
    </Section>
  );
}

type RowProps = {
  override: Override;
  onChange: (ranges: Override['ranges']) => void;
  onRemove: () => void;
};

function Row({ override, onChange, onRemove }: RowProps) {
  const t = useT();
  return (
    <div
      role="group"
      aria-label={longDate(override.date)}
      className="grid gap-2 py-3 md:grid-cols-[12rem_minmax(0,1fr)]"
    >
      <h3 className="flex min-h-11 items-center self-start font-bold">
        {longDate(override.date)} {override.date.slice(0, 4)}
      </h3>
      <RangesEditor ranges={override.ranges} of={longDate(override.date)} onChange={onChange}>
        <Button look="quiet" className="px-2" onClick={onRemove}>
          {t('dates.asWeek')} <span className="sr-only">{longDate(override.date)}</span>
        </Button>
      </RangesEditor>
    </div>
  );
}

function AddDate({ today, onAdd }: { today: string; onAdd: (date: string) => void }) {
  const t = useT();
  const id = useId();
  const [date, setDate] = useState('');
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(date);
        setDate('');
      }}
    >
      <div className="grid gap-1">
        <label htmlFor={id} className="text-sm font-semibold text-muted">
          {t('dates.date')}
        </label>
        <input
          id={id}
          type="date"
          required
          min={today}
          value={date}
          onChange={(event) => {
            setDate(event.target.value);
          }}
          className="min-h-11 rounded-xl border border-edge bg-surface px-3"
        />
      </div>
      <Button look="secondary" type="submit">
        {t('dates.add')}
      </Button>
    </form>
  );
}
