import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Form } from '../../components/manage/Form';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { guardians } from '../../lib/manage/resource';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';
import { longDate } from '../../lib/time';

type Props = { id: string; name: string; onClose: () => void };
type Link = Schema['GuardianOfLearner'];

const linksQuery = (id: string) =>
  queryOptions({
    queryKey: ['learners', id, 'guardians'],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/learners/{id}/guardians', { params: { path: { id } }, signal })),
  });

function useLinks(id: string) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: linksQuery(id).queryKey });
  const list = useQuery(linksQuery(id));
  const link = (guardianId: string) =>
    api.POST('/api/v1/learners/{id}/guardians', {
      params: { path: { id }, header: { 'Idempotency-Key': crypto.randomUUID() } },
      body: { guardian_id: guardianId },
    });
  const add = useMutation<unknown, Problem, string>({ mutationFn: link, onSettled: again });
  const invite = useMutation<unknown, Problem, Schema['GuardianInput']>({
    mutationFn: async (input) => link((await guardians.create(input)).id),
    onSettled: () => Promise.all([again(), client.invalidateQueries({ queryKey: [guardians.name] })]),
  });
  const end = useMutation<unknown, Problem, string>({
    mutationFn: (guardianId) =>
      api.DELETE('/api/v1/learners/{id}/guardians/{guardian_id}', {
        params: { path: { id, guardian_id: guardianId } },
      }),
    onSettled: again,
  });
  return { list, add, invite, end };
}

/** Who acts in a learner's name: those that there are, one who is known, or somebody new who is invited. */
export function GuardiansDialog({ id, name, onClose }: Props) {
  const t = useT();
  const { list, add, invite, end } = useLinks(id);
  const [isNew, setIsNew] = useState(false);
  const failed = add.error ?? end.error;
  const links = list.data?.items ?? [];
  return (
    <Dialog title={t('guardians.title', { name })} onClose={onClose} wide>
      <div className="grid gap-4">
        <p className="text-muted">{t('guardians.lead', { name })}</p>
        {list.isPending && <Skeleton className="h-16" />}
        {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
        {failed && <Failure error={failed} takesFocus />}
        {list.data && links.length === 0 && <p>{t('guardians.none')}</p>}
        <ul className="grid gap-3">
          {links.map((link) => (
            <Guardian
              key={link.id}
              link={link}
              busy={end.isPending}
              onEnd={() => {
                end.mutate(link.id);
              }}
            />
          ))}
        </ul>
        <Known
          taken={links.map((link) => link.id)}
          busy={add.isPending}
          onAdd={(guardian) => {
            add.mutate(guardian);
          }}
        />
        {isNew ? (
          <Form
            groups={[
              {
                legend: t('guardians.new'),
                fields: [
                  { kind: 'text', name: 'name', label: t('field.name') },
                  { kind: 'email', name: 'email', label: t('people.email'), maxLength: 254 },
                  { kind: 'tel', name: 'phone', label: t('people.phone'), optional: true, maxLength: 40 },
                ],
              },
            ]}
            initial={{}}
            problem={invite.error}
            busy={invite.isPending}
            submit={t('guardians.invite')}
            onSubmit={(values) => {
              invite.mutate(values as Schema['GuardianInput'], {
                onSuccess: () => {
                  setIsNew(false);
                  notify({ text: t('guardians.invited') });
                },
              });
            }}
            onCancel={() => {
              setIsNew(false);
            }}
          />
        ) : (
          <div className="flex flex-wrap gap-3">
            <Button
              look="secondary"
              onClick={() => {
                setIsNew(true);
              }}
            >
              {t('guardians.new')}
            </Button>
            <Button look="quiet" onClick={onClose}>
              {t('close')}
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Guardian({ link, busy, onEnd }: { link: Link; busy: boolean; onEnd: () => void }) {
  const t = useT();
  const facts = [
    link.email,
    link.phone,
    link.until && t('guardians.until', { date: `${longDate(link.until)} ${link.until.slice(0, 4)}` }),
    t(link.consent ? 'guardians.consent' : 'guardians.noConsent'),
  ];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-xl border border-line p-3">
      <div className="min-w-0 wrap-anywhere">
        <p className="font-semibold">{link.name}</p>
        <p className="text-muted">{facts.filter(Boolean).join(', ')}</p>
      </div>
      <Button look="danger" busy={busy} onClick={onEnd}>
        {t('guardians.end')} <span className="sr-only">{link.name}</span>
      </Button>
    </li>
  );
}

type KnownProps = { taken: string[]; busy: boolean; onAdd: (id: string) => void };

/** Of a brother or sister, perhaps. */
function Known({ taken, busy, onAdd }: KnownProps) {
  const t = useT();
  const field = useId();
  const all = useQuery(guardians.list);
  const [chosen, setChosen] = useState('');
  const free = all.data?.filter(({ id, active }) => active && !taken.includes(id)) ?? [];
  if (free.length === 0) return null;
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="grid min-w-56 grow gap-1">
        <label htmlFor={field} className="font-semibold">
          {t('guardians.known')}
        </label>
        <select
          id={field}
          value={chosen}
          onChange={(event) => {
            setChosen(event.target.value);
          }}
          className="min-h-11 rounded-xl border border-edge bg-surface px-3"
        >
          <option value="">{t('guardians.choose')}</option>
          {free.map(({ id, name, email }) => (
            <option key={id} value={id}>
              {name}, {email}
            </option>
          ))}
        </select>
      </div>
      <Button
        busy={busy}
        disabled={chosen === ''}
        onClick={() => {
          onAdd(chosen);
          setChosen('');
        }}
      >
        {t('guardians.add')}
      </Button>
    </div>
  );
}
