import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { leaveTo } from '../../lib/account/leave';
import type { Problem } from '../../lib/problem';
import type { Provider } from '../../lib/account/providers';

/** Whoever lets somebody in by another way shows their password first. */
export function ConnectForm({ provider, onCancel }: { provider: Provider; onCancel: () => void }) {
  const t = useT();
  const start = useMutation<Schema['Departure'], Problem, string>({
    mutationFn: (password) =>
      body(api.POST('/api/v1/me/identities', { body: { provider: provider.id, password } })),
    onSuccess: ({ authorization_url: url }) => {
      leaveTo(url);
    },
  });
  const isWrong = start.error?.fields.some(({ pointer }) => pointer === '/password') ?? false;
  return (
    <form
      className="grid gap-4 rounded-xl border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(textOf(new FormData(event.currentTarget), 'password'));
      }}
    >
      <Field
        name="password"
        type="password"
        label={t('mine.identities.password')}
        autoComplete="current-password"
        required
        maxLength={200}
        error={isWrong ? t('mine.password.wrong') : undefined}
      />
      {start.isError && !isWrong && <Failure error={start.error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={start.isPending}>
          {t('mine.identities.go', { name: provider.name })}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('mine.identities.not')}
        </Button>
      </div>
    </form>
  );
}
