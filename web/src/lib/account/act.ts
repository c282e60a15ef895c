import type { QueryClient } from '@tanstack/react-query';
import type { useRouter } from '@tanstack/react-router';
import { activate } from '../../i18n';
import { setActing, type Acting } from '../session';

/** From here on everything is shown as that person sees it; undefined: as oneself again. */
export async function actAs(client: QueryClient, router: ReturnType<typeof useRouter>, as?: Acting) {
  await activate('account');
  setActing(as);
  client.clear();
  await router.navigate({ to: '/' });
  await router.invalidate();
}
