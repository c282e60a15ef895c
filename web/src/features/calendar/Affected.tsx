import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { useCancel, useUndo } from '../../lib/changes';
import { useOnline } from '../../lib/online';
import { bookingsQuery, type Booking } from '../../lib/queries';
import { notify } from '../../lib/notice';
import { useRemoveTimeOff, type TimeOff } from '../../lib/schedule';
import { addDays, dateAt, shortRange } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { MoveForm } from './MoveForm';
import type { Who } from './useDiary';

type Props = { timeOff: TimeOff; who: Who; onDone: () => void };

const ALIVE: Booking['status'][] = ['booked', 'requested'];

/** The lessons that lie in time off: nothing has happened to them yet, each waits for a decision. */
export function Affected({ timeOff, who, onDone }: Props) {
  const { zone } = who;
  const t = useT();
  const isOnline = useOnline();
  const names = useNames();
  const cancel = useCancel();
  const remove = useRemoveTimeOff(who.instructorId);
  const field = useId();
  const reason = useRef<HTMLInputElement>(null);
  const [kept, setKept] = useState<string[]>([]);
  const [ended, setEnded] = useState<Booking[]>([]);
  const [moving, setMoving] = useState<Booking>();
  const lessons = useQuery(
    bookingsQuery({ from: dateAt(timeOff.start, zone), to: addDays(dateAt(timeOff.end, zone), 1) }),
  );
  const undoing = ended.map(({ id }) => id);
  const open = lessons.data?.filter(
    (each) =>
      timeOff.affected.includes(each.id) &&
      (ALIVE.includes(each.status) || undoing.includes(each.id)) &&
      each.start < timeOff.end &&
      each.end > timeOff.start &&
      !kept.includes(each.id),
  );

  const end = (booking: Booking) => {
    const words = reason.current?.value.trim();
    cancel.mutate(
      { booking, ...(words ? { reason: words } : {}) },
      {
        // The notice with its "Undo" lies outside of the dialog: here the row offers it.
        onSuccess: (done) => {
          setEnded((others) => [...others.filter(({ id }) => id !== done.id), done]);
        },
      },
    );
  };
  if (moving)
    return (
      <MoveForm
        booking={moving}
        onBack={() => {
          setMoving(undefined);
        }}
        onDone={() => {
          setMoving(undefined);
        }}
      />
    );
  if (lessons.isPending || lessons.isPlaceholderData) return <Skeleton className="h-40" />;
  if (lessons.isError && !open)
    return <Failure error={lessons.error} onRetry={() => void lessons.refetch()} />;
  if (!open?.length)
    return (
      <div className="grid gap-4">
        <p role="status">{t('off.affected.none')}</p>
        <Button className="justify-self-end" onClick={onDone}>
          {t('off.affected.done')}
        </Button>
      </div>
    );
  return (
    <div className="grid gap-4">
      <p>{t('off.affected.lead', { count: open.length })}</p>
      <div className="grid gap-1.5">
        <label htmlFor={field} className="font-semibold">
          {t('off.affected.reason')}
        </label>
        <input
          ref={reason}
          id={field}
          defaultValue={t('off.affected.reasonIs')}
          maxLength={1000}
          autoComplete="off"
          className="min-h-12 rounded-xl border border-edge bg-surface px-3.5"
        />
      </div>
      {cancel.isError && <Failure key={cancel.submittedAt} error={cancel.error} />}
      <ul className="grid gap-3">
        {open.map((booking) => {
          const done = ended.find(({ id }) => id === booking.id);
          return (
            <li key={booking.id} className="rounded-2xl border border-line p-3">
              <p className="font-semibold">{names.nameOf(booking)}</p>
              <p className="text-muted tabular-nums">
                {shortRange(booking.start, booking.end, zone)}, {names.type(booking.lesson_type_id)}
              </p>
              {done ? (
                <Ended
                  booking={done}
                  onOver={() => {
                    setEnded((others) => others.filter(({ id }) => id !== done.id));
                  }}
                />
              ) : (
                <Decide
                  booking={booking}
                  name={names.nameOf(booking)}
                  busy={cancel.isPending && cancel.variables.booking.id === booking.id}
                  onMove={setMoving}
                  onCancel={end}
                  onKeep={() => {
                    setKept([...kept, booking.id]);
                  }}
                />
              )}
            </li>
          );
        })}
      </ul>
      <p className="text-sm text-muted">{t('off.affected.office')}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button
          look="quiet"
          disabled={!isOnline}
          busy={remove.isPending}
          onClick={() => {
            remove.mutate(timeOff, {
              onSuccess: () => {
                notify({ text: t('off.removed') });
                onDone();
              },
            });
          }}
        >
          {t('off.affected.remove')}
        </Button>
        <Button look="secondary" onClick={onDone}>
          {t('off.affected.later')}
        </Button>
      </div>
      {remove.isError && <Failure key={remove.submittedAt} error={remove.error} />}
    </div>
  );
}

type DecideProps = {
  booking: Booking;
  name: string;
  busy: boolean;
  onMove: (booking: Booking) => void;
  onCancel: (booking: Booking) => void;
  onKeep: () => void;
};

function Decide({ booking, name, busy, onMove, onCancel, onKeep }: DecideProps) {
  const t = useT();
  const isOnline = useOnline();
  return (
    <div role="group" aria-label={name} className="mt-2 flex flex-wrap gap-2">
      {booking.can.includes('move') && (
        <Button
          look="secondary"
          onClick={() => {
            onMove(booking);
          }}
        >
          {t('move')}
        </Button>
      )}
      {booking.can.includes('cancel') && (
        <Button
          look="danger"
          disabled={!isOnline}
          busy={busy}
          onClick={() => {
            onCancel(booking);
          }}
        >
          {t('cancel.lesson')}
        </Button>
      )}
      <Button look="quiet" onClick={onKeep}>
        {t('off.affected.keep')}
      </Button>
    </div>
  );
}

const UNDO_MS = 10_000;

function Ended({ booking, onOver }: { booking: Booking; onOver: () => void }) {
  const t = useT();
  const undo = useUndo();
  const over = useEffectEvent(onOver);
  useEffect(() => {
    const timer = setTimeout(over, UNDO_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div role="status" className="mt-2 flex flex-wrap items-center gap-2">
      <span className="font-semibold">{undo.isError ? t('undo.failed') : t('status.cancelled')}</span>
      {booking.can.includes('undo') && !undo.isError && (
        <Button
          look="secondary"
          busy={undo.isPending}
          onClick={() => {
            undo.mutate({ booking }, { onSuccess: onOver });
          }}
        >
          {t('undo')}
        </Button>
      )}
    </div>
  );
}
