import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import { useOnline } from '../../lib/online';
import { asProblem } from '../../lib/problem';

type Props = {
  action: string;
  look?: 'primary' | 'danger';
  busy: boolean;
  error: unknown;
  onPassword: (password: string) => void;
  onCancel: () => void;
};

/** What is worth the password again: an open page is not enough to change how somebody signs in. */
export function PasswordAgain({ action, look = 'primary', busy, error, onPassword, onCancel }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const problem = error ? asProblem(error) : undefined;
  const isWrong = problem?.fields.some((field) => field.pointer === '/current_password') ?? false;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onPassword(textOf(new FormData(event.currentTarget), 'current'));
      }}
    >
      <Field
        name="current"
        type="password"
        label={t('factor.password')}
        hint={t('factor.password.hint')}
        autoComplete="current-password"
        ref={(field) => field?.focus()}
        required
        maxLength={200}
        error={isWrong ? t('mine.password.wrong') : undefined}
      />
      {problem && !isWrong && <Failure error={problem} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look={look} busy={busy} disabled={!isOnline}>
          {action}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('factor.cancel')}
        </Button>
      </div>
    </form>
  );
}
