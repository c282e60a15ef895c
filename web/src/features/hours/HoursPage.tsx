import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Page } from '../../components/Page';
import { AffectedDialog } from '../../components/manage/AffectedDialog';
import { useT } from '../../i18n';
import { instructorsQuery, meQuery } from '../../lib/queries';
import { cityOf, todayIn } from '../../lib/time';
import { Dates } from './Dates';
import { TimeOff } from './TimeOff';
import { WeeklyHours } from './WeeklyHours';

const route = getRouteApi('/in/manage/manage/instructors/$id/hours');

/** When an instructor gives lessons: every week, on single dates, and when not at all. */
export function HoursPage() {
  const t = useT();
  const { id } = route.useParams();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const today = useMemo(() => todayIn(zone, new Date()), [zone]);
  const name =
    useQuery(instructorsQuery).data?.find((each) => each.id === id)?.name ?? t('instructor.unknown');
  const [affected, setAffected] = useState<string[]>();
  return (
    <Page title={t('hours.title', { name })}>
      <p className="-mt-1 mb-4 text-muted lg:-mt-5">
        {t('zone', { city: cityOf(zone) })}.{' '}
        <Link to="/manage/instructors" className="inline-block py-2 font-semibold text-brand underline">
          {t('hours.others')}
        </Link>
      </p>
      <div key={id} className="grid gap-4">
        <WeeklyHours id={id} onAffected={setAffected} />
        <Dates id={id} today={today} onAffected={setAffected} />
        <TimeOff id={id} zone={zone} today={today} onAffected={setAffected} />
      </div>
      {affected && (
        <AffectedDialog
          title={t('affected', { count: affected.length })}
          lead={t('hours.affected.lead', { name })}
          ids={affected}
          onClose={() => {
            setAffected(undefined);
          }}
        />
      )}
    </Page>
  );
}
