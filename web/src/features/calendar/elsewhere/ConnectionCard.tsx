import { useId, useState } from 'react';
import { Button } from '../../../components/Button';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import { notify } from '../../../lib/notice';
import { useOnline } from '../../../lib/online';
import { ChooseCalendars } from './ChooseCalendars';
import { DisconnectDialog } from './DisconnectDialog';
import { useSync, type Connection } from './elsewhere';
import { EventWords } from './EventWords';
import { LastRead } from './LastRead';
import { State } from './State';
import { Trouble } from './Trouble';

type Props = {
  connection: Connection;
  /** In which lessons may be written now. */
  others: Connection[];
  zone: string;
  onGone: () => void;
};

type Opened = 'calendars' | 'words' | 'disconnect';

/** One account at Google: how it stands, what of it is used, and what can be done with it. */
export function ConnectionCard({ connection, others, zone, onGone }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  const sync = useSync();
  const [opened, setOpened] = useState<Opened>();
  const { account, calendars, detail, tentative } = connection;
  const isBroken = connection.state === 'needs_consent';
  const close = () => {
    setOpened(undefined);
  };
  const opens = (which: Opened) => () => {
    setOpened(which);
  };
  return (
    <section
      aria-labelledby={`${id} ${id}-account`}
      className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <div>
        <h2 id={id} className="flex flex-wrap items-center gap-x-3 text-xl font-bold tracking-tight">
          Google Calendar <State connection={connection} />
        </h2>
        <p id={`${id}-account`} className="wrap-anywhere">
          {account}
        </p>
        <p className="text-sm text-muted">
          <LastRead connection={connection} zone={zone} />
        </p>
      </div>
      {connection.problem !== '' && (
        <Trouble connection={connection} zone={zone} onChoose={opens('calendars')} />
      )}
      <div>
        <h3 className="font-semibold">{t('calendars.used')}</h3>
        {calendars.length === 0 && <p className="text-muted">{t('calendars.used.none')}</p>}
        <ul className="divide-y divide-line">
          {calendars.map((calendar) => (
            <li key={calendar.id} className="flex flex-wrap gap-x-3 py-2">
              <span className="min-w-0 grow wrap-anywhere">{calendar.name}</span>
              <span className="text-muted">
                {[calendar.blocks && t('calendars.blocks'), calendar.shows && t('calendars.shows')]
                  .filter(Boolean)
                  .join(', ')}
              </span>
            </li>
          ))}
        </ul>
        <p className="mt-2 text-sm text-muted">
          {t(`calendars.detail.${detail}.says`)}{' '}
          {t(tentative ? 'calendars.tentative.takes' : 'calendars.tentative.free')}
        </p>
      </div>
      {sync.isError && <Failure key={sync.submittedAt} error={sync.error} />}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div role="group" aria-label={account} className="flex flex-wrap gap-2">
        {!isBroken && (
          <>
            <Button look="secondary" disabled={!isOnline} onClick={opens('calendars')}>
              {t('calendars.choose')}
            </Button>
            <Button look="secondary" disabled={!isOnline} onClick={opens('words')}>
              {t('calendars.words')}
            </Button>
            <Button
              look="secondary"
              disabled={!isOnline}
              busy={sync.isPending}
              onClick={() => {
                sync.mutate(connection, {
                  onSuccess: (isSeen) => {
                    notify({ text: t(isSeen ? 'calendars.synced' : 'calendars.syncing') });
                  },
                });
              }}
            >
              {t('calendars.sync')}
            </Button>
          </>
        )}
        <Button look="danger" disabled={!isOnline} onClick={opens('disconnect')}>
          {t('calendars.disconnect')}
        </Button>
      </div>
      {opened === 'calendars' && <ChooseCalendars connection={connection} others={others} onClose={close} />}
      {opened === 'words' && <EventWords connection={connection} onClose={close} />}
      {opened === 'disconnect' && (
        <DisconnectDialog connection={connection} onClose={close} onGone={onGone} />
      )}
    </section>
  );
}
