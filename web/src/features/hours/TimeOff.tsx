import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Form } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import type { Values } from '../../lib/manage/fields';
import { useSave } from '../../lib/manage/useSave';
import { WORKING_TIME } from '../../lib/manage/workingTime';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { instantAt, minutesOf, shortMoment, timeOfDay, wallOf } from '../../lib/time';
import { timeOffQuery } from '../../lib/schedule';
import { addTimeOff, changeTimeOff, removeTimeOff, TIME_OFF } from './queries';

type Props = { id: string; zone: string; today: string; onAffected: (ids: string[]) => void };

export function TimeOff({ id, zone, today, onAffected }: Props) {
  const t = useT();
  const query = useQuery(timeOffQuery(id));
  /** In the dialog: a span of the list, or a new one. */
  const [edited, setEdited] = useState<Schema['TimeOff'] | 'new'>();
  const remove = useSave((timeOff: string) => removeTimeOff(id, timeOff), [TIME_OFF, WORKING_TIME]);
  return (
    <section
      aria-label={t('timeOff.title')}
      className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <div>
        <h2 className="text-xl font-bold tracking-tight">{t('timeOff.title')}</h2>
        <p className="text-sm text-muted">{t('timeOff.lead')}</p>
      </div>
      <Loaded query={query} skeleton="h-12">
        {(spans) => (
          <>
            {spans.length === 0 && <p className="text-muted">{t('timeOff.none')}</p>}
            <ul className="divide-y divide-line empty:hidden">
              {spans.map((span) => (
                <Span
                  key={span.id}
                  span={span}
                  zone={zone}
                  busy={remove.isPending && remove.variables === span.id}
                  onAffected={onAffected}
                  onChange={() => {
                    setEdited(span);
                  }}
                  onRemove={() => {
                    remove.mutate(span.id, {
                      onSuccess: () => {
                        notify({ text: t('timeOff.removed') });
                      },
                    });
                  }}
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {remove.isError && (
        <p role="alert" className="font-semibold text-danger">
          {t('timeOff.notRemoved')}
        </p>
      )}
      <div>
        <Button
          look="secondary"
          onClick={() => {
            setEdited('new');
          }}
        >
          {t('timeOff.add')}
        </Button>
      </div>
      {edited && (
        <SpanDialog
          {...{ id, zone, today, onAffected }}
          span={edited === 'new' ? undefined : edited}
          onClose={() => {
            setEdited(undefined);
          }}
        />
      )}
    </section>
  );
}

type SpanProps = {
  span: Schema['TimeOff'];
  zone: string;
  busy: boolean;
  onAffected: (ids: string[]) => void;
  onChange: () => void;
  onRemove: () => void;
};

function Span({ span, zone, busy, onAffected, onChange, onRemove }: SpanProps) {
  const t = useT();
  const isOnline = useOnline();
  const words = `${shortMoment(span.start, zone)} – ${shortMoment(span.end, zone)}`;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2">
      <p className="font-semibold tabular-nums">
        {span.title && <span className="block">{span.title}</span>}
        {words}
      </p>
      <div className="flex flex-wrap gap-1">
        {span.affected.length > 0 && (
          <Button
            look="danger"
            onClick={() => {
              onAffected(span.affected);
            }}
          >
            {t('affected', { count: span.affected.length })}
          </Button>
        )}
        <Button look="quiet" disabled={!isOnline} onClick={onChange}>
          {t('change')} <span className="sr-only">{words}</span>
        </Button>
        <Button look="quiet" disabled={!isOnline} busy={busy} onClick={onRemove}>
          {t('remove')} <span className="sr-only">{words}</span>
        </Button>
      </div>
    </li>
  );
}

type DialogProps = Props & { span: Schema['TimeOff'] | undefined; onClose: () => void };

function SpanDialog({ id, zone, today, span, onAffected, onClose }: DialogProps) {
  const t = useT();
  const save = useSave(
    (to: Schema['TimeOffInput']) =>
      span ? changeTimeOff(id, span, { title: '', ...to }) : addTimeOff(id, to),
    [TIME_OFF, WORKING_TIME],
  );
  const [tried, setTried] = useState<Values>();
  const momentAt = (local: unknown) => {
    const [date = '', time = ''] = String(local).split('T');
    return instantAt(date, minutesOf(time), zone);
  };
  const localOf = (instant: string) => {
    const { date, minutes } = wallOf(instant, zone);
    return `${date}T${timeOfDay(minutes)}`;
  };
  const before = span
    ? { title: span.title, start: localOf(span.start), end: localOf(span.end) }
    : { start: `${today}T09:00`, end: `${today}T17:00` };
  return (
    <Dialog title={t(span ? 'timeOff.change' : 'timeOff.add')} onClose={onClose} wide>
      <Form
        groups={[
          {
            hint: t('timeOff.hint'),
            fields: [
              {
                kind: 'text',
                name: 'title',
                label: t('off.title.field'),
                hint: t('off.title.hint'),
                optional: true,
                wide: true,
              },
              { kind: 'moment', name: 'start', label: t('timeOff.start') },
              { kind: 'moment', name: 'end', label: t('timeOff.end') },
            ],
          },
        ]}
        initial={tried ?? before}
        problem={save.error}
        busy={save.isPending}
        submit={t(span ? 'save' : 'add')}
        onCancel={onClose}
        onSubmit={(values) => {
          setTried(values);
          save.mutate(
            {
              start: momentAt(values['start']),
              end: momentAt(values['end']),
              ...(typeof values['title'] === 'string' && values['title'] ? { title: values['title'] } : {}),
            },
            {
              onSuccess: ({ affected }) => {
                notify({ text: t('saved') });
                onClose();
                if (affected.length > 0) onAffected(affected);
              },
            },
          );
        }}
      />
    </Dialog>
  );
}
