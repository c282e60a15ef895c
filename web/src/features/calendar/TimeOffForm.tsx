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
import { useAddTimeOff, useRemoveTimeOff, type TimeOff } from '../../lib/schedule';
import { addDays, instantAt, minutesOf } from '../../lib/time';
import type { Who } from './useDiary';

type Props = { who: Who; today: string; onAdded: (timeOff: TimeOff) => void };

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

export function TimeOffForm({ who, today, onAdded }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const { add, take } = useTakeTimeOff(who);
  const [key, setKey] = useState(newKey);
  const [isWholeDay, setIsWholeDay] = useState(true);
  const [mistake, setMistake] = useState(false);
  const tomorrow = addDays(today, 1);

  const submit = (form: FormData) => {
    const [first, last] = [textOf(form, 'first'), textOf(form, 'last')];
    const from = isWholeDay ? 0 : minutesOf(textOf(form, 'from'));
    const until = isWholeDay ? 1440 : minutesOf(textOf(form, 'until'));
    const title = textOf(form, 'title').trim();
    const span = {
      start: instantAt(first, from, who.zone),
      end: instantAt(last, until, who.zone),
      ...(title ? { title } : {}),
    };
    setMistake(span.end <= span.start);
    if (span.end > span.start)
      take({ ...span, key }, (added) => {
        setKey(newKey());
        onAdded(added);
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
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-3">
        <Field label={t('off.first')} type="date" name="first" required defaultValue={tomorrow} />
        <Field
          label={t('off.last')}
          type="date"
          name="last"
          required
          defaultValue={tomorrow}
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
        <div className="grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-3">
          <Field label={t('off.from')} type="time" name="from" step={300} required defaultValue="09:00" />
          <Field label={t('off.until')} type="time" name="until" step={300} required defaultValue="12:00" />
        </div>
      )}
      {add.isError && <Failure key={add.submittedAt} error={add.error} />}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <Button type="submit" busy={add.isPending} disabled={!isOnline}>
        {t('off.add')}
      </Button>
    </form>
  );
}
