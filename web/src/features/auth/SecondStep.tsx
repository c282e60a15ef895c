import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import type { Problem } from '../../lib/problem';
import { signInWith } from '../../lib/session';
import { PasskeyButton } from './PasskeyButton';

type Props = { challenge: string | undefined; onSignedIn: () => void; onBack: () => void };

/** The password was right, or the word of a provider. Without a challenge only a passkey helps. */
export function SecondStep({ challenge, onSignedIn, onBack }: Props) {
  const t = useT();
  const attempt = useMutation<undefined, Problem, string>({
    mutationFn: async (code) => {
      await signInWith('/api/v1/auth/login/factor', { challenge, code });
    },
    onSuccess: onSignedIn,
  });
  const isWrong = attempt.error?.fields.some((field) => field.pointer === '/code') ?? false;
  const isOver = attempt.error?.status === 401;
  return (
    <div className="grid gap-4">
      <p>{t(challenge ? 'factor.step.lead' : 'factor.step.passkey')}</p>
      {challenge && (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            attempt.mutate(textOf(new FormData(event.currentTarget), 'code'));
          }}
        >
          <Field
            name="code"
            label={t('factor.step.code')}
            hint={t('factor.step.hint')}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            // The person has just asked for this field.
            ref={(field) => field?.focus()}
            required
            maxLength={40}
            error={isWrong ? t('factor.step.wrong') : undefined}
          />
          {isOver && (
            <p role="alert" className="font-semibold text-danger">
              {t('factor.step.over')}
            </p>
          )}
          {attempt.isError && !isWrong && !isOver && <Failure error={attempt.error} />}
          <Button type="submit" className="min-h-12 text-lg" busy={attempt.isPending} disabled={isOver}>
            {t('factor.step.go')}
          </Button>
        </form>
      )}
      <PasskeyButton onSignedIn={onSignedIn} />
      <Button look="quiet" onClick={onBack}>
        {t('factor.step.back')}
      </Button>
    </div>
  );
}
