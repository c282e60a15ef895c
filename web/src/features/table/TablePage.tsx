import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { Empty } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body, everyPage, type Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { meQuery, type Booking } from '../../lib/queries';
import { cityOf, clock, todayIn } from '../../lib/time';
import { digitsOf, type Money } from '../../lib/manage/fields';
import { useNames, type Names } from '../../lib/useNames';
import { csv, download } from './csv';
import { questionOf, type Filter, type Question } from './filter';
import { Filters } from './Filters';
import { HistoryDialog } from './HistoryDialog';
import { Table } from './Table';

const route = getRouteApi('/in/manage/manage/bookings');
const PAGE_SIZE = 25;

const read = (question: Question, page: { limit: number; cursor?: string }, signal?: AbortSignal) =>
  body(
    api.GET('/api/v1/calendar/bookings', {
      params: { query: { ...question, ...page } },
      ...(signal ? { signal } : {}),
    }),
  );

/** One page at a time; those that were seen stay at hand. */
function usePages(question: Question) {
  const [at, setAt] = useState({ question: '', page: 0 });
  const pages = useInfiniteQuery({
    queryKey: ['bookings', 'table', question],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      read(question, { limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    getNextPageParam: (last: Schema['BookingList']) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
  // Another question begins at its first page.
  const key = JSON.stringify(question);
  const page = at.question === key ? at.page : 0;
  const goTo = async (next: number) => {
    const loaded = pages.data?.pages[next] ? pages : await pages.fetchNextPage();
    if (loaded.data?.pages[next]) setAt({ question: key, page: next });
  };
  const hasNext = page + 1 < (pages.data?.pages.length ?? 0) || pages.hasNextPage;
  return { pages, page, rows: pages.data?.pages[page]?.items, hasNext, goTo };
}

/** Every booking of a window, of whom and in what state one wants; the address of the page holds the question. */
export function TablePage() {
  const t = useT();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const today = useMemo(() => todayIn(zone, new Date()), [zone]);
  const question = questionOf(filter, today);
  const names = useNames();
  const { pages, page, rows, hasNext, goTo } = usePages(question);
  const [history, setHistory] = useState<Booking>();
  const setFilter = (next: Filter) => void navigate({ search: next, replace: true });

  return (
    <Page title={t('manage.bookings')} busy={pages.isPending}>
      <Filters filter={filter} question={question} onChange={setFilter} />
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-muted">{t('zone', { city: cityOf(zone) })}</p>
        <Download question={question} names={names} isEmpty={!rows || rows.length === 0} />
      </div>
      {pages.isError && (
        <div className="mb-4">
          <Failure error={pages.error} onRetry={() => void pages.refetch()} />
        </div>
      )}
      {pages.isPending && <Skeleton className="h-[60rem] rounded-2xl" />}
      {rows?.length === 0 && (
        <Empty
          title={t('table.none')}
          action={
            <Button
              look="secondary"
              onClick={() => {
                setFilter({});
              }}
            >
              {t('table.reset')}
            </Button>
          }
        />
      )}
      {rows && rows.length > 0 && (
        <>
          <div aria-busy={pages.isPlaceholderData} className={pages.isPlaceholderData ? 'opacity-60' : ''}>
            <Table bookings={rows} names={names} onHistory={setHistory} />
          </div>
          <Pager
            page={page}
            hasNext={hasNext}
            busy={pages.isFetchingNextPage}
            onGo={(next) => void goTo(next)}
          />
        </>
      )}
      {history && (
        <HistoryDialog
          booking={history}
          names={names}
          onClose={() => {
            setHistory(undefined);
          }}
        />
      )}
    </Page>
  );
}

type PagerProps = { page: number; hasNext: boolean; busy: boolean; onGo: (page: number) => void };

function Pager({ page, hasNext, busy, onGo }: PagerProps) {
  const t = useT();
  const turn = (by: number) => () => {
    onGo(page + by);
  };
  return (
    <nav aria-label={t('table.pages')} className="mt-4 flex items-center justify-between gap-2">
      <Button look="secondary" disabled={page === 0} onClick={turn(-1)}>
        {t('table.previous')}
      </Button>
      <p className="font-semibold" aria-live="polite">
        {t('table.page', { page: page + 1 })}
      </p>
      <Button look="secondary" disabled={!hasNext} busy={busy} onClick={turn(1)}>
        {t('table.next')}
      </Button>
    </nav>
  );
}

function Download({ question, names, isEmpty }: { question: Question; names: Names; isEmpty: boolean }) {
  const t = useT();
  const save = useMutation<undefined, Problem>({
    mutationFn: async () => {
      const all = await everyPage((cursor) => read(question, { limit: 200, ...cursor }));
      const titles = ['date', 'start', 'end', 'learner', 'instructor', 'lesson', 'vehicle', 'status'];
      const heads = [...titles, 'price', 'currency'].map((title) => t(`csv.${title}`));
      const rows = all.map((booking) => [
        booking.local_start.slice(0, 10),
        booking.local_start.slice(11, 16),
        clock(booking.end, booking.zone),
        names.learner(booking.learner_id),
        names.instructor(booking.instructor_id),
        names.type(booking.lesson_type_id),
        names.vehicle(booking.vehicle_id) ?? '',
        t(`status.${booking.status}`),
        amountOf(booking.price),
        booking.price.currency,
      ]);
      download(`bookings-${question.from}.csv`, csv([heads, ...rows]));
      return undefined;
    },
  });
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {save.isError && (
        <p role="alert" className="font-semibold text-danger">
          {t('table.downloadFailed')}
        </p>
      )}
      <Button
        look="secondary"
        busy={save.isPending}
        disabled={isEmpty}
        onClick={() => {
          save.mutate();
        }}
      >
        {t('table.download')}
      </Button>
    </div>
  );
}

/** A plain number, so that a spreadsheet can add it up. */
function amountOf(price: Money): string {
  const digits = digitsOf(price.currency);
  return (price.amount_minor / 10 ** digits).toFixed(digits);
}
