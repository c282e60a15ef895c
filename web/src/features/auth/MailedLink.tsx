import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import type { Problem } from '../../lib/problem';
import { post } from '../../lib/session';
import { Poster } from './Poster';

const PATHS = { forgot: '/api/v1/auth/password-reset', register: '/api/v1/auth/register' };
type Kind = keyof typeof PATHS;

export const ForgotPage = () => <MailedLink kind="forgot" />;
export const RegisterPage = () => <MailedLink kind="register" />;

/** Asks for a link by mail. What it says never tells whether somebody has the address. */
function MailedLink({ kind }: { kind: Kind }) {
  const t = useT();
  const asking = useMutation<unknown, Problem, Schema['PasswordReset']>({
    mutationFn: (input) => post(PATHS[kind], input),
  });
  return (
    <Poster title={t(`mailed.title.${kind}`)} lead={t(`mailed.lead.${kind}`)}>
      {asking.isSuccess ? (
        <Alert tone="calm" title={t('mailed.look')} takesFocus>
          <p className="wrap-anywhere">{t(`mailed.sent.${kind}`, { email: asking.variables.email })}</p>
          <Button
            look="secondary"
            onClick={() => {
              asking.reset();
            }}
          >
            {t('mailed.other')}
          </Button>
        </Alert>
      ) : (
        <AddressForm asking={asking} />
      )}
      <Link
        to="/sign-in"
        className="mt-3 inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
      >
        {t('mailed.back')}
      </Link>
    </Poster>
  );
}

type Asking = ReturnType<typeof useMutation<unknown, Problem, Schema['PasswordReset']>>;

function AddressForm({ asking }: { asking: Asking }) {
  const t = useT();
  const fault = (pointer: string) => asking.error?.fields.find((field) => field.pointer === pointer)?.message;
  const wrongSchool = fault('/school');
  const needsSchool = wrongSchool !== undefined || asking.variables?.school !== undefined;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const school = textOf(form, 'school').trim();
        asking.mutate({ email: textOf(form, 'email').trim(), ...(school ? { school } : {}) });
      }}
    >
      <Field
        name="email"
        type="email"
        label={t('signIn.email')}
        autoComplete="username"
        required
        maxLength={254}
        error={fault('/email')}
      />
      {needsSchool && (
        <Field
          name="school"
          label={t('signIn.school')}
          hint={t('signIn.school.hint')}
          required
          autoCapitalize="none"
          error={asking.variables?.school ? wrongSchool : undefined}
        />
      )}
      {asking.error && !wrongSchool && !fault('/email') && <NotSent error={asking.error} />}
      <Button type="submit" className="min-h-12 text-lg" busy={asking.isPending}>
        {t('mailed.send')}
      </Button>
    </form>
  );
}

function NotSent({ error }: { error: Problem }) {
  const t = useT();
  if (error.status === 403)
    return (
      <Alert tone="warn" title={t('register.closed')}>
        <p>{t('register.closed.next')}</p>
      </Alert>
    );
  if (error.status !== 429) return <Failure error={error} />;
  const minutes = Math.ceil((error.retryAfterSeconds ?? 60) / 60);
  return (
    <Alert tone="warn" title={t('mailed.limited')}>
      <p>{t('mailed.limited.next', { minutes })}</p>
    </Alert>
  );
}
