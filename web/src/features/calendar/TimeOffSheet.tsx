import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { timeOffQuery, useAddTimeOff, useRemoveTimeOff, type TimeOff } from '../../lib/schedule';
import { shortMoment } from '../../lib/time';
import { Affected } from './Affected';
import { TimeOffForm } from './TimeOffForm';
import type { Who } from './useDiary';

type Props = {
  who: Who;
  today: string;
  /** Just taken: what lies in it comes first. */
  taken?: TimeOff | undefined;
  onClose: () => void;
};

/** Time off: what there is, more of it, and what becomes of the lessons in it. */
export function TimeOffSheet({ who, today, taken, onClose }: Props) {
  const t = useT();
  const [deciding, setDeciding] = useState(taken);
  const [changing, setChanging] = useState<TimeOff>();
  return (
    <Dialog
      key={deciding?.id ?? 'list'}
      wide={deciding !== undefined}
      title={t(deciding ? 'off.affected.title' : 'off.title')}
      onClose={onClose}
    >
      {deciding ? (
        <Affected
          timeOff={deciding}
          who={who}
          onDone={() => {
            if (taken) onClose();
            else setDeciding(undefined);
          }}
        />
      ) : (
        <div className="grid gap-5">
          <TimeOffForm
            key={changing?.id ?? 'new'}
            who={who}
            today={today}
            changing={changing}
            onDone={(done) => {
              setChanging(undefined);
              if (done?.affected.length) setDeciding(done);
            }}
          />
          <Planned who={who} onDecide={setDeciding} onChange={setChanging} />
          <Button look="quiet" className="justify-self-end" onClick={onClose}>
            {t('close')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

type PlannedProps = {
  who: Who;
  onDecide: (timeOff: TimeOff) => void;
  onChange: (timeOff: TimeOff) => void;
};

function Planned({ who, onDecide, onChange }: PlannedProps) {
  const t = useT();
  const isOnline = useOnline();
  const planned = useQuery(timeOffQuery(who.instructorId));
  const remove = useRemoveTimeOff(who.instructorId);
  const add = useAddTimeOff(who.instructorId);
  const takeBack = ({ start, end, title }: TimeOff) => {
    add.mutateAsync({ start, end, title }).catch(() => {
      notify({ text: t('undo.failed') });
    });
  };
  return (
    <section aria-labelledby="planned">
      <h3 id="planned" className="mb-2 font-semibold">
        {t('off.planned')}
      </h3>
      {remove.isError && <Failure key={remove.submittedAt} error={remove.error} />}
      {planned.isError && <Failure error={planned.error} onRetry={() => void planned.refetch()} />}
      {planned.isPending && <Skeleton className="h-16" />}
      {planned.data?.length === 0 && <p className="text-muted">{t('off.none')}</p>}
      <ul className="divide-y divide-line">
        {planned.data
          ?.toSorted((a, b) => a.start.localeCompare(b.start))
          .map((each) => {
            const span = `${shortMoment(each.start, who.zone)} – ${shortMoment(each.end, who.zone)}`;
            return (
              <li key={each.id} className="flex flex-wrap items-center justify-between gap-x-3 py-2">
                <p className="tabular-nums">
                  {each.title && <span className="block font-semibold">{each.title}</span>}
                  {span}
                </p>
                <div role="group" aria-label={span} className="-mr-4 flex flex-wrap">
                  {each.affected.length > 0 && (
                    <Button
                      look="quiet"
                      onClick={() => {
                        onDecide(each);
                      }}
                    >
                      {t('off.lessons', { count: each.affected.length })}
                    </Button>
                  )}
                  <Button
                    look="quiet"
                    disabled={!isOnline}
                    onClick={() => {
                      onChange(each);
                    }}
                  >
                    {t('off.change')}
                  </Button>
                  <Button
                    look="quiet"
                    disabled={!isOnline}
                    busy={remove.isPending && remove.variables.id === each.id}
                    onClick={() => {
                      remove.mutate(each, {
                        onSuccess: () => {
                          notify({
                            text: t('off.removed'),
                            action: {
                              label: t('undo'),
                              run: () => {
                                takeBack(each);
                              },
                            },
                          });
                        },
                      });
                    }}
                  >
                    {t('off.remove')}
                  </Button>
                </div>
              </li>
            );
          })}
      </ul>
    </section>
  );
}
