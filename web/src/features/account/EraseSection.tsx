import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { signOut } from '../../lib/session';
import { AccountSection } from './AccountSection';

type Me = Schema['Me'];

export function EraseSection({ me }: { me: Me }) {
  const t = useT();
  const isOnline = useOnline();
  const [isOpen, setOpen] = useState(false);
  return (
    <AccountSection title={t('erase.title')} lead={t('erase.lead')}>
      <ul className="grid list-disc gap-1 pl-5 text-muted">
        <li>{t('erase.goes')}</li>
        <li>{t('erase.stays')}</li>
        <li>{t('erase.final')}</li>
      </ul>
      <div>
        <Button
          look="danger"
          disabled={!isOnline}
          onClick={() => {
            setOpen(true);
          }}
        >
          {t('erase.open')}
        </Button>
      </div>
      {isOpen && (
        <EraseDialog
          me={me}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </AccountSection>
  );
}

function useErase() {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  return useMutation<unknown, Problem, Schema['ErasureInput']>({
    mutationFn: (input) => api.DELETE('/api/v1/me', { body: input }),
    onSuccess: async () => {
      await signOut();
      client.clear();
      notify({ text: t('erase.done') });
      await router.navigate({ to: '/sign-in' });
    },
  });
}

function EraseDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const t = useT();
  const isOnline = useOnline();
  const erase = useErase();
  const { error } = erase;
  const fault = error?.fields.find((field) => field.pointer === '/current_password');
  const ahead = error?.code === 'in-use' ? (error.count ?? 0) : 0;
  const mayCancel = ahead > 0 && me.role === 'learner';
  return (
    <Dialog title={t('erase.sure')} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const password = textOf(new FormData(event.currentTarget), 'current');
          erase.mutate({
            ...(password ? { current_password: password } : {}),
            ...(mayCancel ? { cancel_lessons: true } : {}),
          });
        }}
      >
        <p>{t('erase.sure.lead')}</p>
        <input type="text" autoComplete="username" value={me.email} readOnly hidden />
        <Field
          name="current"
          type="password"
          label={t('mine.password.current')}
          hint={t('erase.password.hint')}
          autoComplete="current-password"
          maxLength={200}
          error={fault?.message}
        />
        {mayCancel && (
          <Alert tone="warn" takesFocus title={t('erase.ahead', { count: ahead })}>
            <p>{t('erase.ahead.next')}</p>
          </Alert>
        )}
        {error?.code === 'in-use' && !mayCancel && (
          <Alert tone="warn" takesFocus title={t('erase.stuck')}>
            <p>{error.detail}</p>
          </Alert>
        )}
        {error && !fault && error.code !== 'in-use' && <Failure error={error} takesFocus />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('erase.keep')}
          </Button>
          <Button type="submit" look="danger" disabled={!isOnline} busy={erase.isPending}>
            {t(mayCancel ? 'erase.withLessons' : 'erase.now')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
