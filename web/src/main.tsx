import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeClient } from './app/client';
import { makeRouter } from './app/router';
import { startServiceWorker } from './app/serviceWorker';
import { activate } from './i18n';
import { followLive } from './lib/live';
import { resumeSession } from './lib/session';
import './styles.css';

const client = makeClient();
const router = makeRouter(client);

// After a step inside the app the keyboard and screen readers go on at the top of the new page.
router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
  if (pathChanged && fromLocation) document.getElementById('main')?.focus({ preventScroll: true });
});

const start = async () => {
  await resumeSession();
  await router.load();
};
await Promise.all([activate('every'), start()]);

// The static shell of index.html stays until here; each page then brings its own title.
document.querySelector('title')?.remove();
const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
startServiceWorker();
void followLive(client);
