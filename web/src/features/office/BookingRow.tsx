import { Link } from '@tanstack/react-router';
import { Button, buttonLook } from '../../components/Button';
import { failureWords } from '../../components/Failure';
import { NotReached } from '../../components/lesson/NotReached';
import { Status } from '../../components/Status';
import { useT } from '../../i18n';
import { useApprove, useOutcome } from '../../lib/changes';
import type { Booking } from '../../lib/queries';
import { clockRange } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';

type Props = { booking: Booking; onEnd: (how: 'cancel' | 'refuse') => void };

export function BookingRow({ booking, onEnd }: Props) {
  const t = useT();
  const names = useNames();
  const tellDone = useTakeBack();
  const approve = useApprove();
  const outcome = useOutcome();
  const name = names.nameOf(booking);
  const failure = approve.error ?? outcome.error;
  const { can } = booking;
  const facts = [
    names.type(booking.lesson_type_id),
    names.instructor(booking.instructor_id),
    names.vehicle(booking.vehicle_id),
  ];

  const record = (value: 'delivered' | 'no_show') => {
    outcome.mutate(
      { booking, outcome: value },
      {
        onSuccess: (done) => {
          tellDone(t('office.recorded', { name }), done);
        },
      },
    );
  };
  return (
    <li className="grid gap-3 p-4 lg:grid-cols-[8.5rem_minmax(0,1fr)_auto] lg:items-center lg:gap-6">
      <p className="font-bold tabular-nums">{clockRange(booking.start, booking.end, booking.zone)}</p>
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-semibold">
          {name} <Status status={booking.status} />
        </p>
        <p className="text-muted">{facts.filter(Boolean).join(', ')}</p>
        <NotReached booking={booking} />
      </div>
      <div className="flex flex-wrap gap-2 lg:justify-end" role="group" aria-label={name}>
        {can.includes('approve') && (
          <Button
            busy={approve.isPending}
            onClick={() => {
              approve.mutate({ booking });
            }}
          >
            {t('office.approve')}
          </Button>
        )}
        {can.includes('refuse') && (
          <Button
            look="danger"
            onClick={() => {
              onEnd('refuse');
            }}
          >
            {t('office.refuse')}
          </Button>
        )}
        {can.includes('outcome') && (
          <>
            <Button
              look="secondary"
              busy={outcome.isPending}
              onClick={() => {
                record('delivered');
              }}
            >
              {t('office.delivered')}
            </Button>
            <Button
              look="quiet"
              busy={outcome.isPending}
              onClick={() => {
                record('no_show');
              }}
            >
              {t('office.noShow')}
            </Button>
          </>
        )}
        {can.includes('move') && (
          <Link className={buttonLook('secondary')} to="/lessons/$id/move" params={{ id: booking.id }}>
            {t('move')}
          </Link>
        )}
        {can.includes('cancel') && (
          <Button
            look="quiet"
            onClick={() => {
              onEnd('cancel');
            }}
          >
            {t('cancel.lesson')}
          </Button>
        )}
      </div>
      {failure && (
        <p role="alert" className="font-semibold text-danger lg:col-span-3">
          {failure.refusals.map((refusal) => refusal.message).join(' ') || failureWords(failure, t).title}
        </p>
      )}
    </li>
  );
}
