import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { askPasskey, passkeysMissing, wasGivenUp } from '../../lib/account/passkeys';
import { asProblem } from '../../lib/problem';
import { post, signInWith } from '../../lib/session';

async function signIn() {
  const answer = await post('/api/v1/auth/passkey/options', {});
  const found = await askPasskey((await answer.json()) as Schema['PasskeyRequest']);
  await signInWith('/api/v1/auth/passkey', found);
}

/** Nothing where the page or the browser has no passkeys. */
export function PasskeyButton({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useT();
  const attempt = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });
  if (passkeysMissing()) return null;
  return (
    <>
      <Button
        look="secondary"
        className="min-h-12 text-lg"
        busy={attempt.isPending}
        onClick={() => {
          attempt.mutate();
        }}
      >
        {t('passkey.signIn')}
      </Button>
      {attempt.isError && <PasskeyFailure error={attempt.error} />}
    </>
  );
}

function PasskeyFailure({ error }: { error: unknown }) {
  const t = useT();
  const problem = asProblem(error);
  if (wasGivenUp(error))
    return (
      <p role="alert" className="text-muted">
        {t('passkey.givenUp')}
      </p>
    );
  if (problem.status === 401)
    return (
      <p role="alert" className="font-semibold text-danger">
        {t('passkey.unknown')}
      </p>
    );
  return <Failure error={problem} />;
}
