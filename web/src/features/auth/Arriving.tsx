import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useT } from '../../i18n';
import { arrive } from '../../lib/account/arrive';

/** Back from a provider: the session is in the cookie already. */
export function Arriving({ next }: { next: string }) {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    void arrive().then((known) => {
      // Nothing of whoever sat here before.
      client.clear();
      router.history.replace(known ? next : '/sign-in?problem=again');
    });
  }, [client, router, next]);
  return <p role="status">{t('provider.arriving')}</p>;
}
