import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useT } from '../../../i18n';
import { acting } from '../../../lib/session';
import { conflictsQuery, connectionsQuery } from './elsewhere';

/** Above a diary: lessons that wait for a decision since somebody changed them in a calendar, and what is broken. */
export function CalendarNews({ to }: { to: '/calendars' | '/manage/calendars' }) {
  const t = useT();
  // Whoever acts for an instructor would see everybody's.
  const enabled = !acting();
  const open = useQuery({ ...conflictsQuery, enabled }).data?.length ?? 0;
  const connections = useQuery({ ...connectionsQuery, enabled }).data?.items ?? [];
  const broken = connections.filter(({ problem }) => problem !== '').length;
  if (open + broken === 0) return null;
  return (
    <section
      aria-label={t('calendars.title')}
      className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-2xl border border-warn/40 bg-warn-soft px-4 py-2"
    >
      <div className="grow font-semibold text-warn">
        {open > 0 && <p>{t('calendars.news.conflicts', { count: open })}</p>}
        {broken > 0 && <p>{t('calendars.news.broken', { count: broken })}</p>}
      </div>
      <Link to={to} className="flex min-h-11 items-center font-semibold underline underline-offset-4">
        {t('calendars.news.look')}
      </Link>
    </section>
  );
}
