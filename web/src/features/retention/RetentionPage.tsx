import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { Form, Submit } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';
import { Holds } from './Holds';
import { Preview } from './Preview';

type Retention = Schema['Retention'];
const FIELDS = ['text_months', 'document_months', 'learner_months'] as const;
type Months = Partial<Record<(typeof FIELDS)[number], number>>;

const retentionQuery = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/privacy/retention', { signal })),
});
const previewQuery = (query: Months) =>
  queryOptions({
    queryKey: ['retention', 'preview', query],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/privacy/retention/preview', { params: { query }, signal })),
    staleTime: 0,
  });

/** How long what is kept, with what would go before it is said; and holds. Only admins come here. */
export function RetentionPage() {
  const t = useT();
  const saved = useQuery(retentionQuery);
  return (
    <Page title={t('manage.retention')} busy={saved.isPending}>
      <p className="-mt-1 mb-4 max-w-2xl text-muted lg:-mt-5">{t('retention.lead')}</p>
      <Loaded query={saved} skeleton="h-24">
        {(data) => <Settings key={data.version} saved={data} />}
      </Loaded>
      <Holds />
    </Page>
  );
}

function useSaving(saved: Retention) {
  const t = useT();
  const client = useQueryClient();
  return useMutation<unknown, Problem, Months>({
    mutationFn: (months) =>
      api.PUT('/api/v1/privacy/retention', {
        params: { header: { 'If-Match': `"${saved.version}"` } },
        body: months,
      }),
    onSuccess: () => {
      notify({ text: t('saved') });
    },
    onSettled: () => client.invalidateQueries({ queryKey: retentionQuery.queryKey, exact: true }),
  });
}

function Settings({ saved }: { saved: Retention }) {
  const t = useT();
  const [wanted, setWanted] = useState<Months>();
  const save = useSaving(saved);
  const isNothing = wanted && Object.keys(wanted).length === 0;
  return (
    <div className="grid max-w-2xl gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <Form
        groups={[
          {
            hint: t('retention.hint'),
            fields: FIELDS.map((name) => ({
              kind: 'number' as const,
              name,
              label: t(`retention.${name}`),
              hint: t(`retention.${name}.hint`),
              unit: t('retention.months'),
              min: 0,
              max: 240,
              step: 1,
              wide: true,
            })),
          },
        ]}
        initial={Object.fromEntries(FIELDS.map((name) => [name, saved[name] ?? 0]))}
        problem={null}
        busy={false}
        submit={t('retention.show')}
        onSubmit={(values) => {
          const months = FIELDS.map((name) => [name, values[name] as number] as const);
          save.reset();
          setWanted(Object.fromEntries(months.filter(([, count]) => count > 0)));
        }}
      />
      {wanted && (
        <section aria-label={t('retention.preview')} className="grid gap-4 border-t border-line pt-4">
          <h2 className="text-lg font-bold tracking-tight">{t('retention.preview')}</h2>
          {isNothing ? <p>{t('retention.off')}</p> : <Going wanted={wanted} />}
          {save.isError && <Failure error={save.error} takesFocus />}
          <Submit
            busy={save.isPending}
            label={t('save')}
            look={isNothing ? 'primary' : 'danger'}
            onClick={() => {
              save.mutate(wanted);
            }}
            onCancel={() => {
              setWanted(undefined);
            }}
          />
        </section>
      )}
    </div>
  );
}

function Going({ wanted }: { wanted: Months }) {
  const preview = useQuery(previewQuery(wanted));
  if (preview.isError) return <Failure error={preview.error} onRetry={() => void preview.refetch()} />;
  if (!preview.data) return <Skeleton className="h-24" />;
  return preview.data.items.map((item) => <Preview key={item.kind} item={item} />);
}
