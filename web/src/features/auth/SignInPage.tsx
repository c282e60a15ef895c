import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { ProviderProblem } from '../../components/account/ProviderProblem';
import { useT } from '../../i18n';
import { Arriving } from './Arriving';
import { Poster } from './Poster';
import { ProviderSignIn } from './ProviderSignIn';
import { SignInForm } from './SignInForm';

const route = getRouteApi('/sign-in');

type Search = {
  next?: string | undefined;
  /** Back from a provider, with a session or without one. */
  done?: unknown;
  problem?: string;
  provider?: string;
};

export function SignInPage() {
  const t = useT();
  const { next, done, problem, provider }: Search = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  return (
    <Poster title={t('signIn.title')} lead={t('signIn.lead')}>
      {done ? (
        <Arriving next={next ?? '/'} />
      ) : (
        <>
          {problem && (
            <div className="mb-6">
              <ProviderProblem problem={problem} provider={provider} />
            </div>
          )}
          <SignInForm
            onSignedIn={() => {
              // Nothing of whoever sat here before.
              client.clear();
              router.history.replace(next ?? '/');
            }}
          />
          <p className="mt-3 flex flex-wrap gap-x-6">
            {(['forgot', 'register', 'guest'] as const).map((page) => (
              <Link
                key={page}
                to="/$page"
                params={{ page }}
                className="inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
              >
                {t(`signIn.${page}`)}
              </Link>
            ))}
          </p>
          <ProviderSignIn next={next} problem={problem} />
        </>
      )}
    </Poster>
  );
}
