/** One short message at the bottom of the page, told to screen readers, with at most one thing to do. */
export type Notice = { text: string; action?: { label: string; run: () => void } };

const SHOWN_MS = 10_000;
let current: Notice | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export const currentNotice = (): Notice | undefined => current;

export function onNotice(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function notify(notice: Notice | undefined) {
  clearTimeout(timer);
  current = notice;
  listeners.forEach((listener) => {
    listener();
  });
  if (notice)
    timer = setTimeout(() => {
      notify(undefined);
    }, SHOWN_MS);
}
