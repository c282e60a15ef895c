import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Skeleton } from '../../../components/Skeleton';
import { useT } from '../../../i18n';
import type { Schema } from '../../../lib/api';
import { notify } from '../../../lib/notice';
import { DialogEnd } from './DialogEnd';
import { calendarsThereQuery, useChangeConnection, type Connection } from './elsewhere';
import { GoogleFailure } from './GoogleFailure';

type There = Schema['CalendarThereList']['items'];
type Props = { connection: Connection; others: Connection[]; onClose: () => void };

/** Which calendars of the account take time here, and into which one lessons are written. */
export function ChooseCalendars({ connection, others, onClose }: Props) {
  const t = useT();
  const there = useQuery(calendarsThereQuery(connection.id));
  return (
    <Dialog title={t('calendars.choose')} onClose={onClose} wide>
      {there.isPending && (
        <div aria-busy="true" className="grid gap-3">
          <p role="status" className="text-muted">
            {t('calendars.asking')}
          </p>
          <Skeleton className="h-40" />
        </div>
      )}
      {there.isError && !there.data && (
        <>
          <GoogleFailure error={there.error} onRetry={() => void there.refetch()} />
          <Button look="quiet" className="mt-3" onClick={onClose}>
            {t('close')}
          </Button>
        </>
      )}
      {there.data && <Choice {...{ connection, others, onClose }} there={there.data} />}
    </Dialog>
  );
}

function Choice({ connection, others, there, onClose }: Props & { there: There }) {
  const t = useT();
  const change = useChangeConnection();
  const [blocking, setBlocking] = useState(() =>
    connection.calendars.filter(({ blocks }) => blocks).map(({ id }) => id),
  );
  const [showing, setShowing] = useState(() => connection.calendars.find(({ shows }) => shows)?.id ?? '');
  const gone = connection.calendars.filter(({ id }) => !there.some((each) => each.id === id));
  const goneNames = gone.map(({ name }) => name).join(', ');
  const elsewhere = others.find(({ calendars }) => calendars.some(({ shows }) => shows));
  const wanted = there
    .map(({ id }) => ({ id, blocks: blocking.includes(id), shows: showing === id }))
    .filter(({ blocks, shows }) => blocks || shows);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {gone.length > 0 && (
        <p className="font-semibold text-warn">{t('calendars.goneThere', { name: goneNames })}</p>
      )}
      <fieldset className="min-w-0">
        <legend className="text-lg font-bold">{t('calendars.blocking')}</legend>
        <p className="text-sm text-muted">{t('calendars.blocking.hint')}</p>
        {there.map((calendar) => (
          <label key={calendar.id} className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-brand"
              checked={blocking.includes(calendar.id)}
              onChange={({ target: { checked } }) => {
                setBlocking(
                  checked ? [...blocking, calendar.id] : blocking.filter((id) => id !== calendar.id),
                );
              }}
            />
            <Name calendar={calendar} />
          </label>
        ))}
      </fieldset>
      <fieldset className="min-w-0">
        <legend className="text-lg font-bold">{t('calendars.showing')}</legend>
        <p className="text-sm text-muted">
          {t('calendars.showing.hint')}{' '}
          {elsewhere && t('calendars.showing.elsewhere', { account: elsewhere.account })}
        </p>
        {[undefined, ...there.filter(({ writable }) => writable)].map((calendar) => (
          <label key={calendar?.id ?? ''} className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="radio"
              name="showing"
              className="size-5 shrink-0 accent-brand"
              checked={showing === (calendar?.id ?? '')}
              onChange={() => {
                setShowing(calendar?.id ?? '');
              }}
            />
            {calendar ? <Name calendar={calendar} /> : t('calendars.showing.none')}
          </label>
        ))}
      </fieldset>
      {change.isError && <GoogleFailure key={change.submittedAt} error={change.error} />}
      <DialogEnd
        label={t('calendars.save')}
        busy={change.isPending}
        onClose={onClose}
        onGo={() => {
          change.mutate(
            { connection, to: { calendars: wanted } },
            {
              onSuccess: () => {
                notify({ text: t('calendars.saved') });
                onClose();
              },
            },
          );
        }}
      />
    </div>
  );
}

function Name({ calendar: { name, primary, only_busy: onlyBusy } }: { calendar: There[number] }) {
  const t = useT();
  return (
    <span className="min-w-0 wrap-anywhere">
      {name} {primary && <span className="text-sm text-muted">{t('calendars.main')}</span>}
      {onlyBusy && <span className="text-sm text-muted">{t('calendars.onlyBusy')}</span>}
    </span>
  );
}
