import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Button } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { bookingsQuery, meQuery, type Booking } from '../../lib/queries';
import { addDays, cityOf, dateAt, longDate, shortDate, todayIn } from '../../lib/time';
import { BookingRow } from './BookingRow';
import { ReasonDialog } from '../../components/manage/ReasonDialog';
import { byDay } from './byDay';

const route = getRouteApi('/in/bookings');
const WEEK = 7;
const AHEAD_DAYS = 365;

/** What the office and instructors need until their own screens: the week, and every request that waits. */
export function BookingsPage() {
  const t = useT();
  const now = useMemo(() => new Date(), []);
  const { from: wanted, show = 'week' } = route.useSearch();
  const navigate = route.useNavigate();
  const me = useQuery(meQuery);
  const zone = me.data?.school.time_zone ?? 'UTC';
  const today = todayIn(zone, now);
  const from = wanted ?? today;
  const to = addDays(from, WEEK);
  const [ending, setEnding] = useState<{ booking: Booking; how: 'cancel' | 'refuse' }>();
  const requests = useQuery({
    ...bookingsQuery({ from: today, to: addDays(today, AHEAD_DAYS), status: 'requested' }),
    enabled: me.isSuccess,
  });
  const week = useQuery({ ...bookingsQuery({ from, to }), enabled: me.isSuccess });
  const shown = show === 'requests' ? requests : week;
  const goTo = (date: string) => void navigate({ search: date === today ? {} : { from: date } });

  return (
    <Page title={t('office.title')} busy={shown.isPending}>
      <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
        <Choices
          legend={t('office.show')}
          name="show"
          shape="chip"
          selected={show}
          choices={[
            { value: 'week', label: t('office.week') },
            { value: 'requests', label: t('office.requests', { count: requests.data?.length ?? 0 }) },
          ]}
          onSelect={(value) => void navigate({ search: value === 'requests' ? { show: 'requests' } : {} })}
        />
        {show === 'week' && (
          <div className="flex flex-wrap items-center gap-2">
            <Button
              look="secondary"
              onClick={() => {
                goTo(addDays(from, -WEEK));
              }}
            >
              {t('office.earlier')}
            </Button>
            {from !== today && (
              <Button
                look="quiet"
                onClick={() => {
                  goTo(today);
                }}
              >
                {t('office.today')}
              </Button>
            )}
            <Button
              look="secondary"
              onClick={() => {
                goTo(to);
              }}
            >
              {t('office.later')}
            </Button>
          </div>
        )}
      </div>
      <p className="mb-4 text-sm text-muted" aria-live="polite">
        {show === 'week' && `${shortDate(from)} – ${shortDate(addDays(to, -1))}. `}
        {t('zone', { city: cityOf(zone) })}
      </p>
      {shown.isError && <Failure error={shown.error} onRetry={() => void shown.refetch()} />}
      {shown.isPending && (
        <div className="grid gap-3">
          {[1, 2, 3, 4].map((key) => (
            <Skeleton key={key} className="h-20 rounded-2xl" />
          ))}
        </div>
      )}
      {shown.data?.length === 0 && (
        <p className="rounded-2xl border border-dashed border-edge p-6 font-semibold">
          {t(show === 'week' ? 'office.noneThisWeek' : 'office.noRequests')}
        </p>
      )}
      {byDay(shown.data ?? [], (booking) => dateAt(booking.start, zone)).map(([date, bookings]) => (
        <section key={date} className="mb-6">
          <h2 className="mb-2 text-lg font-bold tracking-tight">
            {longDate(date)}{' '}
            <span className="text-sm font-normal text-muted">
              {t('office.count', { count: bookings.length })}
            </span>
          </h2>
          <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
            {bookings.map((booking) => (
              <BookingRow
                key={booking.id}
                booking={booking}
                onEnd={(how) => {
                  setEnding({ booking, how });
                }}
              />
            ))}
          </ul>
        </section>
      ))}
      {ending && (
        <ReasonDialog
          {...ending}
          onClose={() => {
            setEnding(undefined);
          }}
        />
      )}
    </Page>
  );
}
