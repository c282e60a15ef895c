import { useQuery } from '@tanstack/react-query';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Failure } from '../../../components/Failure';
import { ReasonForm } from '../../../components/lesson/ReasonForm';
import { Skeleton } from '../../../components/Skeleton';
import { useT } from '../../../i18n';
import { notify } from '../../../lib/notice';
import { useOnline } from '../../../lib/online';
import { Problem } from '../../../lib/problem';
import { bookingQuery, type Booking } from '../../../lib/queries';
import { explainQuery } from '../../../lib/schedule';
import { shortMoment, shortRange } from '../../../lib/time';
import { useTakeBack } from '../../../lib/useTakeBack';
import { MoveForm } from '../MoveForm';
import { RefusedTime } from '../RefusedTime';
import { useResolve, type Conflict, type Resolution } from './elsewhere';
import { ResolveFailure } from './ResolveFailure';

/** Of a Resolution, in docs/openapi.yaml. */
const LONGEST_REASON = 500;

export type How = 'move' | 'other' | 'cancel';

type Props = {
  conflict: Conflict;
  how: How;
  zone: string;
  onClose: () => void;
};
type StepProps = Omit<Props, 'how'> & { booking: Booking };

/** What needs more than one tap: another time, against a rule, or the end of the lesson. */
export function ConflictSheet({ how, ...props }: Props) {
  const t = useT();
  const { conflict, onClose } = props;
  const { data: booking, isError, error, refetch } = useQuery(bookingQuery(conflict.booking_id));
  const titles = {
    move: t('conflict.move.title'),
    other: t('week.move.title', { name: conflict.learner }),
    cancel: t('cancel.title'),
  };
  return (
    <Dialog title={titles[how]} wide={how === 'other'} onClose={onClose}>
      {isError && <Failure error={error} onRetry={() => void refetch()} />}
      {!booking && !isError && <Skeleton className="h-40" />}
      {booking && how === 'other' && <MoveForm booking={booking} onDone={onClose} onBack={onClose} />}
      {booking && how === 'move' && <MoveThere {...props} booking={booking} />}
      {booking && how === 'cancel' && <Cancel {...props} booking={booking} />}
      {!booking && (
        <Button look="quiet" className="mt-3" onClick={onClose}>
          {t('close')}
        </Button>
      )}
    </Dialog>
  );
}

/** The answer, and what is said once it is given. */
function useAnswer({ conflict, zone, onClose }: StepProps) {
  const t = useT();
  const tellDone = useTakeBack();
  const resolve = useResolve();
  const answer = (resolution: Resolution) => {
    resolve.mutate(
      { conflict, resolution },
      {
        onSuccess: (done) => {
          const { learner: name, start } = conflict;
          const moment = done ? shortRange(done.start, done.end, zone) : t('conflict.moved.asThere');
          const text =
            resolution.how === 'cancel'
              ? t('lesson.cancelled', { name, moment: shortMoment(start, zone) })
              : t('week.moved', { name, moment });
          if (done) tellDone(text, done);
          else notify({ text });
          onClose();
        },
      },
    );
  };
  return { resolve, answer };
}

/** To where it stands in the calendar: against a rule with a reason, and never against a hard one. */
function MoveThere(props: StepProps) {
  const { conflict, booking, zone, onClose } = props;
  const t = useT();
  const isOnline = useOnline();
  const { resolve, answer } = useAnswer(props);
  const start = conflict.moved_to?.start ?? conflict.start;
  const now = useQuery(explainQuery(booking, { start }));
  const said = resolve.error?.refusals.length ? resolve.error.refusals : now.data?.refusals;
  const isFree = said?.length === 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <p>
        {t('conflict.move.lead', {
          name: conflict.learner,
          moment: conflict.moved_to ? shortRange(start, conflict.moved_to.end, zone) : '',
        })}
      </p>
      {now.isError && !said && <Failure error={now.error} onRetry={() => void now.refetch()} />}
      {now.isPending && <Skeleton className="h-24" />}
      {resolve.error?.refusals.length === 0 && (
        <ResolveFailure key={resolve.submittedAt} error={resolve.error} />
      )}
      {said && !isFree && (
        <RefusedTime
          refused={{
            booking,
            to: { start },
            problem: new Problem({ type: 'refused', status: 422, refusals: said }),
          }}
          busy={resolve.isPending}
          longest={LONGEST_REASON}
          onChange={({ override, reason }) => {
            answer({ how: 'move', ...(override ? { override } : {}), ...(reason ? { reason } : {}) });
          }}
        />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          {t('close')}
        </Button>
        {isFree && (
          <Button
            disabled={!isOnline}
            busy={resolve.isPending}
            onClick={() => {
              answer({ how: 'move' });
            }}
          >
            {t('week.move.to', { moment: shortMoment(start, zone) })}
          </Button>
        )}
      </div>
    </div>
  );
}

function Cancel(props: StepProps) {
  const { conflict, zone, onClose } = props;
  const t = useT();
  const { resolve, answer } = useAnswer(props);
  return (
    <div className="grid gap-4">
      <p className="text-lg font-semibold tabular-nums">{shortRange(conflict.start, conflict.end, zone)}</p>
      <p className="text-muted">{t('lesson.cancel.lead', { name: conflict.learner })}</p>
      <ReasonForm
        label={t('office.reason')}
        confirm={t('cancel.confirm')}
        busy={resolve.isPending}
        longest={LONGEST_REASON}
        onKeep={onClose}
        onConfirm={(reason) => {
          answer({ how: 'cancel', ...reason });
        }}
      >
        {resolve.isError && <ResolveFailure key={resolve.submittedAt} error={resolve.error} />}
      </ReasonForm>
    </div>
  );
}
