import { Alert } from '../../../components/Alert';
import { useT } from '../../../i18n';

/** What the server may say in the page's address. Anything else is a connection that did not work. */
const PROBLEMS = ['again', 'denied', 'scopes', 'provider', 'away', 'ended', 'limited'];

/** Back from Google: connected, or why not and what to do about it. */
export function Arrived({ problem }: { problem?: string }) {
  const t = useT();
  if (problem === undefined)
    return (
      <Alert tone="calm" title={t('calendars.connected')} takesFocus>
        <p>{t('calendars.connected.next')}</p>
      </Alert>
    );
  const known = PROBLEMS.includes(problem) ? problem : 'again';
  return (
    <Alert tone={known === 'denied' ? 'calm' : 'warn'} title={t('calendars.notConnected')} takesFocus>
      <p>{t(`calendars.problem.${known}`)}</p>
      {known === 'scopes' && (
        <ul className="list-disc pl-5">
          <li>{t('calendars.scope.events')}</li>
          <li>{t('calendars.scope.list')}</li>
        </ul>
      )}
    </Alert>
  );
}
