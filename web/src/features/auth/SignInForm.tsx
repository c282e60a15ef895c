import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { activate, useT } from '../../i18n';
import { textOf } from '../../lib/form';
import type { Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { signIn } from '../../lib/session';

// Their words are those of the own account, which the other pages do not load.
const SecondStep = lazy(async () => {
  await activate('account');
  return { default: (await import('./SecondStep')).SecondStep };
});
const PasskeyButton = lazy(async () => {
  await activate('account');
  return { default: (await import('./PasskeyButton')).PasskeyButton };
});

const FACTOR = '#factor=';

/** A provider's word was not enough: the challenge of the second step, empty where a passkey is asked for. */
function challengeOfProvider(): string | undefined {
  return location.hash.startsWith(FACTOR) ? location.hash.slice(FACTOR.length) : undefined;
}

type Props = { email?: string; onSignedIn: () => void };

export function SignInForm({ email = '', onSignedIn }: Props) {
  const t = useT();
  const [asked, setAsked] = useState(challengeOfProvider);
  const attempt = useMutation<undefined, Problem, Schema['Login']>({
    mutationFn: async (credentials) => {
      await signIn(credentials);
    },
    onSuccess: onSignedIn,
  });
  const needsSchool = attempt.error?.fields.some((field) => field.pointer === '/school') ?? false;
  const wasNeeded = attempt.variables?.school !== undefined;
  const isAsked = attempt.error?.code === 'second-factor-asked';
  const isWrong = attempt.error?.status === 401 && !isAsked;
  if (isAsked || asked !== undefined)
    return (
      <Suspense>
        <SecondStep
          challenge={isAsked ? attempt.error?.challenge : asked}
          onSignedIn={onSignedIn}
          onBack={() => {
            setAsked(undefined);
            attempt.reset();
          }}
        />
      </Suspense>
    );
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const text = (name: string) => textOf(form, name).trim();
        attempt.mutate({
          email: text('email'),
          password: textOf(form, 'password'),
          ...(text('school') ? { school: text('school') } : {}),
        });
      }}
    >
      <Field
        name="email"
        type="email"
        label={t('signIn.email')}
        defaultValue={email}
        readOnly={email !== ''}
        autoComplete="username"
        required
        maxLength={254}
      />
      <Field
        name="password"
        type="password"
        label={t('signIn.password')}
        autoComplete="current-password"
        required
        maxLength={200}
        error={isWrong ? t('signIn.wrong') : undefined}
      />
      {(needsSchool || wasNeeded) && (
        <Field
          name="school"
          label={t('signIn.school')}
          hint={t('signIn.school.hint')}
          required
          autoCapitalize="none"
        />
      )}
      {attempt.isError && !isWrong && !needsSchool && <Failure error={attempt.error} />}
      <Button type="submit" className="min-h-12 text-lg" busy={attempt.isPending}>
        {t('signIn')}
      </Button>
      <Suspense>
        <PasskeyButton onSignedIn={onSignedIn} />
      </Suspense>
    </form>
  );
}
