import type { Schema } from '../api';
import { post, signedIn } from '../session';

/** A provider has brought somebody in, whose session is in the cookie. Whether it is good. */
export async function arrive(): Promise<boolean> {
  // What the service worker kept of the person who was here before.
  if ('caches' in globalThis) await caches.delete('diary');
  try {
    signedIn((await (await post('/api/v1/auth/refresh', {})).json()) as Schema['Session']);
    return true;
  } catch {
    return false;
  }
}
