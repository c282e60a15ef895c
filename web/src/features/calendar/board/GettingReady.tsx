import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useT } from '../../../i18n';
import { api, body } from '../../../lib/api';
import { workingTimeQuery } from '../../../lib/manage/workingTime';
import {
  availabilityQuery,
  instructorsQuery,
  learnersQuery,
  lessonTypesQuery,
  vehiclesQuery,
} from '../../../lib/queries';
import { STRIP_DAYS } from '../../../lib/slots';
import { addDays } from '../../../lib/time';
import { stepsOf, type Step } from './readiness';

const MOST_TYPES = 5;

const anyBookingQuery = {
  queryKey: ['bookings', 'any'],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    body(api.GET('/api/v1/calendar/bookings', { params: { query: { limit: 1 } }, signal })),
};

function useReadiness(today: string, date: string) {
  const types = useQuery(lessonTypesQuery).data;
  const instructors = useQuery(instructorsQuery).data;
  const vehicles = useQuery(vehiclesQuery).data;
  const learners = useQuery(learnersQuery).data;
  const teachers = (instructors ?? []).filter(({ active }) => active);
  // The board asks for the same: whether there are weekly hours, any of its answers tells.
  const everybody = useQuery(workingTimeQuery(date)).data?.items;
  const working = (everybody ?? []).filter((each) => each.has_weekly_hours).map((each) => each.instructor_id);
  const isKnown = types && instructors && vehicles && learners && everybody;
  const steps = isKnown ? stepsOf({ types, instructors, vehicles, learners, working }) : [];
  const isComplete = steps.length > 0 && steps.every(({ isDone }) => isDone);
  // A school that is booked out has everything: whether a time is free is asked of new ones only.
  const booked = useQuery({ ...anyBookingQuery, enabled: isComplete }).data;
  const isNew = booked?.items.length === 0;
  const free = useQueries({
    queries: (types ?? [])
      .filter(({ active }) => active)
      .slice(0, MOST_TYPES)
      .map(({ id }) => ({
        ...availabilityQuery({ lesson_type_id: id, from: today, to: addDays(today, STRIP_DAYS) }),
        enabled: isNew,
      })),
  });
  const isFree = free.some(({ data }) => data?.days.some(({ count }) => count > 0));
  const isAsking = isComplete && (!booked || (isNew && free.some(({ isPending }) => isPending)));
  const isReady = isComplete && (!isNew || isFree);
  return {
    isShown: steps.length > 0 && !isAsking && !isReady,
    isComplete,
    steps,
    withoutHours: teachers.find(({ id }) => !working.includes(id))?.id,
  };
}

/** What is still to be done before a new school can be booked, on the page where the office begins. */
export function GettingReady({ today, date }: { today: string; date: string }) {
  const t = useT();
  const { isShown, isComplete, steps, withoutHours } = useReadiness(today, date);
  if (!isShown) return null;
  return (
    <section
      aria-label={t('ready.title')}
      className="mb-5 grid max-w-3xl gap-3 rounded-2xl border border-brand/25 bg-surface p-4 sm:p-6"
    >
      <div>
        <h2 className="text-xl font-bold tracking-tight">{t('ready.title')}</h2>
        <p className="text-muted">{t(isComplete ? 'ready.noTime' : 'ready.lead')}</p>
      </div>
      <ol className="divide-y divide-line">
        {steps.map(({ step, isDone }) => (
          <li key={step} className="flex min-h-13 items-center gap-3">
            <span
              aria-hidden="true"
              className={`grid size-7 shrink-0 place-items-center rounded-full border font-bold ${isDone ? 'border-brand bg-brand text-on-brand' : 'border-edge'}`}
            >
              {isDone && '✓'}
            </span>
            <StepLink step={step} instructor={withoutHours} />
            <span className="ml-auto text-sm whitespace-nowrap text-muted">
              {t(isDone ? 'ready.done' : 'ready.open')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const pages = {
  type: '/manage/lesson-types',
  instructor: '/manage/instructors',
  hours: '/manage/instructors',
  vehicle: '/manage/vehicles',
  learner: '/manage/learners',
} as const;

function StepLink({ step, instructor }: { step: Step; instructor: string | undefined }) {
  const t = useT();
  const look = 'py-2.5 font-semibold text-brand underline';
  if (step === 'hours' && instructor)
    return (
      <Link className={look} to="/manage/instructors/$id/hours" params={{ id: instructor }}>
        {t('ready.step.hours')}
      </Link>
    );
  return (
    <Link className={look} to={pages[step]}>
      {t(`ready.step.${step}`)}
    </Link>
  );
}
