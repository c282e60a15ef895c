import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../components/manage/ListPage';
import { useT, type Translate } from '../../i18n';
import { useDraft } from '../../lib/manage/useDraft';
import { usePreview } from '../../lib/manage/usePreview';
import { WORKING_TIME } from '../../lib/manage/workingTime';
import { notify } from '../../lib/notice';
import { hoursQuery } from '../../lib/schedule';
import { HOURS, previewHours, putHours } from './queries';
import {
  faultOf,
  inOrder,
  lengthOf,
  onWeekday,
  rangeWords,
  WEEKDAYS,
  withWeekday,
  type Weekly,
} from './ranges';
import { RangesEditor } from './RangesEditor';
import { Section } from './Section';

const NONE: Weekly[] = [];
const same = (a: Weekly[], b: Weekly[]) => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
/** Where a day can be copied to: one day, the working days, all. */
const TARGETS = [...WEEKDAYS.map((day) => [day]), [1, 2, 3, 4, 5], [...WEEKDAYS]];

type Props = { id: string; onAffected: (ids: string[]) => void };

export function WeeklyHours({ id, onAffected }: Props) {
  const t = useT();
  const saved = useQuery({ ...hoursQuery(id), staleTime: 0 });
  const draft = useDraft({
    saved,
    empty: NONE,
    same,
    put: (items, version) => putHours(id, items, version),
    outdated: [HOURS, WORKING_TIME],
    onSaved: ({ affected = [] }) => {
      notify({ text: t('hours.saved') });
      // Those that lay outside before were shown before.
      const fresh = affected.filter((lesson) => !saved.data?.affected?.includes(lesson));
      if (fresh.length > 0) onAffected(fresh);
    },
  });
  const { items } = draft;
  const words = (week: Weekly[], weekday: number) =>
    rangeWords(onWeekday(week, weekday)) || t('hours.closed');
  const isWrong = WEEKDAYS.some((weekday) => faultOf(onWeekday(items, weekday)));
  const body = draft.isChanged && !isWrong ? { hours: { items: inOrder(items) } } : undefined;
  const preview = usePreview(`hours ${id}`, body, previewHours(id));
  const affected = saved.data?.affected ?? [];
  const total = hoursWords(lengthOf(items), t);
  return (
    <Section
      title={t('hours.weekly')}
      lead={t('hours.weekly.lead')}
      draft={draft}
      isWrong={isWrong}
      preview={preview}
      differences={WEEKDAYS.map((weekday) => ({
        label: t(`weekday.${weekday}`),
        theirs: words(inOrder(draft.theirs), weekday),
        mine: words(inOrder(items), weekday),
      })).filter((each) => each.theirs !== each.mine)}
      affected={affected}
      onAffected={() => {
        onAffected(affected);
      }}
      saveLabel={t('hours.save')}
    >
      <Loaded query={saved} skeleton="h-24">
        {() => (
          <div className="divide-y divide-line">
            {WEEKDAYS.map((weekday) => (
              <Day key={weekday} weekday={weekday} items={items} onChange={draft.set} />
            ))}
            <p className="pt-4 font-semibold">{t('hours.total', { length: total })}</p>
          </div>
        )}
      </Loaded>
    </Section>
  );
}

/** Not in days: 40 hours of work are not "1 day and 16 hours". */
const hoursWords = (minutes: number, t: Translate) =>
  minutes % 60 === 0
    ? t('span.hours', { count: minutes / 60 })
    : t('hours.mixed', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });

type DayProps = { weekday: number; items: Weekly[]; onChange: (items: Weekly[]) => void };

function Day({ weekday, items, onChange }: DayProps) {
  const t = useT();
  const ranges = onWeekday(items, weekday);
  const name = t(`weekday.${weekday}`);
  const copyTo = (days: number[]) => {
    onChange(days.reduce((week, day) => withWeekday(week, day, ranges), items));
  };
  return (
    <div role="group" aria-label={name} className="grid gap-2 py-3 md:grid-cols-[7rem_minmax(0,1fr)]">
      <h3 className="flex min-h-11 items-center self-start font-bold">{name}</h3>
      <RangesEditor
        ranges={ranges}
        of={name}
        onChange={(next) => {
          onChange(withWeekday(items, weekday, next));
        }}
      >
        {ranges.length > 0 && (
          <select
            aria-label={t('hours.copy.from', { day: name })}
            value=""
            onChange={(event) => {
              copyTo(TARGETS[Number(event.target.value)] ?? []);
            }}
            className="min-h-11 rounded-xl border border-edge bg-surface px-2"
          >
            <option value="">{t('hours.copy')}</option>
            {TARGETS.map(
              (days, index) =>
                (days.length > 1 || days[0] !== weekday) && (
                  <option key={days.join()} value={index}>
                    {days.length === 1
                      ? t(`weekday.${String(days[0])}`)
                      : t(days.length === 5 ? 'hours.copy.working' : 'hours.copy.all')}
                  </option>
                ),
            )}
          </select>
        )}
      </RangesEditor>
    </div>
  );
}
