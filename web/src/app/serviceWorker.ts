type Policy = { createScriptURL: (url: string) => unknown };
type Factory = {
  createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => Policy;
};

const WORKER = '/sw.js';

/** Keeps the shell and the diary for when there is no network. Plain http away from localhost has no workers. */
export function startServiceWorker() {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  const policy = trustedTypes?.createPolicy('roadbook', {
    createScriptURL: (url) => {
      if (url !== WORKER) throw new TypeError(`not a script of ours: ${url}`);
      return url;
    },
  });
  const url = (policy?.createScriptURL(WORKER) ?? WORKER) as string;
  navigator.serviceWorker.register(url).catch((error: unknown) => {
    console.warn('no offline pages:', error);
  });
}
