import type { ReactNode } from 'react';
import { Button } from '../../../components/Button';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { shortMoment } from '../../../lib/time';
import type { Connection } from './elsewhere';
import { ConnectAgain } from './GoogleFailure';

type Props = { connection: Connection; zone: string; onChoose: () => void };

/** What is wrong with a connection, what that means meanwhile, and how its owner mends it. */
export function Trouble({ connection, zone, onChoose }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const { problem, failing_since: since, calendars } = connection;
  const troubled = (which: string) =>
    calendars
      .filter((calendar) => calendar.problem === which)
      .map(({ name }) => name)
      .join(', ');
  if (problem === 'needs_consent')
    return (
      <Box title={t('calendars.trouble.consent')} next={t('calendars.trouble.consent.next')}>
        <ConnectAgain />
      </Box>
    );
  if (problem === 'degraded')
    return (
      <Box
        title={
          since
            ? t('calendars.trouble.degraded', { moment: shortMoment(since, zone) })
            : t('calendars.trouble.silent')
        }
        next={t('calendars.trouble.degraded.next')}
      />
    );
  if (problem === 'missing')
    return (
      <Box
        title={t('calendars.trouble.missing', { name: troubled(problem) })}
        next={t('calendars.trouble.missing.next')}
      >
        <Button look="secondary" disabled={!isOnline} onClick={onChoose}>
          {t('calendars.chooseOthers')}
        </Button>
      </Box>
    );
  return (
    <Box
      title={t('calendars.trouble.unreadable', { name: troubled(problem) })}
      next={t('calendars.trouble.unreadable.next')}
    />
  );
}

/** No role of an alert: it stands there for as long as it is so, and moves with every look at it. */
function Box({ title, next, children }: { title: string; next: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-start gap-2 rounded-2xl border border-warn/30 bg-warn-soft p-4">
      <div>
        <h3 className="font-bold text-warn">{title}</h3>
        <p>{next}</p>
      </div>
      {children}
    </div>
  );
}
