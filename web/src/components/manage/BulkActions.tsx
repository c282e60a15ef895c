import { useId, useRef, useState } from 'react';
import { useT } from '../../i18n';
import type { Proposal } from '../../lib/manage/bulk';
import type { Bulk } from '../../lib/manage/useBulk';
import { useOnline } from '../../lib/online';
import { shortMoment } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { Button } from '../Button';
import { Failure } from '../Failure';
import { boxLook } from './Input';

/** What can be done with all lessons at once that are neither moved nor kept. */
export function BulkActions({ bulk }: { bulk: Bulk }) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  const reason = useRef<HTMLInputElement>(null);
  const { progress, proposals, error, open } = bulk;
  if (proposals) return <Proposals key={proposals.length} bulk={bulk} proposals={proposals} />;
  if (open.length === 0) return null;
  return (
    <section aria-label={t('bulk.title')} className="grid gap-3 rounded-xl bg-ground p-3 sm:p-4">
      <div className="grid gap-1.5">
        <label htmlFor={id} className="font-semibold">
          {t('bulk.reason')}
        </label>
        <input ref={reason} id={id} type="text" maxLength={1000} autoComplete="off" className={boxLook} />
      </div>
      {error && <Failure error={error} />}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div className="flex flex-wrap gap-2">
        <Button
          look="secondary"
          disabled={!isOnline}
          busy={progress !== undefined}
          onClick={() => void bulk.propose()}
        >
          {t('bulk.move')}
        </Button>
        <Button
          look="danger"
          disabled={!isOnline}
          busy={progress !== undefined}
          onClick={() => void bulk.cancelAll(reason.current?.value.trim() ?? '')}
        >
          {t('bulk.cancel')}
        </Button>
      </div>
      <p role="status" className="text-sm font-semibold empty:hidden">
        {progress && t('bulk.progress', { number: progress.done + 1, all: progress.all })}
      </p>
    </section>
  );
}

type ProposalsProps = { bulk: Bulk; proposals: Proposal[] };

/** Nothing is moved before these times were seen. */
function Proposals({ bulk, proposals }: ProposalsProps) {
  const t = useT();
  const names = useNames();
  const isOnline = useOnline();
  const [left, setLeft] = useState<string[]>([]);
  const chosen = proposals.filter(({ booking }) => !left.includes(booking.id));
  return (
    <section aria-label={t('bulk.proposals')} className="grid gap-3 rounded-xl bg-ground p-3 sm:p-4">
      <h3 className="text-lg font-bold">{t('bulk.proposals')}</h3>
      <p className="text-sm">
        {t(proposals.length > 0 ? 'bulk.proposals.lead' : 'bulk.proposals.none')}{' '}
        {proposals.length > 0 &&
          proposals.length < bulk.open.length &&
          t('bulk.proposals.some', { count: proposals.length, all: bulk.open.length })}
      </p>
      <ul className="grid gap-1 empty:hidden">
        {proposals.map(({ booking, slot }) => (
          <li key={booking.id}>
            <label className="flex min-h-11 cursor-pointer items-center gap-3">
              <input
                type="checkbox"
                className="size-5 shrink-0 accent-brand"
                checked={!left.includes(booking.id)}
                onChange={(event) => {
                  setLeft(
                    event.target.checked ? left.filter((id) => id !== booking.id) : [...left, booking.id],
                  );
                }}
              />
              <span className="min-w-0">
                <strong>{names.nameOf(booking)}</strong>,{' '}
                {t('with', { name: names.instructor(booking.instructor_id) })}
                <span className="block text-sm tabular-nums">
                  {shortMoment(booking.start, booking.zone)} <span aria-hidden="true">→</span>
                  <span className="sr-only">{t('bulk.to')}</span>{' '}
                  <strong>{shortMoment(slot.start, booking.zone)}</strong>
                </span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button look="quiet" onClick={bulk.dismiss}>
          {t('bulk.back')}
        </Button>
        {proposals.length > 0 && (
          <Button disabled={!isOnline || chosen.length === 0} onClick={() => void bulk.moveAll(chosen)}>
            {t('bulk.confirm', { count: chosen.length })}
          </Button>
        )}
      </div>
    </section>
  );
}
