import { useMutation } from '@tanstack/react-query';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { AccountSection } from './AccountSection';

/** Another address to sign in with, once a link that is sent to it was opened. */
export function EmailSection({ email }: { email: string }) {
  const t = useT();
  const isOnline = useOnline();
  const change = useMutation<unknown, Problem, { wanted: Schema['EmailChange']; form: HTMLFormElement }>({
    mutationFn: ({ wanted }) => api.POST('/api/v1/me/email', { body: wanted }),
    onSuccess: (_, { form }) => {
      form.reset();
    },
  });
  const fault = (pointer: string) => change.error?.fields.find((field) => field.pointer === pointer)?.message;
  const isPlain = !fault('/current_password') && !fault('/email');
  return (
    <AccountSection title={t('mine.email')} lead={t('mine.email.lead', { email })}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const data = new FormData(form);
          change.mutate({
            wanted: { current_password: textOf(data, 'current'), email: textOf(data, 'email').trim() },
            form,
          });
        }}
      >
        <Field
          name="email"
          type="email"
          label={t('mine.email.wanted')}
          autoComplete="email"
          required
          maxLength={254}
          error={fault('/email')}
        />
        <Field
          name="current"
          type="password"
          label={t('mine.email.password')}
          autoComplete="current-password"
          required
          maxLength={200}
          error={fault('/current_password') && t('mine.password.wrong')}
        />
        {change.isError && isPlain && <Failure error={change.error} />}
        {change.isSuccess && (
          <Alert tone="calm" title={t('mailed.look')} takesFocus>
            <p className="wrap-anywhere">{t('mine.email.sent', { email: change.variables.wanted.email })}</p>
          </Alert>
        )}
        <div>
          <Button type="submit" disabled={!isOnline} busy={change.isPending}>
            {t('mine.email.change')}
          </Button>
        </div>
      </form>
    </AccountSection>
  );
}
