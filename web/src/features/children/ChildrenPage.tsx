import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { Status } from '../../components/Status';
import { useT } from '../../i18n';
import { actAs } from '../../lib/account/act';
import type { Schema } from '../../lib/api';
import { meQuery } from '../../lib/queries';
import { clockRange, dayOf } from '../../lib/time';
import { childrenQuery, nextLessonsQuery } from './children';
import { Consent } from './Consent';

type Child = Schema['Child'];

/** A guardian's first page: their children, what comes next for each, and the way into booking for one of them. */
export function ChildrenPage() {
  const t = useT();
  const me = useQuery(meQuery).data;
  const list = useQuery(childrenQuery);
  return (
    <Page title={t('children.title')} busy={list.isPending} narrow>
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-48 rounded-2xl" />}
      {list.data?.items.length === 0 && <p className="text-lg">{t('children.none')}</p>}
      <ul className="grid gap-4">
        {list.data?.items.map((child) => (
          <ChildCard key={child.id} child={child} zone={me?.school.time_zone ?? 'UTC'} />
        ))}
      </ul>
    </Page>
  );
}

function ChildCard({ child, zone }: { child: Child; zone: string }) {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  const lessons = useQuery(nextLessonsQuery(child.id, zone));
  const go = async (to: '/book' | '/lessons') => {
    await actAs(client, router, { id: child.id, name: child.name, role: 'learner' });
    if (to !== '/book') await router.navigate({ to });
  };
  return (
    <li className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <h2 className="text-xl font-bold tracking-tight">{child.name}</h2>
      {lessons.isPending && <Skeleton className="h-12" />}
      {lessons.isError && <Failure error={lessons.error} onRetry={() => void lessons.refetch()} />}
      {lessons.data?.length === 0 && <p className="text-muted">{t('children.noLessons')}</p>}
      {lessons.data && lessons.data.length > 0 && (
        <ul className="grid gap-2" aria-label={t('children.next')}>
          {lessons.data.map((lesson) => (
            <li key={lesson.id} className="flex flex-wrap items-center justify-between gap-2 tabular-nums">
              <span>
                {dayOf(lesson.start, lesson.zone)}, {clockRange(lesson.start, lesson.end, lesson.zone)}
              </span>
              <Status status={lesson.status} />
            </li>
          ))}
        </ul>
      )}
      {child.consent !== 'not_asked' && <Consent child={child} />}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void go('/book')}>
          {t('children.book')} <span className="sr-only">{child.name}</span>
        </Button>
        <Button look="secondary" onClick={() => void go('/lessons')}>
          {t('children.lessons')} <span className="sr-only">{child.name}</span>
        </Button>
      </div>
    </li>
  );
}
