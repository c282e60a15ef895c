import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useT } from '../../i18n';
import { SignInForm } from './SignInForm';
import { Poster } from './Poster';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const t = useT();
  const { next } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  return (
    <Poster title={t('signIn.title')} lead={t('signIn.lead')}>
      <SignInForm
        onSignedIn={() => {
          // Nothing of whoever sat here before.
          client.clear();
          router.history.replace(next ?? '/');
        }}
      />
    </Poster>
  );
}
