import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { asked, client, resumed } from './app/early';
import { makeRouter } from './app/router';
import { startServiceWorker } from './app/serviceWorker';
import { followLive } from './lib/live';
import './styles.css';

const router = makeRouter(client);

// After a step inside the app the keyboard and screen readers go on at the top of the new page.
router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
  if (pathChanged && fromLocation) document.getElementById('main')?.focus({ preventScroll: true });
});

await resumed;
await router.load();
// A slow phone draws the page once with its times sooner than first without them.
await Promise.race([asked, new Promise((resume) => setTimeout(resume, 250))]);

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
