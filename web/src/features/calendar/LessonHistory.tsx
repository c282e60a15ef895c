import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { meQuery, type Booking } from '../../lib/queries';
import { historyQuery } from '../../lib/schedule';
import { shortMoment, shortRange } from '../../lib/time';
import { useLessonNames } from './useDiary';

/** What happened to a lesson, the latest first; asked for when it is opened. */
export function LessonHistory({ booking }: { booking: Booking }) {
  const t = useT();
  const [isOpen, setIsOpen] = useState(false);
  const history = useQuery({ ...historyQuery(booking.id), enabled: isOpen });
  return (
    <details
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open);
      }}
    >
      <summary className="disclosure text-brand">{t('history')}</summary>
      {history.isError && <Failure error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <Skeleton className="h-16" />}
      <ol className="grid gap-2 border-l-2 border-line pl-4">
        {history.data?.items.toReversed().map((event) => (
          <Happening key={event.version} booking={booking} event={event} />
        ))}
      </ol>
    </details>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function Happening({ booking, event }: { booking: Booking; event: Schema['Event'] }) {
  const t = useT();
  const me = useQuery(meQuery).data;
  const { name } = useLessonNames()(booking);
  const { actor, type, at, data } = event;
  const who = actor === me?.id ? t('history.you') : actor === booking.learner_id ? name : t('history.school');
  const [start, end] = [text(data['start']), text(data['end'])];
  return (
    <li>
      <p className="font-semibold">
        {t(`history.${type}`)}
        {start && end && (
          <span className="font-normal tabular-nums">: {shortRange(start, end, booking.zone)}</span>
        )}
      </p>
      <p className="text-sm text-muted">
        {shortMoment(at, booking.zone)}, {who}
      </p>
    </li>
  );
}
