import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure } from '../../../components/Failure';
import { Skeleton } from '../../../components/Skeleton';
import { useT } from '../../../i18n';
import { notify } from '../../../lib/notice';
import { shortMoment } from '../../../lib/time';
import { ConflictCard } from './ConflictCard';
import { ConflictSheet, type How } from './ConflictSheet';
import { conflictsQuery, useResolve, type Conflict } from './elsewhere';
import { ResolveFailure } from './ResolveFailure';

type Props = {
  zone: string;
  /** For the office, in whose calendar it is. */
  nameOf?: (instructorId: string) => string;
};

/** Lessons that were moved or deleted in a calendar and could not follow: each waits for a decision. */
export function Conflicts({ zone, nameOf }: Props) {
  const t = useT();
  const conflicts = useQuery(conflictsQuery);
  const putBack = useResolve();
  const [deciding, setDeciding] = useState<{ conflict: Conflict; how: How }>();
  const resolve = (conflict: Conflict) => {
    putBack.mutate(
      { conflict, resolution: { how: 'put_back' } },
      {
        onSuccess: () => {
          const { learner: name, start } = conflict;
          notify({ text: t('conflict.putBack.done', { name, moment: shortMoment(start, zone) }) });
        },
      },
    );
  };
  return (
    <section aria-labelledby="conflicts" aria-busy={conflicts.isPending} className="grid gap-3">
      <h2 id="conflicts" className="text-xl font-bold tracking-tight">
        {t('conflict.title', { count: conflicts.data?.length ?? 0 })}
      </h2>
      {conflicts.isError && <Failure error={conflicts.error} onRetry={() => void conflicts.refetch()} />}
      {conflicts.isPending && <Skeleton className="h-24 rounded-2xl" />}
      {putBack.isError && <ResolveFailure key={putBack.submittedAt} error={putBack.error} />}
      {conflicts.data?.length === 0 && (
        <p className="rounded-2xl border border-dashed border-edge p-4 text-muted">
          {t(nameOf ? 'conflict.none.office' : 'conflict.none')}
        </p>
      )}
      {conflicts.data && conflicts.data.length > 0 && (
        <ul className="grid gap-3">
          {conflicts.data.map((conflict) => (
            <ConflictCard
              key={conflict.id}
              conflict={conflict}
              zone={zone}
              whose={nameOf?.(conflict.instructor_id)}
              busy={putBack.isPending && putBack.variables.conflict.id === conflict.id}
              onPutBack={() => {
                resolve(conflict);
              }}
              onDecide={(how) => {
                setDeciding({ conflict, how });
              }}
            />
          ))}
        </ul>
      )}
      {deciding && (
        <ConflictSheet
          {...deciding}
          zone={zone}
          onClose={() => {
            setDeciding(undefined);
          }}
        />
      )}
    </section>
  );
}
