import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import { actAs } from '../../lib/account/act';
import { api, body } from '../../lib/api';
import { acting } from '../../lib/session';
import { clock } from '../../lib/time';
import { meQuery } from '../../lib/queries';

/** Never out of sight while somebody acts in another's name; it has the way back. */
export function ActingBanner() {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const as = acting();
  if (!as) return null;
  const stop = async () => {
    if (as.until) {
      // Whatever becomes of it, this page is one's own again; the half hour ends by itself.
      const running = await body(api.GET('/api/v1/impersonations', {})).catch(() => ({ items: [] }));
      for (const { id } of running.items)
        await api.DELETE('/api/v1/impersonations/{id}', { params: { path: { id } } }).catch(() => undefined);
    }
    await actAs(client, router);
  };
  return (
    <aside
      aria-label={t('acting')}
      className="sticky top-14 z-20 flex flex-wrap items-center justify-center gap-x-4 gap-y-1 bg-warn-soft px-4 py-1 text-warn"
    >
      <p className="font-semibold">
        {as.until
          ? t('acting.admin', { name: as.name, until: clock(as.until, zone) })
          : t('acting.guardian', { name: as.name })}
      </p>
      <Button look="secondary" onClick={() => void stop()}>
        {t(as.until ? 'acting.stop' : 'acting.children')}
      </Button>
    </aside>
  );
}
