import { useId } from 'react';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { price } from '../../lib/money';
import type { LessonType, Slot } from '../../lib/queries';
import { clockRange, dayOf } from '../../lib/time';

type Props = {
  slot: Slot | undefined;
  zone: string;
  type: LessonType;
  who: string;
  places: Schema['Place'][];
  pickup: string;
  onPickup: (id: string) => void;
  onAddPlace: () => void;
  isOffline: boolean;
  busy: boolean;
  onConfirm: () => void;
};

/** A bar at the thumb on a phone, a ticket beside the times on a desktop. */
export function ConfirmBar(props: Props) {
  const { slot, zone, type, who, places, pickup, isOffline, busy } = props;
  const t = useT();
  const select = useId();
  return (
    <section
      aria-label={t('confirm.name')}
      className={`fixed inset-x-0 bottom-0 z-20 rounded-t-2xl border-t border-line bg-surface px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-bar lg:sticky lg:top-20 lg:rounded-2xl lg:border lg:p-5 lg:shadow-card ${slot ? '' : 'max-lg:hidden'}`}
    >
      <div className="mb-4 hidden centre-line rounded-full lg:block" aria-hidden="true" />
      {slot ? (
        <div className="mx-auto grid max-w-2xl gap-3 lg:gap-4">
          <div className="flex items-start justify-between gap-3 lg:flex-col">
            <div className="min-w-0">
              <p className="text-sm text-muted lg:text-base">{dayOf(slot.start, zone)}</p>
              <p className="text-xl leading-tight font-bold tabular-nums lg:text-3xl lg:tracking-tight">
                {clockRange(slot.start, slot.end, zone)}
              </p>
              <p className="text-sm text-muted lg:mt-1 lg:text-base">
                {type.name}, {who}
              </p>
            </div>
            <p className="text-xl font-bold lg:text-2xl">{price(type.price)}</p>
          </div>
          <div className="flex flex-wrap items-end gap-2 lg:grid">
            {places.length > 0 && (
              <div className="flex min-w-44 flex-1 items-center gap-2 lg:grid lg:gap-1">
                <label htmlFor={select} className="text-sm font-semibold whitespace-nowrap text-muted">
                  {t('pickup')}
                </label>
                <select
                  id={select}
                  value={pickup}
                  onChange={(event) => {
                    props.onPickup(event.target.value);
                  }}
                  className="min-h-11 w-full min-w-0 truncate rounded-xl border border-edge bg-surface px-3"
                >
                  {places.map((place) => (
                    <option key={place.id} value={place.id}>
                      {[place.text, place.postcode].filter(Boolean).join(', ')}
                    </option>
                  ))}
                  <option value="">{t('pickup.none')}</option>
                </select>
              </div>
            )}
            <Button look="quiet" className="text-sm max-lg:px-1" onClick={props.onAddPlace}>
              {places.length > 0 ? t('pickup.add') : t('pickup.addFirst')}
            </Button>
            <Button
              className="min-h-12 grow text-lg max-lg:basis-full"
              busy={busy}
              disabled={isOffline}
              onClick={props.onConfirm}
            >
              {t('confirm')}
            </Button>
          </div>
          {isOffline && <p className="text-sm font-semibold text-warn">{t('offline.noBooking')}</p>}
        </div>
      ) : (
        <p className="text-muted">{t('confirm.hint')}</p>
      )}
    </section>
  );
}
