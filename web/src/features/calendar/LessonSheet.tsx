import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { EndLesson } from '../../components/lesson/EndLesson';
import { Status } from '../../components/Status';
import { useT } from '../../i18n';
import { useApprove, useMove, useOutcome } from '../../lib/changes';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { bookingQuery, type Booking } from '../../lib/queries';
import { addMinutes, clockRange, dayOf, shortMoment } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';
import { lengthWords } from './length';
import { LessonFacts } from './LessonFacts';
import { LessonHistory } from './LessonHistory';
import { MoveForm } from './MoveForm';
import { RefusedTime } from './RefusedTime';

type View = 'facts' | 'move' | 'cancel' | 'refuse';
type Props = { booking: Booking; view?: View; onClose: () => void };

/** One lesson: who, when, where, what happened to it, and what can be done with it now. */
export function LessonSheet({ booking: given, view: first = 'facts', onClose }: Props) {
  const t = useT();
  const [view, setView] = useState(first);
  const query = useQuery({ ...bookingQuery(given.id), placeholderData: given });
  const booking = query.data ?? given;
  const name = useNames().nameOf(booking);
  const back = () => {
    if (first === view) onClose();
    else setView('facts');
  };
  const titles = {
    facts: name,
    move: t('week.move.title', { name }),
    cancel: t('cancel.title'),
    refuse: t('office.refuse.title'),
  };
  return (
    <Dialog
      key={view}
      wide={view === 'move'}
      title={titles[view]}
      onClose={view === 'facts' ? onClose : back}
    >
      {view === 'move' ? (
        <MoveForm booking={booking} onDone={onClose} onBack={back} />
      ) : (
        <>
          <p className="text-lg leading-snug font-semibold tabular-nums">
            {dayOf(booking.start, booking.zone)}, {clockRange(booking.start, booking.end, booking.zone)}
          </p>
          {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
          {view === 'facts' ? (
            <Facts booking={booking} onView={setView} onClose={onClose} />
          ) : (
            <EndLesson booking={booking} how={view} onDone={onClose} onKeep={back} />
          )}
        </>
      )}
    </Dialog>
  );
}

type FactsProps = { booking: Booking; onView: (view: View) => void; onClose: () => void };

function Facts({ booking, onView, onClose }: FactsProps) {
  const t = useT();
  const isOnline = useOnline();
  return (
    <div className="mt-2 grid gap-4">
      <div>
        <Status status={booking.status} />
      </div>
      <LessonFacts booking={booking} />
      <Answer booking={booking} onRefuse={onView} onClose={onClose} />
      {booking.can.includes('move') && <Length booking={booking} onDone={onClose} />}
      <LessonHistory booking={booking} />
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div className="flex flex-wrap gap-2 border-t border-line pt-4">
        {booking.can.includes('move') && (
          <Button
            look="secondary"
            onClick={() => {
              onView('move');
            }}
          >
            {t('move')}
          </Button>
        )}
        {booking.can.includes('cancel') && (
          <Button
            look="quiet"
            onClick={() => {
              onView('cancel');
            }}
          >
            {t('cancel.lesson')}
          </Button>
        )}
        <Button look="quiet" className="ml-auto" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </div>
  );
}

type AnswerProps = { booking: Booking; onRefuse: (view: 'refuse') => void; onClose: () => void };

/** What the lesson waits for: an answer to the request, or how it went. */
function Answer({ booking, onRefuse, onClose }: AnswerProps) {
  const t = useT();
  const isOnline = useOnline();
  const name = useNames().nameOf(booking);
  const approve = useApprove();
  const outcome = useOutcome();
  const tellDone = useTakeBack();
  const { can, start, zone } = booking;
  const record = (how: 'delivered' | 'no_show') => {
    outcome.mutate(
      { booking, outcome: how },
      {
        onSuccess: (done) => {
          tellDone(t('office.recorded', { name }), done);
          onClose();
        },
      },
    );
  };
  const error = approve.error ?? outcome.error;
  if (!can.includes('approve') && !can.includes('outcome')) return null;
  return (
    <div className="grid gap-3 rounded-2xl bg-sunken p-4">
      <h3 className="font-semibold">{t(can.includes('outcome') ? 'lesson.how' : 'lesson.asks')}</h3>
      {error && <Failure error={error} />}
      <div className="flex flex-wrap gap-2">
        {can.includes('outcome') &&
          (['delivered', 'no_show'] as const).map((how) => (
            <Button
              key={how}
              look={how === 'delivered' ? 'primary' : 'secondary'}
              busy={outcome.isPending}
              disabled={!isOnline}
              onClick={() => {
                record(how);
              }}
            >
              {t(`lesson.${how}`)}
            </Button>
          ))}
        {can.includes('approve') && (
          <Button
            busy={approve.isPending}
            disabled={!isOnline}
            onClick={() => {
              approve.mutate(
                { booking },
                {
                  onSuccess: () => {
                    notify({ text: t('lesson.approved', { name, moment: shortMoment(start, zone) }) });
                    onClose();
                  },
                },
              );
            }}
          >
            {t('office.approve')}
          </Button>
        )}
        {can.includes('refuse') && (
          <Button
            look="danger"
            onClick={() => {
              onRefuse('refuse');
            }}
          >
            {t('office.refuse')}
          </Button>
        )}
      </div>
    </div>
  );
}

const STEP = 15;

/** The way to another length without dragging. */
function Length({ booking, onDone }: { booking: Booking; onDone: () => void }) {
  const t = useT();
  const isOnline = useOnline();
  const move = useMove();
  const tellDone = useTakeBack();
  const name = useNames().nameOf(booking);
  const minutes = (Date.parse(booking.end) - Date.parse(booking.start)) / 60_000;
  const change = (to: Parameters<typeof move.mutate>[0]['to']) => {
    move.mutate(
      { booking, to },
      {
        onSuccess: (moved) => {
          tellDone(
            t('lesson.lengthChanged', { name, range: clockRange(moved.start, moved.end, moved.zone) }),
            moved,
          );
          onDone();
        },
      },
    );
  };
  return (
    <div className="grid gap-3">
      <div role="group" aria-label={t('lesson.length')} className="flex flex-wrap items-center gap-2">
        <span className="text-muted">{t('lesson.length')}</span>
        <strong className="tabular-nums">{lengthWords(minutes, t)}</strong>
        {[-STEP, STEP].map((step) => (
          <Button
            key={step}
            look="secondary"
            busy={move.isPending}
            disabled={!isOnline || minutes + step <= 0}
            onClick={() => {
              change({ end: addMinutes(booking.end, step) });
            }}
          >
            {t(step < 0 ? 'lesson.shorter' : 'lesson.longer', { minutes: STEP })}
          </Button>
        ))}
      </div>
      {move.isError && (
        <RefusedTime
          refused={{ booking, problem: move.error, to: { start: booking.start, ...move.variables.to } }}
          busy={move.isPending}
          onChange={change}
        />
      )}
    </div>
  );
}
