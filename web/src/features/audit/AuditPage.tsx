import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Lead } from '../../components/manage/Lead';
import { Empty, Rows } from '../../components/manage/ListPage';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { saveFile } from '../../lib/file';
import type { Problem } from '../../lib/problem';
import { meQuery } from '../../lib/queries';
import { addDays, cityOf } from '../../lib/time';
import { AuditEntry } from './AuditEntry';
import { AuditFilters, type Filter } from './AuditFilters';
import { PeopleSeen } from './PeopleSeen';

const route = getRouteApi('/in/manage/manage/audit');

/** People say the last day, the API the first one after it. */
function questionOf({ to, ...rest }: Filter): Record<string, string> {
  const asked = { ...rest, to: to && addDays(to, 1) };
  return Object.fromEntries(Object.entries(asked).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Who did and saw what, newest first; the address of the page holds the question. */
export function AuditPage() {
  const t = useT();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const question = questionOf(filter);
  const pages = useInfiniteQuery({
    queryKey: ['audit', question],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET('/api/v1/audit', {
          params: { query: { ...question, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last: Schema['AuditList']) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
  const entries = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const setFilter = (next: Filter) => void navigate({ search: next, replace: true });
  return (
    <Page title={t('manage.audit')} busy={pages.isPending}>
      <div className="-mt-1 mb-4 lg:-mt-5">
        <Lead>{t('audit.lead')}</Lead>
      </div>
      <AuditFilters filter={filter} onChange={setFilter} />
      {filter.who && <PeopleSeen key={filter.who} who={filter.who} question={question} zone={zone} />}
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-muted">{t('zone', { city: cityOf(zone) })}</p>
        <Export question={question} isEmpty={entries.length === 0} />
      </div>
      {pages.isError && (
        <div className="mb-4">
          <Failure error={pages.error} onRetry={() => void pages.refetch()} />
        </div>
      )}
      {pages.isPending && <Skeleton className="h-[60rem] rounded-2xl" />}
      {pages.isSuccess && entries.length === 0 && (
        <Empty title={t(pages.hasNextPage ? 'audit.none.yet' : 'audit.none')} />
      )}
      {entries.length > 0 && (
        <div aria-busy={pages.isPlaceholderData} className={pages.isPlaceholderData ? 'opacity-60' : ''}>
          <Rows>
            {entries.map((entry) => (
              <AuditEntry key={entry.id} entry={entry} zone={zone} />
            ))}
          </Rows>
        </div>
      )}
      {pages.hasNextPage && (
        <Button
          look="secondary"
          className="mt-3"
          busy={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('audit.older')}
        </Button>
      )}
    </Page>
  );
}

function Export({ question, isEmpty }: { question: Record<string, string>; isEmpty: boolean }) {
  const t = useT();
  const save = useMutation<undefined, Problem>({
    mutationFn: async () => {
      const table = await body(
        api.GET('/api/v1/audit.csv', { params: { query: question }, parseAs: 'blob' }) as Promise<{
          data?: Blob;
        }>,
      );
      saveFile('audit.csv', table);
    },
  });
  return (
    <div className="grid justify-items-end gap-2">
      <Button
        look="secondary"
        busy={save.isPending}
        disabled={isEmpty}
        onClick={() => {
          save.mutate();
        }}
      >
        {t('audit.export')}
      </Button>
      {save.isError && <Failure key={save.submittedAt} error={save.error} takesFocus />}
    </div>
  );
}
