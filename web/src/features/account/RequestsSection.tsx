import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { boxLook, Framed } from '../../components/manage/Input';
import { saidOn } from '../../components/policies/policies';
import {
  myRequestsQuery,
  RIGHTS,
  type DataRequest,
  type DataRight,
} from '../../components/requests/requests';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { answered, keyOf } from '../../lib/changes';
import { textOf } from '../../lib/form';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { AccountSection } from './AccountSection';

/** What the page does not do by itself is asked of a human, who has a month. */
export function RequestsSection({ zone }: { zone: string }) {
  const t = useT();
  const mine = useQuery(myRequestsQuery);
  return (
    <AccountSection title={t('requests.title')} lead={t('requests.lead')}>
      {mine.isPending && <Skeleton className="h-24" />}
      {mine.isError && <Failure error={mine.error} onRetry={() => void mine.refetch()} />}
      {mine.data && mine.data.items.length > 0 && (
        <ul className="grid gap-4">
          {mine.data.items.map((request) => (
            <One key={request.id} request={request} zone={zone} />
          ))}
        </ul>
      )}
      <Ask />
    </AccountSection>
  );
}

function One({ request, zone }: { request: DataRequest; zone: string }) {
  const t = useT();
  const { outcome, closed_at, due_on, extended } = request;
  const state = outcome ?? (extended ? 'extended' : 'open');
  const said = outcome ? request.answer : request.extension_reason;
  return (
    <li className="grid gap-1 border-t border-line pt-4">
      <h3 className="font-bold">{t(`requests.right.${request.right}`)}</h3>
      <p className="text-muted">
        {t(`requests.state.${state}`, {
          asked: saidOn(request.received_on, 'UTC'),
          due: saidOn(due_on, 'UTC'),
          day: closed_at ? saidOn(closed_at, zone) : '',
        })}
      </p>
      <p className="wrap-anywhere whitespace-pre-line">{request.text}</p>
      {said && (
        <p className="wrap-anywhere whitespace-pre-line">
          <strong>{t('requests.answer')}</strong> {said}
        </p>
      )}
    </li>
  );
}

function Ask() {
  const t = useT();
  const client = useQueryClient();
  const isOnline = useOnline();
  const ask = useMutation<unknown, Problem, Schema['DataRequestInput']>({
    mutationFn: (wish) =>
      api.POST('/api/v1/me/requests', {
        params: { header: { 'Idempotency-Key': keyOf(JSON.stringify(wish)) } },
        body: wish,
      }),
    onSettled: (_, problem, wish) => {
      answered(JSON.stringify(wish), problem);
      // An objection ends a consent, too.
      return Promise.all(
        ['requests', 'policies'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
  const fault = ask.error?.fields.find((field) => field.pointer === '/text')?.message;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const data = new FormData(form);
        const wish = { right: textOf(data, 'right') as DataRight, text: textOf(data, 'text').trim() };
        ask.mutate(wish, {
          onSuccess: () => {
            form.reset();
            notify({ text: t('requests.asked') });
          },
        });
      }}
    >
      <Framed field={{ label: t('requests.right') }}>
        {(props) => (
          <select {...props} name="right" className={boxLook}>
            {RIGHTS.map((right) => (
              <option key={right} value={right}>
                {t(`requests.right.${right}`)}
              </option>
            ))}
          </select>
        )}
      </Framed>
      <Framed field={{ label: t('requests.text'), hint: t('requests.text.hint') }} error={fault}>
        {(props) => (
          <textarea {...props} name="text" required rows={4} maxLength={2000} className={`${boxLook} py-2`} />
        )}
      </Framed>
      {ask.isError && !fault && <Failure error={ask.error} takesFocus />}
      <div>
        <Button type="submit" look="secondary" disabled={!isOnline} busy={ask.isPending}>
          {t('requests.send')}
        </Button>
      </div>
    </form>
  );
}
