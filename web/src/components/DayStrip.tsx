import { useT } from '../i18n';
import type { Schema } from '../lib/api';
import { dayNumber, longDate, monthName, weekday } from '../lib/time';
import { intoSight } from './intoSight';

type Props = {
  legend: string;
  days: Schema['DayCount'][];
  selected: string;
  onSelect: (date: string) => void;
  /** The day of the lesson that is being moved. */
  marked?: string;
};

export function DayStrip({ legend, days, selected, onSelect, marked }: Props) {
  const t = useT();
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-semibold text-muted max-sm:sr-only sm:mb-2">{legend}</legend>
      <div className="swipe-row relative lg:grid lg:grid-cols-7">
        {days.map((day, index) => {
          const free = day.count > 0;
          return (
            <label
              key={day.date}
              ref={day.date === selected ? intoSight : null}
              className="group relative flex w-[4.25rem] shrink-0 cursor-pointer flex-col items-center rounded-2xl border border-line bg-surface py-2 transition-colors hover:border-brand has-checked:border-brand has-checked:bg-brand has-checked:text-on-brand has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand lg:w-auto"
            >
              <input
                type="radio"
                name="day"
                value={day.date}
                checked={day.date === selected}
                onChange={() => {
                  onSelect(day.date);
                }}
                className="absolute inset-0 cursor-pointer opacity-0"
              />
              <span
                aria-hidden="true"
                className="text-xs font-semibold text-muted group-has-checked:text-on-brand"
              >
                {weekday(day.date)}
              </span>
              <span
                aria-hidden="true"
                className={`text-2xl leading-tight font-bold tabular-nums ${free ? '' : 'text-muted group-has-checked:text-on-brand'}`}
              >
                {dayNumber(day.date)}
              </span>
              <span
                aria-hidden="true"
                className={`text-xs group-has-checked:text-on-brand ${free ? 'font-semibold text-brand' : 'text-muted'}`}
              >
                {free ? t('days.free', { count: day.count }) : t('days.none')}
              </span>
              {(index === 0 || day.date.endsWith('-01')) && (
                <span
                  aria-hidden="true"
                  className="absolute -top-1.5 right-2 rounded-full bg-amber px-1.5 text-[0.6875rem] leading-4 font-bold text-[#1d1400]"
                >
                  {monthName(day.date)}
                </span>
              )}
              <span className="sr-only">
                {t('days.name', { day: longDate(day.date), count: day.count })}
                {day.date === marked ? ` ${t('days.marked')}` : ''}
              </span>
              {day.date === marked && (
                <span aria-hidden="true" className="absolute inset-x-4 bottom-0.5 centre-line rounded-full" />
              )}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
