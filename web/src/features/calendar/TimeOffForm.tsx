import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { newKey } from '../../lib/ids';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { useAddTimeOff, useChangeTimeOff, useRemoveTimeOff, type TimeOff } from '../../lib/schedule';
import { addDays, instantAt, minutesOf, timeOfDay, wallOf } from '../../lib/time';
import type { Who } from './useDiary';

type Props = {
  who: Who;
  today: string;
  /** Stands in the form already; none: a new one. */
  changing?: TimeOff | undefined;
  /** With what was made of it; with nothing where it was left as it is. */
  onDone: (timeOff?: TimeOff) => void;
};

/** Adds a span, tells so, and takes it back when asked to. */
export function useTakeTimeOff(who: Who) {
  const t = useT();
  const add = useAddTimeOff(who.instructorId);
  const remove = useRemoveTimeOff(who.instructorId);
  const takeBack = (added: TimeOff) => {
    remove.mutateAsync(added).catch(() => {
      notify({ text: t('undo.failed') });
    });
  };
  return {
    add,
    take: (span: Schema['TimeOffInput'] & { key?: string }, onAdded: (timeOff: TimeOff) => void) => {
      add.mutate(span, {
        onSuccess: (added) => {
          notify({
            text: t('off.added', { count: added.affected.length }),
            action: {
              label: t('undo'),
              run: () => {
                takeBack(added);
              },
            },
          });
          onAdded(added);
        },
      });
    },
  };
}

type Fields = { first: string; last: string; from: string; until: string; isWholeDay: boolean };

/** What the fields say of a span; without one, tomorrow. */
function fieldsOf(span: TimeOff | undefined, today: string, zone: string): Fields {
  const tomorrow = addDays(today, 1);
  if (!span) return { first: tomorrow, last: tomorrow, from: '09:00', until: '12:00', isWholeDay: true };
  const [start, end] = [wallOf(span.start, zone), wallOf(span.end, zone)];
  const isWholeDay = start.minutes === 0 && end.minutes === 0;
  return {
    first: start.date,
    last: isWholeDay ? addDays(end.date, -1) : end.date,
    from: timeOfDay(start.minutes),
    until: timeOfDay(end.minutes),
    isWholeDay,
  };
}

export function TimeOffForm({ who, today, changing, onDone }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const { add, take } = useTakeTimeOff(who);
  const change = useChangeTimeOff(who.instructorId);
  const [key, setKey] = useState(newKey);
  const before = fieldsOf(changing, today, who.zone);
  const [isWholeDay, setIsWholeDay] = useState(before.isWholeDay);
  const [mistake, setMistake] = useState(false);
  const sending = changing ? change : add;

  const submit = (form: FormData) => {
    const [first, last] = [textOf(form, 'first'), textOf(form, 'last')];
    const from = isWholeDay ? 0 : minutesOf(textOf(form, 'from'));
    const until = isWholeDay ? 1440 : minutesOf(textOf(form, 'until'));
    const title = textOf(form, 'title').trim();
    const span = { start: instantAt(first, from, who.zone), end: instantAt(last, until, who.zone) };
    setMistake(span.end <= span.start);
    if (span.end <= span.start) return;
    if (changing) change.mutate({ timeOff: changing, to: { ...span, title } }, { onSuccess: onDone });
    else
      take({ ...span, ...(title ? { title } : {}), key }, (added) => {
        setKey(newKey());
        onDone(added);
      });
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      <Field
        label={t('off.title.field')}
        hint={t('off.title.hint')}
        type="text"
        name="title"
        maxLength={200}
        autoComplete="off"
        defaultValue={changing?.title}
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-3">
        <Field label={t('off.first')} type="date" name="first" required defaultValue={before.first} />
        <Field
          label={t('off.last')}
          type="date"
          name="last"
          required
          defaultValue={before.last}
          error={mistake ? t('off.mistake') : undefined}
        />
      </div>
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-brand"
          checked={isWholeDay}
          onChange={(event) => {
            setIsWholeDay(event.target.checked);
          }}
        />
        {t('off.wholeDays')}
      </label>
      {!isWholeDay && (
        <div className="grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-3">
          <Field
            label={t('off.from')}
            type="time"
            name="from"
            step={300}
            required
            defaultValue={before.from}
          />
          <Field
            label={t('off.until')}
            type="time"
            name="until"
            step={300}
            required
            defaultValue={before.until}
          />
        </div>
      )}
      {sending.isError && <Failure key={sending.submittedAt} error={sending.error} />}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <Button type="submit" busy={sending.isPending} disabled={!isOnline}>
        {t(changing ? 'off.save' : 'off.add')}
      </Button>
      {changing && (
        <Button
          look="quiet"
          onClick={() => {
            onDone();
          }}
        >
          {t('off.keep')}
        </Button>
      )}
    </form>
  );
}
