import { useT, type Translate } from '../i18n';
import { asProblem, type Problem } from '../lib/problem';
import { Alert } from './Alert';
import { Button } from './Button';

/** What a failure means in words, and what to do next. Refusals of a time have their own words: see refusal.ts. */
export function failureWords(problem: Problem, t: Translate): { title: string; next: string } {
  if (problem.code === 'network') return { title: t('failure.network'), next: t('failure.network.next') };
  if (problem.status === 401) return { title: t('failure.signedOut'), next: t('failure.signedOut.next') };
  if (problem.status === 403) return { title: t('failure.forbidden'), next: t('failure.forbidden.next') };
  if (problem.status === 404) return { title: t('failure.notFound'), next: t('failure.notFound.next') };
  if (problem.status === 412) return { title: t('failure.stale'), next: t('failure.stale.next') };
  if (problem.status === 429) return { title: t('failure.tooMany'), next: t('failure.tooMany.next') };
  if (problem.status === 503) return { title: t('failure.busy'), next: t('failure.busy.next') };
  if (problem.status >= 500) return { title: t('failure.server'), next: t('failure.server.next') };
  const fields = problem.fields.map((field) => field.message).join(' ');
  return { title: problem.message, next: fields || (problem.detail ?? t('failure.other.next')) };
}

type Props = { error: unknown; onRetry?: () => void; takesFocus?: boolean };

export function Failure({ error, onRetry, takesFocus = false }: Props) {
  const t = useT();
  const problem = asProblem(error);
  const words = failureWords(problem, t);
  return (
    <Alert title={words.title} takesFocus={takesFocus}>
      <p>{words.next}</p>
      {problem.requestId && problem.status >= 500 && (
        <p className="text-sm text-muted">{t('failure.request', { id: problem.requestId })}</p>
      )}
      {onRetry && (
        <div>
          <Button look="secondary" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        </div>
      )}
    </Alert>
  );
}
