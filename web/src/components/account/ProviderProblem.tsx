import { useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import { providersQuery, knownProblem } from '../../lib/account/providers';
import { Alert } from '../Alert';

type Props = { problem: string; provider?: string | undefined };

/** Why the sign-in at a provider did not work. */
export function ProviderProblem({ problem, provider = '' }: Props) {
  const t = useT();
  const providers = useQuery(providersQuery).data ?? [];
  const name = providers.find(({ id }) => id === provider)?.name ?? t('provider.unnamed');
  return (
    <Alert tone={problem === 'denied' ? 'calm' : 'danger'} title={t('provider.problem', { name })} takesFocus>
      <p>{t(`provider.problem.${knownProblem(problem)}`, { name })}</p>
    </Alert>
  );
}
