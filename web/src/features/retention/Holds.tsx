import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Form } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { useOnline } from '../../lib/online';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';
import { learnersQuery } from '../../lib/queries';

type Hold = Schema['HoldList']['items'][number];
const KINDS = ['claim', 'restriction'] as const;

const holdsQuery = queryOptions({
  queryKey: ['holds'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/privacy/holds', { signal })),
});
const pathOf = (id: string, hold: Hold['kind']) => ({ params: { path: { id, hold } } });

/** Of whom nothing goes for now, and why. */
export function Holds() {
  const t = useT();
  const holds = useQuery(holdsQuery);
  return (
    <section
      aria-label={t('holds')}
      className="mt-6 grid max-w-2xl gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <div>
        <h2 className="text-lg font-bold tracking-tight">{t('holds')}</h2>
        <p className="text-sm text-muted">{t('holds.lead')}</p>
      </div>
      <Loaded query={holds} skeleton="h-12">
        {({ items }) => (
          <>
            {items.length === 0 && <p>{t('holds.none')}</p>}
            <List items={items} />
            <Place key={items.length} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function List({ items }: { items: Hold[] }) {
  const t = useT();
  const client = useQueryClient();
  const isOnline = useOnline();
  const lift = useMutation<unknown, Problem, Hold>({
    mutationFn: ({ person_id, kind }) =>
      api.DELETE('/api/v1/people/{id}/holds/{hold}', pathOf(person_id, kind)),
    onSettled: () => client.invalidateQueries({ queryKey: holdsQuery.queryKey }),
  });
  return (
    <>
      {lift.isError && <Failure error={lift.error} takesFocus />}
      <ul className="grid gap-3">
        {items.map((hold) => (
          <li
            key={`${hold.person_id} ${hold.kind}`}
            className="flex flex-wrap items-center justify-between gap-2"
          >
            <div className="min-w-0">
              <p className="wrap-anywhere">
                <strong>{hold.name}</strong>: {hold.reason}
              </p>
              <p className="text-sm text-muted">{t(`holds.kind.${hold.kind}`)}</p>
            </div>
            <Button
              look="secondary"
              disabled={!isOnline}
              busy={lift.isPending && lift.variables === hold}
              onClick={() => {
                lift.mutate(hold);
              }}
            >
              {t('holds.lift')} <span className="sr-only">{hold.name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

type Placing = { person: string; kind: Hold['kind']; reason: string };

function Place() {
  const t = useT();
  const client = useQueryClient();
  const learners = useQuery(learnersQuery).data ?? [];
  const place = useMutation<unknown, Problem, Placing>({
    mutationFn: ({ person, kind, reason }) =>
      api.PUT('/api/v1/people/{id}/holds/{hold}', { ...pathOf(person, kind), body: { reason } }),
    onSuccess: () => {
      notify({ text: t('holds.placed') });
    },
    onSettled: () => client.invalidateQueries({ queryKey: holdsQuery.queryKey }),
  });
  if (learners.length === 0) return null;
  const initial: Placing = place.variables ?? { person: learners[0]?.id ?? '', kind: 'claim', reason: '' };
  return (
    <Form
      groups={[
        {
          legend: t('holds.new'),
          fields: [
            {
              kind: 'choice',
              name: 'person',
              label: t('holds.learner'),
              options: learners.map(({ id, name }) => ({ value: id, label: name })),
              wide: true,
            },
            {
              kind: 'choice',
              name: 'kind',
              label: t('holds.why'),
              options: KINDS.map((kind) => ({ value: kind, label: t(`holds.kind.${kind}`) })),
              wide: true,
            },
            {
              kind: 'text',
              name: 'reason',
              label: t('holds.reason'),
              hint: t('holds.reason.hint'),
              maxLength: 500,
              wide: true,
            },
          ],
        },
      ]}
      initial={initial}
      problem={place.error}
      busy={place.isPending}
      submit={t('holds.place')}
      onSubmit={(values) => {
        place.mutate(values as Placing);
      }}
    />
  );
}
