import { useT } from '../../i18n';
import { CLOSES, OPENS, type Day, type Part } from './exampleDay';

const HATCHED =
  'bg-[repeating-linear-gradient(135deg,var(--color-amber)_0_3px,var(--color-warn-soft)_3px_8px)]';
const looks: Record<Part['kind'], string> = {
  lesson: 'bg-brand rounded-md',
  before: HATCHED,
  after: HATCHED,
  grid: 'border-y border-dashed border-edge',
};
const percent = (minutes: number) => `${((100 * minutes) / (CLOSES - OPENS)).toFixed(3)}%`;
const HOURS = [9, 11, 13, 15, 17];

/** A day on a line. The words beside it say the same to those who do not see it. */
export function DayPicture({ day }: { day: Day }) {
  return (
    <div aria-hidden="true" className="pb-1 max-lg:pb-5">
      <div className="relative h-12 rounded-lg lg:mb-4 bg-sunken">
        {day.parts.map((part) => (
          <span
            key={part.start}
            className={`absolute inset-y-1 ${looks[part.kind]}`}
            style={{ left: percent(part.start - OPENS), width: percent(part.minutes) }}
          />
        ))}
        {HOURS.map((hour) => (
          <span
            key={hour}
            className={`absolute top-full pt-0.5 text-xs text-muted tabular-nums ${hour === 9 ? '' : hour === 17 ? '-translate-x-full' : '-translate-x-1/2'}`}
            style={{ left: percent(hour * 60 - OPENS) }}
          >
            {String(hour).padStart(2, '0')}:00
          </span>
        ))}
      </div>
    </div>
  );
}

export function Legend() {
  const t = useT();
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted">
      {(['lesson', 'after', 'grid'] as const).map((kind) => (
        <li key={kind} className="flex items-center gap-2">
          <span aria-hidden="true" className={`h-4 w-7 ${looks[kind]}`} />
          {t(`buffers.legend.${kind}`)}
        </li>
      ))}
    </ul>
  );
}
