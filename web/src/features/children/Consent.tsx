import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { childrenQuery } from './children';

const textQuery = queryOptions({
  queryKey: ['children', 'consent-text'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/school', { signal })),
});

/** What the school asks a guardian to agree to, in its own words. */
export function Consent({ child }: { child: Schema['Child'] }) {
  const t = useT();
  const client = useQueryClient();
  const school = useQuery(textQuery);
  const params = { path: { id: child.id } };
  const change = useMutation<unknown, Problem, boolean>({
    mutationFn: (agree) =>
      agree
        ? api.PUT('/api/v1/me/children/{id}/consent', {
            params,
            body: { text_version: school.data?.guardian_consent_version ?? 1 },
          })
        : api.DELETE('/api/v1/me/children/{id}/consent', { params }),
    onSettled: () =>
      // The text too: it may have changed while it was read.
      Promise.all([
        client.invalidateQueries({ queryKey: childrenQuery.queryKey }),
        client.invalidateQueries({ queryKey: textQuery.queryKey }),
      ]),
  });
  const isGiven = child.consent === 'given';
  return (
    <section
      aria-label={t('consent.title', { name: child.name })}
      className="grid gap-3 rounded-xl bg-sunken p-4"
    >
      <p className="font-semibold">
        {t(isGiven ? 'consent.given' : 'consent.missing', { name: child.name })}
      </p>
      {school.isError && <Failure error={school.error} onRetry={() => void school.refetch()} />}
      {school.data && (
        <blockquote className="whitespace-pre-line border-l-4 border-edge pl-3">
          {school.data.guardian_consent_text}
        </blockquote>
      )}
      {change.isError && <Failure error={change.error} takesFocus />}
      <div>
        <Button
          look={isGiven ? 'secondary' : 'primary'}
          busy={change.isPending}
          disabled={!school.data}
          onClick={() => {
            change.mutate(!isGiven);
          }}
        >
          {t(isGiven ? 'consent.withdraw' : 'consent.give')} <span className="sr-only">{child.name}</span>
        </Button>
      </div>
    </section>
  );
}
