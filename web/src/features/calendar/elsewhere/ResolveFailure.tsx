import { Alert } from '../../../components/Alert';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import type { Problem } from '../../../lib/problem';

/** Why a conflict is not resolved: most often somebody else has done it, or the lesson is another one by now. */
export function ResolveFailure({ error }: { error: Problem }) {
  const t = useT();
  if (error.status !== 404 && error.status !== 412) return <Failure error={error} />;
  return (
    <Alert tone="warn" title={t('conflict.over')}>
      <p>{t('conflict.over.next')}</p>
    </Alert>
  );
}
