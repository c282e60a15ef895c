import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import type { Problem } from '../../lib/problem';
import { shortMoment } from '../../lib/time';
import { cancel, lessonQuery, type Lesson } from './guest';
import { LessonCard } from './LessonCard';
import { MoveLinked } from './MoveLinked';

/** /lesson#<token>: behind the # it is never sent to a server or written into a log. */
export function LinkedLessonPage() {
  const t = useT();
  const token = location.hash.slice(1);
  const lesson = useQuery({ ...lessonQuery(token), enabled: token !== '' });
  const isGone = token === '' || (lesson.error && 'status' in lesson.error && lesson.error.status === 404);
  if (isGone)
    return (
      <Page narrow title={t('linked.title')}>
        <Alert tone="warn" title={t('linked.gone')}>
          <p>{t('linked.gone.next')}</p>
        </Alert>
      </Page>
    );
  if (!lesson.data)
    return (
      <Page narrow title={t('linked.title')} busy={lesson.isPending}>
        {lesson.isError ? (
          <Failure error={lesson.error} onRetry={() => void lesson.refetch()} />
        ) : (
          <Skeleton className="h-96 rounded-3xl" />
        )}
      </Page>
    );
  return <Linked token={token} lesson={lesson.data} />;
}

function Linked({ token, lesson }: { token: string; lesson: Lesson }) {
  const t = useT();
  const client = useQueryClient();
  const [doing, setDoing] = useState<'move' | 'cancel'>();
  const [said, setSaid] = useState('');
  const keep = (next: Lesson, words: string) => {
    client.setQueryData(lessonQuery(token).queryKey, next);
    setSaid(words);
    setDoing(undefined);
  };
  if (doing === 'move')
    return (
      <MoveLinked
        token={token}
        lesson={lesson}
        onKeep={() => {
          setDoing(undefined);
        }}
        onMoved={(moved) => {
          keep(moved, t('move.done', { moment: shortMoment(moved.start, moved.zone) }));
        }}
      />
    );
  return (
    <Page narrow title={t('linked.at', { school: lesson.school })}>
      {said && (
        <p role="status" className="mb-4 rounded-xl bg-brand-soft p-3 font-semibold text-brand">
          {said}
        </p>
      )}
      <LessonCard lesson={lesson}>
        {lesson.status === 'requested' && <p>{t('booked.requested.next')}</p>}
        <div className="flex flex-wrap gap-2">
          {lesson.can.includes('move') && (
            <Button
              onClick={() => {
                setDoing('move');
              }}
            >
              {t('linked.move')}
            </Button>
          )}
          {lesson.can.includes('cancel') && (
            <Button
              look="danger"
              onClick={() => {
                setDoing('cancel');
              }}
            >
              {t('linked.cancel')}
            </Button>
          )}
        </div>
        {lesson.can.length === 0 && lesson.status !== 'cancelled' && <p>{t('linked.tooLate')}</p>}
      </LessonCard>
      {doing === 'cancel' && (
        <CancelLinked
          token={token}
          lesson={lesson}
          onClose={() => {
            setDoing(undefined);
          }}
          onCancelled={(gone) => {
            keep(gone, t('cancel.done', { moment: shortMoment(gone.start, gone.zone) }));
          }}
        />
      )}
    </Page>
  );
}

type CancelProps = {
  token: string;
  lesson: Lesson;
  onClose: () => void;
  onCancelled: (gone: Lesson) => void;
};

function CancelLinked({ token, lesson, onClose, onCancelled }: CancelProps) {
  const t = useT();
  const cancelling = useMutation<Lesson, Problem>({
    mutationFn: () => cancel(token, lesson),
    onSuccess: onCancelled,
  });
  const until = shortMoment(lesson.cancel_free_until, lesson.zone);
  return (
    <Dialog title={t('cancel.title')} onClose={onClose}>
      <p className="text-lg font-semibold">{shortMoment(lesson.start, lesson.zone)}</p>
      <p className="mb-4 text-muted">{t('cancel.freeUntil', { until })}</p>
      {cancelling.isError && (
        <div className="mb-4">
          <Failure error={cancelling.error} />
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          look="danger"
          busy={cancelling.isPending}
          onClick={() => {
            cancelling.mutate();
          }}
        >
          {t('cancel.confirm')}
        </Button>
        <Button look="secondary" onClick={onClose}>
          {t('linked.keep')}
        </Button>
      </div>
    </Dialog>
  );
}
