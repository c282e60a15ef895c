import type { UseQueryResult } from '@tanstack/react-query';
import { useT } from '../i18n';
import type { Schema } from '../lib/api';
import { firstFree, slotsOn, type Window } from '../lib/slots';
import { cityOf, longDate, shortDate } from '../lib/time';
import { Button } from './Button';
import { DayStrip } from './DayStrip';
import { Failure } from './Failure';
import { Skeleton } from './Skeleton';
import { SlotList } from './SlotList';

type Props = {
  availability: UseQueryResult<Schema['Availability']>;
  zone: string;
  window: Window;
  day: string;
  onDay: (date: string) => void;
  onWindow: (from: string) => void;
  selected: string | undefined;
  onSelect: (start: string) => void;
  /** Offered when these days are full. */
  onAnyone?: (() => void) | undefined;
  /** The day of the lesson that is being moved is marked. */
  marked?: string;
};

/** The days, the times of the chosen one, and what to do when there are none. */
export function FreeTimes(props: Props) {
  const { availability, zone, window, day, onDay, onWindow, marked } = props;
  const t = useT();
  const retry = () => void availability.refetch();
  if (!availability.data)
    return availability.isError ? <Failure error={availability.error} onRetry={retry} /> : <TimesSkeleton />;

  const { days } = availability.data;
  const slots = slotsOn(availability.data.slots, day, zone);
  const turns = [
    { to: window.earlier, label: t('days.earlier') },
    { to: window.later, label: t('days.later') },
  ];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2 sm:gap-5" aria-busy={availability.isPlaceholderData}>
      {availability.isError && <Failure error={availability.error} onRetry={retry} />}
      <div className={availability.isPlaceholderData ? 'opacity-60 transition-opacity' : ''}>
        <DayStrip
          legend={t('days.legend')}
          days={days}
          selected={day}
          onSelect={onDay}
          {...(marked === undefined ? {} : { marked })}
        />
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-2">
          <p className="text-sm text-muted">{t('zone', { city: cityOf(zone) })}</p>
          <div className="-mr-4 flex">
            {turns.map(
              ({ to, label }) =>
                to && (
                  <Button
                    key={label}
                    look="quiet"
                    onClick={() => {
                      onWindow(to);
                    }}
                  >
                    {label}
                  </Button>
                ),
            )}
          </div>
        </div>
      </div>
      <section aria-label={t('slots.name')} className="grid gap-2 sm:gap-4">
        <h2 className="text-xl font-bold tracking-tight" aria-live="polite">
          {longDate(day)}
        </h2>
        {availability.isPlaceholderData ? (
          <SlotsSkeleton />
        ) : slots.length > 0 ? (
          <SlotList slots={slots} zone={zone} selected={props.selected} onSelect={props.onSelect} />
        ) : (
          <NoTimes {...props} days={days} />
        )}
      </section>
    </div>
  );
}

/** Why there is nothing, and one tap to where there is something. */
function NoTimes({ days, day, window, onDay, onWindow, onAnyone }: Props & { days: Schema['DayCount'][] }) {
  const t = useT();
  const isFull = days.every((each) => each.count === 0);
  const next = firstFree(days, day);
  const { later } = window;
  const ways = [
    next !== undefined &&
      next !== day && {
        label: t('slots.next', { day: shortDate(next) }),
        go: () => {
          onDay(next);
        },
      },
    isFull &&
      later !== undefined && {
        label: t('slots.later'),
        go: () => {
          onWindow(later);
        },
      },
    isFull && onAnyone && { label: t('slots.anyone'), go: onAnyone },
  ].filter((way) => typeof way === 'object');
  return (
    <div className="grid justify-items-start gap-3 rounded-2xl border border-dashed border-edge p-5">
      <p className="font-semibold">
        {isFull ? t('slots.noneAtAll') : t('slots.none', { day: longDate(day) })}
      </p>
      <div className="flex flex-wrap gap-2">
        {ways.map((way) => (
          <Button key={way.label} look="secondary" onClick={way.go}>
            {way.label}
          </Button>
        ))}
      </div>
    </div>
  );
}

function SlotsSkeleton() {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(5.25rem,1fr))] gap-2">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} className="h-12" />
      ))}
    </div>
  );
}

export function TimesSkeleton() {
  return (
    <div className="grid gap-5" aria-busy="true">
      <div className="flex gap-2 overflow-hidden pt-8 lg:grid lg:grid-cols-7">
        {Array.from({ length: 14 }, (_, index) => (
          <Skeleton key={index} className="h-[5.375rem] w-[4.25rem] shrink-0 rounded-2xl lg:w-auto" />
        ))}
      </div>
      <Skeleton className="mt-12 h-7 w-48" />
      <SlotsSkeleton />
    </div>
  );
}
