import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Lead } from '../../components/manage/Lead';
import { Empty, Loaded, Row, Rows } from '../../components/manage/ListPage';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { api, body, everyPage, type Schema } from '../../lib/api';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { bookingQuery, instructorsQuery, learnersQuery, meQuery } from '../../lib/queries';
import { shortMoment, shortRange } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { whyOf } from './why';

type Job = Schema['Job'];
const JOBS = ['jobs', 'dead'];

function useRetry() {
  const client = useQueryClient();
  return useMutation<unknown, Problem, Job[]>({
    mutationFn: async (jobs) => {
      for (const { id } of jobs) await api.POST('/api/v1/jobs/{id}/retry', { params: { path: { id } } });
    },
    // Also after a failure: some of them may have been tried.
    onSettled: () => client.invalidateQueries({ queryKey: JOBS }),
  });
}

/** What Roadbook gave up: to whom, about which lesson, why, and one tap to try again. */
export function JobsPage() {
  const t = useT();
  const isOnline = useOnline();
  const jobs = useQuery({
    queryKey: JOBS,
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        body(
          api.GET('/api/v1/jobs', { params: { query: { state: 'dead', limit: 200, ...cursor } }, signal }),
        ),
      ),
  });
  const retry = useRetry();
  const send = (wanted: Job[]) => {
    retry.mutate(wanted, {
      onSuccess: () => {
        notify({ text: t('jobs.retried', { count: wanted.length }) });
      },
    });
  };
  const isTrying = (job: Job) => retry.isPending && retry.variables.includes(job);
  return (
    <Page title={t('manage.jobs')} busy={jobs.isPending}>
      <div className="-mt-1 mb-4 lg:-mt-5">
        <Lead>{t('jobs.lead')}</Lead>
      </div>
      {retry.isError && (
        <div className="mb-4">
          <Failure key={retry.submittedAt} error={retry.error} takesFocus />
        </div>
      )}
      {!isOnline && <p className="mb-4 text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <Loaded query={jobs} skeleton="h-28">
        {(all) =>
          all.length === 0 ? (
            <Empty title={t('jobs.none')}>{t('jobs.none.next')}</Empty>
          ) : (
            <>
              {all.length > 1 && (
                <Button
                  className="mb-4"
                  look="secondary"
                  busy={retry.isPending && retry.variables.length > 1}
                  disabled={!isOnline || retry.isPending}
                  onClick={() => {
                    send(all);
                  }}
                >
                  {t('jobs.retryAll', { count: all.length })}
                </Button>
              )}
              <Rows>
                {all.map((job) => (
                  <FailedJob
                    key={job.id}
                    job={job}
                    busy={isTrying(job)}
                    onRetry={() => {
                      send([job]);
                    }}
                  />
                ))}
              </Rows>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

type JobProps = { job: Job; busy: boolean; onRetry: () => void };

function FailedJob({ job, busy, onRetry }: JobProps) {
  const t = useT();
  const isOnline = useOnline();
  const names = useNames();
  const booking = useQuery({ ...bookingQuery(job.booking_id ?? ''), enabled: job.booking_id !== null }).data;
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const isLearner = useQuery(learnersQuery).data?.some(({ id }) => id === job.person_id);
  const isInstructor = useQuery(instructorsQuery).data?.some(({ id }) => id === job.person_id);
  const name = names.person(job.person_id);
  const why = whyOf(job);
  const moment = booking && shortRange(booking.start, booking.end, booking.zone);
  const whose = booking && (isInstructor ? names.nameOf(booking) : names.instructor(booking.instructor_id));
  return (
    <Row
      name={job.kind === 'calendar' ? t('jobs.calendarOf', { name }) : t('jobs.to', { name })}
      badge={t(`jobs.kind.${job.kind}`)}
      facts={
        <div className="grid gap-1">
          {moment && whose && <p>{t('jobs.lesson', { moment, name: whose })}</p>}
          <p className="font-semibold text-ink">{t(`jobs.why.${why}`)}</p>
          <p className="text-sm">
            {t('jobs.tries', { count: job.attempts, moment: shortMoment(job.due_at, zone) })}
          </p>
          {job.problem !== '' && (
            <details>
              <summary className="disclosure text-sm text-brand">{t('jobs.said')}</summary>
              <p className="pb-2 font-mono text-sm">{job.problem}</p>
            </details>
          )}
        </div>
      }
    >
      {booking && (
        <Link
          className={buttonLook('quiet')}
          to="/board"
          search={{ date: booking.local_start.slice(0, 10), lesson: booking.id }}
        >
          {t('jobs.open')} <span className="sr-only">{name}</span>
        </Link>
      )}
      {(why === 'address' || why === 'refused') && (isLearner || isInstructor) && (
        <Link className={buttonLook('quiet')} to={isLearner ? '/manage/learners' : '/manage/instructors'}>
          {t('jobs.address')} <span className="sr-only">{name}</span>
        </Link>
      )}
      <Button look="secondary" busy={busy} disabled={!isOnline} onClick={onRetry}>
        {t('jobs.retry')} <span className="sr-only">{name}</span>
      </Button>
    </Row>
  );
}
