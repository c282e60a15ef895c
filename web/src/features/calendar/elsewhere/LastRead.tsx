import { useT } from '../../../i18n';
import { fromNow } from '../../../lib/time';
import { useNow } from '../../../lib/useNow';
import type { Connection } from './elsewhere';

/** "Read 2 minutes ago". The page looks at its clock once a minute: what was read since was read just now. */
export function LastRead({ connection, zone }: { connection: Connection; zone: string }) {
  const t = useT();
  const now = useNow();
  const { last_synced_at: readAt } = connection;
  if (!readAt) return t('calendars.notRead');
  const seen = new Date(Math.max(now.getTime(), Date.parse(readAt)));
  return t('calendars.read', { ago: fromNow(readAt, zone, seen) });
}
