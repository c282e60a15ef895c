import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Button, buttonLook } from '../../components/Button';
import { Alert } from '../../components/Alert';
import { Failure } from '../../components/Failure';
import { NewPassword } from '../../components/account/NewPassword';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import type { Schema } from '../../lib/api';
import type { Problem } from '../../lib/problem';
import { signInWith } from '../../lib/session';
import { Notice, useNotice } from '../../components/policies/Notice';
import { noticeQuery } from '../../components/policies/policies';
import { Poster } from './Poster';
import { SecondStep } from './SecondStep';

export const WelcomePage = () => <PasswordByLink isReset={false} />;
export const ResetPage = () => <PasswordByLink isReset />;

/** /welcome#<token>, /reset#<token>: behind the # it is never sent to a server or written into a log. */
function PasswordByLink({ isReset }: { isReset: boolean }) {
  const t = useT();
  const router = useRouter();
  const client = useQueryClient();
  const token = location.hash.slice(1);
  // Whoever only sets another password has seen it.
  const joining = isReset ? '' : token;
  const notice = useNotice(joining);
  const enter = () => {
    client.clear();
    router.history.replace('/');
  };
  const attempt = useMutation<undefined, Problem, Schema['NewPassword']>({
    mutationFn: async (input) => {
      await signInWith('/api/v1/auth/password', input);
    },
    onSuccess: enter,
    // The notice may have changed while it was read.
    onError: () => client.invalidateQueries({ queryKey: noticeQuery(joining).queryKey }),
  });
  const fault = (pointer: string) =>
    attempt.error?.fields.find((field) => field.pointer === pointer)?.message;
  const wrong = fault('/password');
  const isOutdated = fault('/notice_version') !== undefined;
  // The password is set; signing in takes more.
  if (attempt.error?.code === 'second-factor-asked')
    return (
      <Poster title={t('reset.title')} lead={t('factor.step.saved')}>
        <SecondStep
          challenge={attempt.error.challenge}
          onSignedIn={enter}
          onBack={() => {
            router.history.replace('/sign-in');
          }}
        />
      </Poster>
    );
  const isSpent = !token || attempt.error?.fields.some((field) => field.pointer === '/token');
  return (
    <Poster
      title={t(isReset ? 'reset.title' : 'welcome.title')}
      lead={t(isReset ? 'reset.lead' : 'welcome.lead')}
    >
      {isSpent ? (
        <Alert tone="warn" title={t('welcome.spent')}>
          <p>{t(isReset ? 'reset.spent.next' : 'welcome.spent.next')}</p>
          {isReset && (
            <Link to="/$page" params={{ page: 'forgot' }} className={buttonLook('secondary')}>
              {t('reset.again')}
            </Link>
          )}
        </Alert>
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            attempt.mutate({
              token,
              password: textOf(new FormData(event.currentTarget), 'password'),
              ...notice,
            });
          }}
        >
          <NewPassword name="password" label={t('welcome.password')} error={wrong} />
          <Notice token={joining} isOutdated={isOutdated} />
          {attempt.isError && !wrong && !isOutdated && <Failure error={attempt.error} />}
          <Button type="submit" className="min-h-12 text-lg" busy={attempt.isPending}>
            {t('welcome.save')}
          </Button>
        </form>
      )}
    </Poster>
  );
}
