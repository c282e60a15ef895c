import { useT } from '../../i18n';
import type { Block, GridEvent, Range, Tone } from '../../components/calendar/types';
import { longDate, wallOf, wallTime } from '../../lib/time';
import { agenda, type Entry } from './agenda';
import { lengthWords } from './length';

type Props = {
  /** Instead of the date, and told apart by it. */
  of?: { id: string; name: string };
  date: string;
  zone: string;
  now: Date;
  open: Range[];
  lessons: GridEvent[];
  blocks: Block[];
  onOpen: (id: string) => void;
  /** A tap on what is free. */
  onPick?: (from: number) => void;
};

const edges: Record<Tone, string> = {
  booked: 'border-l-brand',
  requested: 'border-l-warn border-dashed',
  done: 'border-l-edge',
  missed: 'border-l-danger',
};

/** One day to read from top to bottom, with what is free between. */
export function DayAgenda(props: Props) {
  const { of, date, zone, now, open, lessons, blocks } = props;
  const t = useT();
  const heading = `day-${of?.id ?? date}`;
  const entries = agenda(date, zone, open, lessons, blocks);
  const wall = wallOf(now.toISOString(), zone);
  const count = entries.filter((entry) => entry.kind === 'lesson').length;
  const isToday = wall.date === date;
  const nowBefore = isToday ? entries.findIndex((entry) => entry.to > wall.minutes) : -1;
  return (
    <section aria-labelledby={heading}>
      <h2
        id={heading}
        className="mb-2 flex flex-wrap items-baseline gap-x-3 text-lg font-bold tracking-tight"
      >
        {of?.name ?? longDate(date)}{' '}
        <span className="text-sm font-normal text-muted">
          {isToday && !of && `${t('week.isToday')} `}
          {count > 0 && t('office.count', { count })}
        </span>
      </h2>
      {count === 0 && (
        <p className="mb-2 text-muted">{t(open.length > 0 ? 'week.noneOpen' : 'week.noneClosed')}</p>
      )}
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {entries.map((entry, index) => (
          <li
            key={`${entry.kind === 'block' ? entry.block.id : entry.kind}-${entry.from}-${entry.to}`}
            className="grid grid-cols-[minmax(0,1fr)] gap-2"
          >
            {index === nowBefore && <Now minutes={wall.minutes} />}
            <Row entry={entry} onOpen={props.onOpen} onPick={props.onPick} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Now({ minutes }: { minutes: number }) {
  const t = useT();
  return (
    <p className="flex items-center gap-2 text-sm font-semibold text-danger tabular-nums">
      {t('week.now', { time: wallTime(minutes) })}
      <span aria-hidden="true" className="h-0.5 grow bg-danger" />
    </p>
  );
}

type RowProps = { entry: Entry } & Pick<Props, 'onOpen'> & { onPick: Props['onPick'] };

function Row({ entry, onOpen, onPick }: RowProps) {
  const t = useT();
  const times = (
    <span className="w-12 shrink-0 tabular-nums">
      {wallTime(entry.from)}
      <span className="sr-only"> – </span>
      <span className="block text-sm font-normal text-muted">{wallTime(entry.to)}</span>
    </span>
  );
  if (entry.kind === 'free') {
    const look =
      'flex min-h-11 w-full items-center gap-3 rounded-xl border border-dashed border-line px-4 text-left text-muted';
    const words = (
      <>
        <span className="tabular-nums">
          {wallTime(entry.from)} – {wallTime(entry.to)}
        </span>{' '}
        {t('week.gap', { length: lengthWords(entry.to - entry.from, t) })}
      </>
    );
    if (!onPick) return <p className={look}>{words}</p>;
    return (
      <button
        type="button"
        className={look}
        onClick={() => {
          onPick(entry.from);
        }}
      >
        {words} <span className="ml-auto font-semibold text-brand">{t('board.bookHere')}</span>
      </button>
    );
  }
  if (entry.kind === 'block')
    return (
      <p
        className={`flex min-h-14 items-center gap-3 rounded-xl border border-l-4 border-line border-l-edge bg-sunken px-4 py-2 hatched ${entry.block.isElsewhere ? 'border-dashed' : ''}`}
      >
        <span className="rounded-md bg-surface px-2 py-0.5 font-semibold">
          {entry.block.label}{' '}
          <span className="font-normal tabular-nums">
            {entry.from === 0 && entry.to === 1440
              ? t('week.allDay')
              : `${wallTime(entry.from)} – ${wallTime(entry.to)}`}
          </span>
        </span>
      </p>
    );
  const { lesson } = entry;
  return (
    <button
      type="button"
      data-event={lesson.id}
      className={`flex w-full items-start gap-3 rounded-xl border border-l-4 border-line bg-surface px-4 py-3 text-left font-semibold shadow-card ${edges[lesson.tone]}`}
      onClick={() => {
        onOpen(lesson.id);
      }}
    >
      {times}{' '}
      <span className="min-w-0 grow">
        <span className="block truncate text-lg leading-snug">{lesson.title}</span>{' '}
        <span className="block text-sm font-normal text-muted">{lesson.detail}</span>{' '}
        {lesson.after > 0 && (
          <span className="block text-sm font-normal text-muted">
            {t('week.buffer', { length: lengthWords(lesson.after, t) })}
          </span>
        )}
      </span>{' '}
      {lesson.mark && (
        <span
          className={`rounded-full px-2.5 py-0.5 text-sm whitespace-nowrap ${lesson.tone === 'requested' ? 'bg-warn-soft text-warn' : lesson.tone === 'missed' ? 'bg-danger-soft text-danger' : 'bg-sunken text-muted'}`}
        >
          {lesson.mark}
        </span>
      )}
    </button>
  );
}
