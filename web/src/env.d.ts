declare module '*.po' {
  import type { Messages } from '@lingui/core';
  export const messages: Messages;
}

/** The refresh that index.html has begun; undefined in it: no network. */
// eslint-disable-next-line no-var -- a property of globalThis
declare var earlyRefresh: Promise<Response | undefined> | undefined;
