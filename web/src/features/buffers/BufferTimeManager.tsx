import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Page } from '../../components/Page';
import { Submit } from '../../components/manage/Form';
import { Empty, Loaded } from '../../components/manage/ListPage';
import { Versions } from '../../components/manage/Versions';
import { lengthWords } from '../../components/manage/words';
import { useT, type Translate } from '../../i18n';
import type { Schema } from '../../lib/api';
import { complaintAbout } from '../../lib/manage/fields';
import { lessonTypes } from '../../lib/manage/resource';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { DayPicture, Legend } from './DayPicture';
import { exampleDay, type Day } from './exampleDay';

type LessonType = Schema['LessonType'];
type Buffers = Pick<LessonType, 'buffer_before_minutes' | 'buffer_after_minutes'>;

/** How much is kept free around each lesson, and what a day with it looks like. */
export function BufferTimeManager() {
  const t = useT();
  const types = useQuery(lessonTypes.list);
  return (
    <Page title={t('manage.buffers')} busy={types.isPending}>
      <p className="-mt-1 mb-2 max-w-prose text-muted lg:-mt-5">{t('buffers.lead')}</p>
      <p className="mb-5 max-w-prose font-semibold">{t('buffers.newOnly')}</p>
      <Loaded query={types} skeleton="h-72">
        {(all) =>
          all.length > 0 ? (
            <div className="grid gap-4">
              <Legend />
              {all.map((type) => (
                <TypeBuffers key={type.id} type={type} />
              ))}
            </div>
          ) : (
            <Empty
              title={t('buffers.none')}
              action={
                <Link className={buttonLook()} to="/manage/lesson-types">
                  {t('buffers.none.next')}
                </Link>
              }
            />
          )
        }
      </Loaded>
    </Page>
  );
}

const buffersOf = (type: LessonType): Buffers => ({
  buffer_before_minutes: type.buffer_before_minutes,
  buffer_after_minutes: type.buffer_after_minutes,
});
const same = (a: Buffers, b: Buffers) =>
  a.buffer_before_minutes === b.buffer_before_minutes && a.buffer_after_minutes === b.buffer_after_minutes;

/** The buffers of a lesson type while they are being changed. */
function useBuffers(type: LessonType) {
  const t = useT();
  const [edited, setEdited] = useState<{ buffers: Buffers; seen: LessonType }>();
  const saved = buffersOf(type);
  const buffers = edited?.buffers ?? saved;
  const isChanged = edited !== undefined && !same(buffers, saved);
  const save = useSave((over: LessonType) => lessonTypes.change(over, buffers), [lessonTypes.name]);
  const isStale = save.error?.status === 412;
  const send = (over: LessonType) => {
    save.mutate(over, {
      onSuccess: () => {
        setEdited(undefined);
        notify({ text: t('buffers.saved', { name: type.name }) });
      },
    });
  };
  const reset = () => {
    setEdited(undefined);
    save.reset();
  };
  const set = (name: keyof Buffers, minutes: number) => {
    setEdited({ buffers: { ...buffers, [name]: minutes }, seen: edited?.seen ?? type });
  };
  return { saved, buffers, isChanged, save, isStale, send, reset, set, seen: edited?.seen ?? type };
}

type SideProps = {
  side: 'before' | 'after';
  buffers: Buffers;
  complaints: { pointer: string; message: string }[];
  onChange: (name: keyof Buffers, minutes: number) => void;
};

function Side({ side, buffers, complaints, onChange }: SideProps) {
  const t = useT();
  const name = `buffer_${side}_minutes` as const;
  return (
    <Field
      label={t(`buffers.${side}`)}
      type="number"
      min={0}
      max={720}
      step={5}
      required
      value={buffers[name]}
      error={complaintAbout(name, complaints)}
      onChange={(event) => {
        onChange(name, Math.min(720, Math.max(0, Number(event.target.value))));
      }}
    />
  );
}

function TypeBuffers({ type }: { type: LessonType }) {
  const t = useT();
  const { saved, buffers, isChanged, save, isStale, send, reset, set, seen } = useBuffers(type);
  const complaints = save.error?.fields ?? [];
  const words = (value: Buffers) =>
    t('types.buffers', {
      before: lengthWords(value.buffer_before_minutes, t),
      after: lengthWords(value.buffer_after_minutes, t),
    });
  const day = exampleDay({ ...type, ...buffers });
  return (
    <section
      aria-label={type.name}
      className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-xl font-bold tracking-tight">{type.name}</h2>
        <p className="text-muted">
          {lengthWords(type.length_minutes, t)},{' '}
          {t('types.everyStep', { step: lengthWords(type.step_minutes, t) })}
        </p>
      </div>
      {isStale && (
        <Versions
          differences={
            same(buffers, saved) ? [] : [{ label: type.name, theirs: words(saved), mine: words(buffers) }]
          }
          busy={save.isPending}
          onTheirs={reset}
          onMine={() => {
            send(type);
          }}
        />
      )}
      {save.isError && !isStale && <Failure error={save.error} takesFocus />}
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send(seen);
        }}
      >
        <div className="grid items-end gap-x-8 gap-y-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <div className="grid grid-cols-2 gap-4">
            <Side side="before" buffers={buffers} complaints={complaints} onChange={set} />
            <Side side="after" buffers={buffers} complaints={complaints} onChange={set} />
          </div>
          <DayPicture day={day} />
        </div>
        <p aria-live="polite">{daySummary(day, exampleDay(type), t)}</p>
        {isChanged && !isStale && <Submit busy={save.isPending} label={t('buffers.save')} onCancel={reset} />}
      </form>
    </section>
  );
}

function daySummary(day: Day, today: Day, t: Translate): string {
  const more = day.lessons - today.lessons;
  return [
    t('buffers.fits', { count: day.lessons }),
    more !== 0 && t(more > 0 ? 'buffers.more' : 'buffers.fewer', { count: Math.abs(more) }),
    t('buffers.kept', { length: lengthWords(day.keptFree, t) }),
    day.lostToGrid > 0 && t('buffers.lost', { length: lengthWords(day.lostToGrid, t) }),
  ]
    .filter(Boolean)
    .join(' ');
}
