import { intoSight } from '../../components/intoSight';
import { useT } from '../../i18n';
import { dayNumber, longDate, weekday } from '../../lib/time';

type Props = {
  dates: string[];
  today: string;
  selected: string;
  lessonsOn: (date: string) => number;
  onSelect: (date: string) => void;
};

/** The seven days of a week, side by side also on the smallest phone. */
export function WeekStrip({ dates, today, selected, lessonsOn, onSelect }: Props) {
  const t = useT();
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{t('days.legend')}</legend>
      <div className="grid grid-cols-7 gap-1">
        {dates.map((date) => (
          <label
            key={date}
            ref={date === selected ? intoSight : null}
            className="group relative flex min-h-16 cursor-pointer flex-col items-center justify-center rounded-xl border border-line bg-surface py-1 has-checked:border-brand has-checked:bg-brand has-checked:text-on-brand has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
          >
            <input
              type="radio"
              name="week-day"
              value={date}
              checked={date === selected}
              onChange={() => {
                onSelect(date);
              }}
              className="absolute inset-0 cursor-pointer opacity-0"
            />
            <span
              aria-hidden="true"
              className="text-xs font-semibold text-muted group-has-checked:text-on-brand"
            >
              {weekday(date)}
            </span>
            <span aria-hidden="true" className="text-lg leading-tight font-bold tabular-nums">
              {dayNumber(date)}
            </span>
            <span aria-hidden="true" className="flex h-1.5 gap-0.5">
              {Array.from({ length: Math.min(lessonsOn(date), 5) }, (_, index) => (
                <span key={index} className="size-1.5 rounded-full bg-brand group-has-checked:bg-on-brand" />
              ))}
            </span>
            {date === today && (
              <span aria-hidden="true" className="absolute -top-1 h-1.5 w-6 rounded-full bg-amber" />
            )}
            <span className="sr-only">
              {t('week.strip', { day: longDate(date), count: lessonsOn(date) })}
              {date === today ? ` ${t('week.isToday')}` : ''}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
