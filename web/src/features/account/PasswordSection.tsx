import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { NewPassword } from '../../components/account/NewPassword';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { AccountSection } from './AccountSection';

export function PasswordSection({ email }: { email: string }) {
  const t = useT();
  const client = useQueryClient();
  const isOnline = useOnline();
  const change = useMutation<unknown, Problem, { wanted: Schema['PasswordChange']; form: HTMLFormElement }>({
    mutationFn: ({ wanted }) => api.PUT('/api/v1/me/password', { body: wanted }),
    onSuccess: async (_, { form }) => {
      form.reset();
      notify({ text: t('mine.password.changed') });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const fault = (pointer: string) => change.error?.fields.find((field) => field.pointer === pointer)?.message;
  const isPlain = !fault('/current_password') && !fault('/password');
  return (
    <AccountSection title={t('mine.password')} lead={t('mine.password.lead')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const data = new FormData(form);
          change.mutate({
            wanted: { current_password: textOf(data, 'current'), password: textOf(data, 'wanted') },
            form,
          });
        }}
      >
        {/* Password managers keep the pair. */}
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <Field
          name="current"
          type="password"
          label={t('mine.password.current')}
          autoComplete="current-password"
          required
          maxLength={200}
          error={fault('/current_password') && t('mine.password.wrong')}
        />
        <NewPassword name="wanted" label={t('mine.password.wanted')} error={fault('/password')} />
        {change.isError && isPlain && <Failure error={change.error} />}
        <div>
          <Button type="submit" disabled={!isOnline} busy={change.isPending}>
            {t('mine.password.change')}
          </Button>
        </div>
      </form>
    </AccountSection>
  );
}
