import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Submit } from '../../components/manage/Form';
import { useT } from '../../i18n';
import { actAs } from '../../lib/account/act';
import { api, body, type Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { acting } from '../../lib/session';

type Props = { id: string; name: string; onClose: () => void };

/** For an admin: half an hour in somebody's name, for a reason that they read. */
export function SeeAsDialog({ id, name, onClose }: Props) {
  const t = useT();
  const field = useId();
  const client = useQueryClient();
  const router = useRouter();
  const [reason, setReason] = useState('');
  const start = useMutation<Schema['Impersonation'], Problem>({
    mutationFn: () => body(api.POST('/api/v1/impersonations', { body: { person_id: id, reason } })),
    onSuccess: async (begun) => {
      const role = begun.role === 'instructor' ? 'instructor' : 'learner';
      await actAs(client, router, { id, name, role, until: begun.until });
      setTimeout(
        () => {
          if (acting()?.until === begun.until) void actAs(client, router);
        },
        Date.parse(begun.until) - Date.now(),
      );
    },
  });
  return (
    <Dialog title={t('seeAs.title', { name })} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <p>{t('seeAs.lead', { name })}</p>
        {start.isError && <Failure error={start.error} takesFocus />}
        <div className="grid gap-1">
          <label htmlFor={field} className="font-semibold">
            {t('seeAs.reason')}
          </label>
          <textarea
            id={field}
            required
            maxLength={500}
            rows={3}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
            }}
            className="rounded-xl border border-edge bg-surface px-3 py-2"
          />
        </div>
        <Submit label={t('seeAs.start')} busy={start.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
