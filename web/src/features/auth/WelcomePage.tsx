import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { Alert } from '../../components/Alert';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import type { Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { setPassword } from '../../lib/session';
import { Poster } from './Poster';

const SHORTEST = 10;

/** /welcome#<token>: behind the # it is never sent to a server or written into a log. */
export function WelcomePage() {
  const t = useT();
  const router = useRouter();
  const client = useQueryClient();
  const token = location.hash.slice(1);
  const attempt = useMutation<undefined, Problem, Schema['NewPassword']>({
    mutationFn: async (input) => {
      await setPassword(input);
    },
    onSuccess: () => {
      client.clear();
      router.history.replace('/');
    },
  });
  const wrong = attempt.error?.fields.find((field) => field.pointer === '/password')?.message;
  const isSpent = !token || attempt.error?.fields.some((field) => field.pointer === '/token');
  return (
    <Poster title={t('welcome.title')} lead={t('welcome.lead')}>
      {isSpent ? (
        <Alert tone="warn" title={t('welcome.spent')}>
          <p>{t('welcome.spent.next')}</p>
        </Alert>
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            attempt.mutate({ token, password: textOf(new FormData(event.currentTarget), 'password') });
          }}
        >
          <Field
            name="password"
            type="password"
            label={t('welcome.password')}
            hint={t('welcome.password.hint', { count: SHORTEST })}
            autoComplete="new-password"
            required
            minLength={SHORTEST}
            maxLength={200}
            error={wrong}
          />
          {attempt.isError && !wrong && <Failure error={attempt.error} />}
          <Button type="submit" className="min-h-12 text-lg" busy={attempt.isPending}>
            {t('welcome.save')}
          </Button>
        </form>
      )}
    </Poster>
  );
}
