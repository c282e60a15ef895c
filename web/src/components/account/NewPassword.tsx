import { Field } from '../Field';
import { useT } from '../../i18n';

/** Characters, as docs/openapi.yaml says. */
const SHORTEST = 8;
const LONGEST = 128;

/** Where a password is chosen: password managers offer one here. */
export function NewPassword(props: { name: string; label: string; error: string | undefined }) {
  const t = useT();
  return (
    <Field
      {...props}
      type="password"
      hint={t('welcome.password.hint', { count: SHORTEST })}
      autoComplete="new-password"
      required
      minLength={SHORTEST}
      maxLength={LONGEST}
    />
  );
}
