import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { meQuery, type Booking } from '../../lib/queries';
import type { TimeOff } from '../../lib/schedule';
import { addDays, cityOf, dateAt, mondayOf, todayIn } from '../../lib/time';
import { useNow } from '../../lib/useNow';
import { useWide } from '../../lib/useWide';
import { DayAgenda } from './DayAgenda';
import { CalendarNews } from './elsewhere/CalendarNews';
import { LessonSheet } from './LessonSheet';
import { Requests } from './Requests';
import { TimeOffSheet } from './TimeOffSheet';
import { Toolbar } from './Toolbar';
import { useDiary, type Diary, type Who } from './useDiary';
import { useIllToday } from './useIllToday';
import { WeekGrid } from './WeekGrid';
import { GridSkeleton, ListSkeleton } from './WeekSkeleton';
import { WeekStrip } from './WeekStrip';

const route = getRouteApi('/in/week');
const WEEK = 7;

type Opened =
  { kind: 'lesson'; booking: Booking; view: 'facts' | 'refuse' } | { kind: 'time-off'; taken?: TimeOff };

/** An instructor's own page: the week, who waits for an answer, and time off. */
export function WeekPage() {
  const t = useT();
  const me = useQuery(meQuery);
  if (!me.data)
    return (
      <Page title={t('week.title')} busy>
        {me.isError ? <Failure error={me.error} onRetry={() => void me.refetch()} /> : <GridSkeleton />}
      </Page>
    );
  const { id, instructor_id: instructorId = id, school } = me.data;
  return <Week who={{ instructorId, zone: school.time_zone }} />;
}

function Week({ who }: { who: Who }) {
  const t = useT();
  const now = useNow();
  const isWide = useWide();
  const isOnline = useOnline();
  const { from, view: asked = 'week' } = route.useSearch();
  const navigate = route.useNavigate();
  const [opened, setOpened] = useState<Opened>();

  const today = todayIn(who.zone, now);
  const selected = from ?? today;
  const monday = mondayOf(selected);
  const dates = Array.from({ length: WEEK }, (_, index) => addDays(monday, index));
  const view = isWide ? asked : 'phone';
  const diary = useDiary(who, monday, addDays(monday, WEEK), isOnline);
  const ill = useIllToday(who, diary, (taken) => {
    if (taken.affected.length > 0) setOpened({ kind: 'time-off', taken });
  });

  const goTo = (date: string) => void navigate({ search: (old) => ({ ...old, from: date }), replace: true });
  const openBooking = (booking: Booking | undefined, how: 'facts' | 'refuse' = 'facts') => {
    if (booking) setOpened({ kind: 'lesson', booking, view: how });
  };
  const openLesson = (id: string) => {
    openBooking(diary.bookings.find((each) => each.id === id));
  };
  const shown = view === 'day' || view === 'phone' ? [selected] : dates;
  return (
    <Page
      title={t('week.title')}
      busy={diary.isLoading}
      beside={
        <Toolbar
          view={view}
          selected={selected}
          dates={dates}
          today={today}
          onGo={goTo}
          onView={(next) => void navigate({ search: (old) => ({ ...old, view: next }), replace: true })}
          ill={ill}
          onTimeOff={() => {
            setOpened({ kind: 'time-off' });
          }}
        />
      }
    >
      <CalendarNews to="/calendars" />
      <Requests today={today} onOpen={openBooking} />
      {(diary.error ?? ill.error) && (
        <div className="mb-4">
          <Failure error={diary.error ?? ill.error} {...(diary.error ? { onRetry: diary.retry } : {})} />
        </div>
      )}
      {view === 'phone' && (
        <div className="mb-5">
          <WeekStrip
            dates={dates}
            today={today}
            selected={selected}
            onSelect={goTo}
            lessonsOn={(date) =>
              diary.events.filter((event) => dateAt(event.start, who.zone) === date).length
            }
          />
        </div>
      )}
      <Days {...{ diary, who, now, view, shown }} onOpen={openLesson} />
      <p className="mt-3 text-sm text-muted">{t('zone', { city: cityOf(who.zone) })}</p>
      {opened?.kind === 'lesson' && (
        <LessonSheet
          booking={opened.booking}
          view={opened.view}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
      {opened?.kind === 'time-off' && (
        <TimeOffSheet
          who={who}
          today={today}
          taken={opened.taken}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </Page>
  );
}

type DaysProps = {
  diary: Diary;
  who: Who;
  now: Date;
  view: 'week' | 'day' | 'list' | 'phone';
  shown: string[];
  onOpen: (id: string) => void;
};

function Days({ diary, who, now, view, shown, onOpen }: DaysProps) {
  const isGrid = view === 'week' || view === 'day';
  if (diary.isLoading) return diary.error ? null : isGrid ? <GridSkeleton /> : <ListSkeleton />;
  return (
    <div
      aria-busy={diary.isOld}
      className={diary.isOld ? 'pointer-events-none opacity-60 transition-opacity' : ''}
    >
      {isGrid ? (
        <WeekGrid {...{ diary, who, now, onOpen }} dates={shown} />
      ) : (
        <div className="mx-auto grid max-w-3xl gap-6">
          {shown.map((date) => (
            <DayAgenda
              key={date}
              date={date}
              zone={who.zone}
              now={now}
              open={diary.open(date)}
              lessons={diary.events}
              blocks={diary.blocks}
              onOpen={onOpen}
            />
          ))}
        </div>
      )}
    </div>
  );
}
