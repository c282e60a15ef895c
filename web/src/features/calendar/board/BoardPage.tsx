import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, buttonLook } from '../../../components/Button';
import { Failure } from '../../../components/Failure';
import { Empty } from '../../../components/manage/ListPage';
import { Page } from '../../../components/Page';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { bookingQuery, meQuery, type Booking } from '../../../lib/queries';
import { cityOf, instantAt, longDate, todayIn } from '../../../lib/time';
import { useNow } from '../../../lib/useNow';
import { useWide } from '../../../lib/useWide';
import { DayAgenda } from '../DayAgenda';
import { CalendarNews } from '../elsewhere/CalendarNews';
import { shownHours } from '../hours';
import { LessonGrid } from '../LessonGrid';
import { LessonSheet } from '../LessonSheet';
import { Requests } from '../Requests';
import type { BoardSearch } from '../search';
import { NO_VEHICLE, type By } from '../useSpots';
import { GridSkeleton, ListSkeleton } from '../WeekSkeleton';
import { BoardBar } from './BoardBar';
import { BookSheet, type BookAt } from './BookSheet';
import { chosen } from './chosen';
import { GettingReady } from './GettingReady';
import { useBoard, type Board, type BoardColumn } from './useBoard';

const route = getRouteApi('/in/board');

type Opened = { kind: 'lesson'; booking: Booking; view: 'facts' | 'refuse' } | { kind: 'book'; at: BookAt };

/** The office's own page: one day of the whole school, instructor beside instructor or vehicle beside vehicle. */
export function BoardPage() {
  const t = useT();
  const me = useQuery(meQuery);
  if (!me.data)
    return (
      <Page title={t('board.title')} busy>
        {me.isError ? <Failure error={me.error} onRetry={() => void me.refetch()} /> : <GridSkeleton />}
      </Page>
    );
  return <Day zone={me.data.school.time_zone} />;
}

function Day({ zone }: { zone: string }) {
  const t = useT();
  const now = useNow();
  const isOnline = useOnline();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [opened, setOpened] = useState<Opened>();

  const today = todayIn(zone, now);
  const date = search.date ?? today;
  const by: By = search.by === 'vehicle' ? 'vehicle_id' : 'instructor_id';
  const board = useBoard(date, zone, by, isOnline);
  const shown = chosen(board.columns, search, board.open);
  const onSearch = (change: BoardSearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const linked = useQuery({ ...bookingQuery(search.lesson ?? ''), enabled: search.lesson !== undefined });
  const close = () => {
    setOpened(undefined);
    if (search.lesson) onSearch({ lesson: undefined });
  };
  const openLesson = (booking: Booking | undefined, view: 'facts' | 'refuse' = 'facts') => {
    if (booking) setOpened({ kind: 'lesson', booking, view });
  };
  const book = (column?: BoardColumn, from?: number) => {
    setOpened({
      kind: 'book',
      at: {
        date,
        ...(column && column.owner !== NO_VEHICLE ? { [by]: column.owner } : {}),
        ...(from === undefined ? {} : { start: instantAt(date, from, zone) }),
      },
    });
  };
  return (
    <div data-wide="">
      <Page
        title={t('board.title')}
        busy={board.isLoading}
        beside={
          <BoardBar
            {...{ search, date, today, shown, onSearch }}
            columns={board.columns}
            onBook={() => {
              book();
            }}
          />
        }
      >
        <GettingReady {...{ today, date }} />
        <CalendarNews to="/manage/calendars" />
        <Requests today={today} onOpen={openLesson} />
        {(board.error ?? linked.error) && (
          <div className="mb-4">
            <Failure error={board.error ?? linked.error} {...(board.error ? { onRetry: board.retry } : {})} />
          </div>
        )}
        <Columns
          {...{ board, shown, date, zone, now, by }}
          onOpen={(id) => {
            openLesson(board.bookings.find((each) => each.id === id));
          }}
          onShowAll={() => {
            onSearch({ only: undefined, working: undefined });
          }}
          {...(isOnline ? { onPick: book } : {})}
        />
        <p className="mt-3 text-sm text-muted">{t('zone', { city: cityOf(zone) })}</p>
        {opened?.kind === 'lesson' && (
          <LessonSheet booking={opened.booking} view={opened.view} onClose={close} />
        )}
        {!opened && search.lesson && linked.data && <LessonSheet booking={linked.data} onClose={close} />}
        {opened?.kind === 'book' && <BookSheet at={opened.at} zone={zone} onClose={close} />}
      </Page>
    </div>
  );
}

type ColumnsProps = {
  board: Board;
  shown: BoardColumn[];
  date: string;
  zone: string;
  now: Date;
  by: By;
  onOpen: (id: string) => void;
  onShowAll: () => void;
  onPick?: (column: BoardColumn | undefined, from: number) => void;
};

function Columns({ board, shown, date, zone, now, by, onOpen, onShowAll, onPick }: ColumnsProps) {
  const t = useT();
  const isWide = useWide();
  if (board.isLoading) return board.error ? null : isWide ? <GridSkeleton /> : <ListSkeleton />;
  if (board.columns.length === 0) return <NobodyYet by={by} />;
  if (shown.length === 0)
    return (
      <Empty
        title={t('board.nobodyWorks', { day: longDate(date) })}
        action={
          <Button look="secondary" onClick={onShowAll}>
            {t('board.showAll')}
          </Button>
        }
      />
    );
  const columns = shown.map((column) => ({ ...column, title: <Title column={column} /> }));
  return (
    <div
      aria-busy={board.isOld}
      className={board.isOld ? 'pointer-events-none opacity-60 transition-opacity' : ''}
    >
      {isWide ? (
        <LessonGrid
          key={`${date} ${by}`}
          {...{ columns, zone, now, by, onOpen }}
          bookings={board.bookings}
          events={board.events}
          blocks={board.blocks}
          open={board.open}
          keys={t('board.keys')}
          empty={t('board.none')}
          {...(onPick
            ? {
                onPick: ({ column, from }) => {
                  onPick(columns[column], from);
                },
              }
            : {})}
        />
      ) : (
        <div className="grid gap-7">
          {columns.map((column) => (
            <DayAgenda
              key={column.key}
              {...{ date, zone, now, onOpen }}
              of={{ id: column.key, name: column.name }}
              open={by === 'vehicle_id' ? [shownHours([])] : board.open(column)}
              lessons={board.events.filter(({ owner }) => owner === column.owner)}
              blocks={board.blocks.filter(({ owner }) => !owner || owner === column.owner)}
              {...(onPick
                ? {
                    onPick: (from: number) => {
                      onPick(column, from);
                    },
                  }
                : {})}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function Title({ column }: { column: BoardColumn }) {
  const t = useT();
  return (
    <>
      <span className="block px-2 leading-tight font-bold">{column.name}</span>{' '}
      <span className="block text-sm text-muted">{t('office.count', { count: column.lessons })}</span>
    </>
  );
}

function NobodyYet({ by }: { by: By }) {
  const t = useT();
  const isVehicles = by === 'vehicle_id';
  return (
    <Empty
      title={t(isVehicles ? 'board.noVehicles' : 'board.noInstructors')}
      action={
        <Link className={buttonLook()} to={isVehicles ? '/manage/vehicles' : '/manage/instructors'}>
          {t(isVehicles ? 'board.addVehicle' : 'board.addInstructor')}
        </Link>
      }
    >
      {t(isVehicles ? 'board.noVehicles.next' : 'board.noInstructors.next')}
    </Empty>
  );
}
