import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Empty, Row, RowAction, Rows } from '../../components/manage/ListPage';
import { Page } from '../../components/Page';
import { saidOn } from '../../components/policies/policies';
import type { DataRequest } from '../../components/requests/requests';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { AnswerDialog } from './AnswerDialog';
import { RecordDialog } from './RecordDialog';

const STATES = ['open', 'closed'] as const;
type State = (typeof STATES)[number];
type Doing = { request: DataRequest; verb: 'extension' | 'outcome' };

function useRequests(state: State) {
  return useInfiniteQuery({
    queryKey: ['requests', state],
    queryFn: ({ signal, pageParam }) =>
      body(
        api.GET('/api/v1/privacy/requests', {
          params: { query: { state, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Schema['DataRequestPage']) => last.next_cursor,
  });
}

/** What people ask about their data: what waits, by due date, and what was answered. */
export function RequestsPage() {
  const t = useT();
  const [state, setState] = useState<State>('open');
  const [doing, setDoing] = useState<Doing>();
  const [isRecording, setRecording] = useState(false);
  const requests = useRequests(state);
  const all = requests.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('manage.requests')} busy={requests.isPending}>
      <p className="-mt-1 mb-4 max-w-prose text-muted lg:-mt-5">{t('requests.manage.lead')}</p>
      <div className="mb-4 flex flex-wrap justify-between gap-3">
        <div role="group" aria-label={t('requests.show')} className="flex flex-wrap gap-2">
          {STATES.map((each) => (
            <Button
              key={each}
              look={each === state ? 'secondary' : 'quiet'}
              aria-pressed={each === state}
              onClick={() => {
                setState(each);
              }}
            >
              {t(`requests.show.${each}`)}
            </Button>
          ))}
        </div>
        <Button
          onClick={() => {
            setRecording(true);
          }}
        >
          {t('requests.record')}
        </Button>
      </div>
      {requests.isError && <Failure error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isPending && <Skeleton className="h-24" />}
      {requests.isSuccess && all.length === 0 && <Empty title={t(`requests.none.${state}`)} />}
      {all.length > 0 && (
        <Rows>
          {all.map((request) => (
            <One key={request.id} request={request} onDo={setDoing} />
          ))}
        </Rows>
      )}
      {requests.hasNextPage && (
        <Button
          look="secondary"
          className="mt-3"
          busy={requests.isFetchingNextPage}
          onClick={() => void requests.fetchNextPage()}
        >
          {t('requests.more')}
        </Button>
      )}
      {doing && (
        <AnswerDialog
          {...doing}
          onClose={() => {
            setDoing(undefined);
          }}
        />
      )}
      {isRecording && (
        <RecordDialog
          onClose={() => {
            setRecording(false);
          }}
        />
      )}
    </Page>
  );
}

function One({ request, onDo }: { request: DataRequest; onDo: (doing: Doing) => void }) {
  const t = useT();
  const { outcome, overdue, extended } = request;
  const name = request.name || t('requests.nobody');
  const said = outcome ? request.answer : request.extension_reason;
  const action = (verb: Doing['verb'], look: 'secondary' | 'quiet') => (
    <RowAction
      label={t(`requests.${verb}`)}
      of={name}
      look={look}
      onClick={() => {
        onDo({ request, verb });
      }}
    />
  );
  const due = saidOn(request.due_on, 'UTC');
  return (
    <Row
      name={`${name}: ${t(`requests.about.${request.right}`)}`}
      badge={outcome ? t(`requests.outcome.${outcome}`) : undefined}
      facts={
        <div className="grid gap-1">
          <p>
            {t('requests.received', { day: saidOn(request.received_on, 'UTC') })}{' '}
            {!outcome && (
              <strong className={overdue ? 'text-danger' : 'text-ink'}>
                {t(overdue ? 'requests.overdue' : 'requests.due', { day: due })}
              </strong>
            )}
          </p>
          <p className="wrap-anywhere whitespace-pre-line text-ink">{request.text}</p>
          {said && <p className="wrap-anywhere whitespace-pre-line">{t('requests.said', { said })}</p>}
          {!outcome && <p className="text-sm">{t(`requests.how.${request.right}`)}</p>}
        </div>
      }
    >
      {!outcome && action('outcome', 'secondary')}
      {!outcome && !extended && action('extension', 'quiet')}
    </Row>
  );
}
