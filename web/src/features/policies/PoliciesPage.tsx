import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Page } from '../../components/Page';
import { Form } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api } from '../../lib/api';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';
import { meQuery } from '../../lib/queries';
import {
  KINDS,
  policiesQuery,
  saidOn,
  type Policy,
  type PolicyKind,
} from '../../components/policies/policies';
import { PolicyText } from '../../components/policies/PolicyText';

/** Terms, the privacy notice and consents: what the school says, in every version. Only admins come here. */
export function PoliciesPage() {
  const t = useT();
  const all = useQuery(policiesQuery);
  return (
    <Page title={t('manage.policies')} busy={all.isPending}>
      <p className="-mt-1 mb-4 max-w-2xl text-muted lg:-mt-5">{t('policies.lead')}</p>
      <Loaded query={all} skeleton="h-40">
        {({ items }) => (
          <div className="grid max-w-2xl gap-6">
            {KINDS.map((kind) => (
              <One key={kind} kind={kind} versions={items.filter((policy) => policy.kind === kind)} />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function One({ kind, versions }: { kind: PolicyKind; versions: Policy[] }) {
  const t = useT();
  const client = useQueryClient();
  const [newest] = versions;
  const publish = useMutation<unknown, Problem, string>({
    mutationFn: (text) =>
      api.PUT('/api/v1/policies/{kind}', {
        params: { path: { kind }, header: { 'If-Match': `"${newest?.version ?? 0}"` } },
        body: { text },
      }),
    onSuccess: () => {
      notify({ text: t('policies.published') });
    },
    onSettled: () => client.invalidateQueries({ queryKey: policiesQuery.queryKey }),
  });
  return (
    <section
      aria-label={t(`policies.${kind}`)}
      className="rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <Form
        key={newest?.version ?? 0}
        groups={[
          {
            legend: t(`policies.${kind}`),
            hint: t(`policies.${kind}.hint`),
            fields: [
              {
                kind: 'paragraphs',
                name: 'text',
                label: t('policies.text'),
                hint: t(newest?.text ? 'policies.text.ends' : 'policies.text.none'),
                maxLength: 20_000,
                wide: true,
              },
            ],
          },
        ]}
        // Where somebody else was faster, what was typed stays, and theirs is read below before it is written over.
        initial={{ text: publish.isError ? publish.variables : (newest?.text ?? '') }}
        problem={publish.error}
        busy={publish.isPending}
        submit={t('policies.publish')}
        onSubmit={({ text }) => {
          publish.mutate(text as string);
        }}
      />
      {versions.length > 0 && <Versions versions={versions} />}
    </section>
  );
}

function Versions({ versions }: { versions: Policy[] }) {
  const t = useT();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  return (
    <details className="mt-4">
      <summary className="min-h-11 py-2.5 font-semibold">
        {t('policies.versions', { count: versions.length })}
      </summary>
      <ol className="grid gap-4">
        {versions.map(({ version, text, published_at }) => {
          const name = t('policies.version', { version, day: saidOn(published_at, zone) });
          return (
            <li key={version} className="grid gap-1.5">
              <p className="font-semibold">{name}</p>
              {text === '' ? <p>{t('policies.ended')}</p> : <PolicyText name={name} text={text} />}
            </li>
          );
        })}
      </ol>
    </details>
  );
}
