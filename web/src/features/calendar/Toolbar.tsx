import { Button } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { addDays, dateRange, longDate } from '../../lib/time';
import { useNow } from '../../lib/useNow';
import { Turn } from './Turn';
import { VIEWS, type View } from './search';
import type { IllToday } from './useIllToday';

type Props = {
  view: View | 'phone';
  selected: string;
  dates: string[];
  today: string;
  onGo: (date: string) => void;
  onView: (view: View) => void;
  ill: IllToday;
  onTimeOff: () => void;
};

/** Which days, how they are shown, and time off. */
export function Toolbar({ view, selected, dates, today, onGo, onView, ill, onTimeOff }: Props) {
  const t = useT();
  const now = useNow();
  const isOnline = useOnline();
  const step = view === 'day' ? 1 : 7;
  const [first = selected, last = selected] = [dates[0], dates.at(-1)];
  const isThere = view === 'day' || view === 'phone' ? selected === today : dates.includes(today);
  const turn = (days: number) => () => {
    onGo(addDays(selected, days));
  };
  const isPhone = view === 'phone';
  const toToday = !isThere && (
    <Button
      look="secondary"
      onClick={() => {
        onGo(today);
      }}
    >
      {t('office.today')}
    </Button>
  );
  const range = (
    <p className={`font-bold sm:text-lg ${isPhone ? 'grow text-center' : ''}`} aria-live="polite">
      {view === 'day' ? longDate(selected) : dateRange(first, last, isPhone ? 'short' : 'long')}
    </p>
  );
  return (
    <div className="flex min-w-0 grow flex-wrap items-center gap-x-4 gap-y-2">
      <div className={`flex items-center gap-2 ${isPhone ? 'w-full' : ''}`}>
        <Turn to={-1} label={t(view === 'day' ? 'week.dayBefore' : 'week.before')} onTurn={turn(-step)} />
        {isPhone && range}
        <Turn to={1} label={t(view === 'day' ? 'week.dayAfter' : 'week.after')} onTurn={turn(step)} />
        {!isPhone && toToday}
      </div>
      {!isPhone && range}
      <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
        {!isPhone && (
          <Choices
            legend={t('week.view')}
            hideLegend
            name="view"
            shape="chip"
            selected={view}
            choices={VIEWS.map((value) => ({ value, label: t(`week.view.${value}`) }))}
            onSelect={(value) => {
              onView(value as View);
            }}
          />
        )}
        {isPhone && toToday}
        <Button look="secondary" onClick={onTimeOff}>
          {t('off.title')}
        </Button>
        {!ill.isOffAt(now) && (
          <Button look="secondary" disabled={!isOnline} busy={ill.isBusy} onClick={ill.take}>
            {t('off.ill')}
          </Button>
        )}
      </div>
    </div>
  );
}
