import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Loaded } from '../../components/manage/ListPage';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { saveFile } from '../../lib/file';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { meQuery } from '../../lib/queries';
import { shortMoment } from '../../lib/time';

type ProcessingRecord = Schema['ProcessingRecord'];
type Item = ProcessingRecord['items'][number];
const FACTS = ['people', 'data', 'basis', 'recipients', 'kept', 'protection', 'table'] as const;

const recordQuery = queryOptions({
  queryKey: ['record'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/privacy/record', { signal })),
  staleTime: 0,
});

/** The record of processing, by purpose. Only admins come here. */
export function RecordPage() {
  const t = useT();
  const record = useQuery(recordQuery);
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  return (
    <Page title={t('manage.record')} busy={record.isPending}>
      <p className="-mt-1 mb-4 max-w-2xl text-muted lg:-mt-5">{t('record.lead')}</p>
      <Download />
      <Loaded query={record} skeleton="h-40">
        {({ items, recipients, protection, made_at, school }) => (
          <div className="grid max-w-3xl gap-8">
            <p className="font-semibold">
              {school}. {t('record.made', { moment: shortMoment(made_at, zone) })}
            </p>
            {byPurpose(items).map(([purpose, of]) => (
              <Purpose key={purpose} purpose={purpose} items={of} />
            ))}
            <Recipients recipients={recipients} />
            <section aria-label={t('record.measures')}>
              <h2 className="mb-2 text-lg font-bold tracking-tight">{t('record.measures')}</h2>
              <ul className="grid list-disc gap-1 pl-5">
                {protection.map((measure) => (
                  <li key={measure}>{measure}</li>
                ))}
              </ul>
            </section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function byPurpose(items: Item[]): [string, Item[]][] {
  const purposes = [...new Set(items.map((item) => item.purpose))];
  return purposes.map((purpose) => [purpose, items.filter((item) => item.purpose === purpose)]);
}

function Purpose({ purpose, items }: { purpose: string; items: Item[] }) {
  const t = useT();
  return (
    <section aria-label={purpose}>
      <h2 className="mb-2 text-lg font-bold tracking-tight">{purpose}</h2>
      <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
        {items.map((item) => (
          <li key={item.table} className="p-4">
            <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[10rem_minmax(0,1fr)]">
              {FACTS.map((fact) => (
                <div key={fact} className="contents">
                  <dt className="text-muted">{t(`record.${fact}`)}</dt>
                  <dd className="mb-1 wrap-anywhere sm:mb-0">{item[fact]}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Recipients({ recipients }: { recipients: ProcessingRecord['recipients'] }) {
  const t = useT();
  return (
    <section aria-label={t('record.to')}>
      <h2 className="mb-2 text-lg font-bold tracking-tight">{t('record.to')}</h2>
      {recipients.length === 0 && <p>{t('record.to.none')}</p>}
      <ul className="grid gap-1">
        {recipients.map(({ who, what, where }) => (
          <li key={`${who} ${where}`} className="wrap-anywhere">
            <strong>{who}</strong> ({where}): {what}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Download() {
  const t = useT();
  const isOnline = useOnline();
  const download = useMutation<Blob, Problem>({
    mutationFn: () =>
      body(api.GET('/api/v1/privacy/record.csv', { parseAs: 'blob' }) as Promise<{ data?: Blob }>),
    onSuccess: (table) => {
      saveFile('record-of-processing.csv', table);
    },
  });
  return (
    <div className="mb-6 grid gap-3">
      {download.isError && <Failure error={download.error} takesFocus />}
      <div>
        <Button
          look="secondary"
          disabled={!isOnline}
          busy={download.isPending}
          onClick={() => {
            download.mutate();
          }}
        >
          {t('record.download')}
        </Button>
      </div>
    </div>
  );
}
