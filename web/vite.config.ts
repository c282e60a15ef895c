/// <reference types="vitest/config" />
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** What the first page asks for as soon as it can: a script that runs before the others, and modules that are lazy. */
const first = (script: string, ...lazy: string[]): Plugin => ({
  name: 'first',
  config: () => ({ build: { rolldownOptions: { input: ['index.html', script] } } }),
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) =>
      Object.values(bundle).flatMap((part): HtmlTagDescriptor[] => {
        if (part.type !== 'chunk') return [];
        const is = (name: string) => part.facadeModuleId?.endsWith(name);
        const common = { crossorigin: true };
        if (is(script))
          return [
            { tag: 'script', attrs: { type: 'module', async: true, src: `/${part.fileName}`, ...common } },
          ];
        if (!lazy.some(is)) return [];
        return [{ tag: 'link', attrs: { rel: 'modulepreload', href: `/${part.fileName}`, ...common } }];
      }),
  },
});

/** Modules that one of these patterns describes. */
const any = (...patterns: string[]) => new RegExp(patterns.join('|'));

/** What a diary is read from. */
const DIARY = [
  ...['me', 'lesson-types', 'instructors', 'learners', 'vehicles', 'closures', 'places'],
  ...['calendar/bookings', 'calendar/busy', 'calendar/working-time'],
];

export default defineConfig({
  plugins: [
    first('src/app/early.ts', '/GoogleCalendarIntegration.tsx'),
    react(),
    tailwindcss(),
    lingui({ failOnMissing: true, failOnCompileError: true }),
    VitePWA({
      // Registered in src/app/serviceWorker.ts: Trusted Types want the script's URL from our own policy.
      injectRegister: false,
      manifest: {
        name: 'Roadbook',
        short_name: 'Roadbook',
        description: 'Book, move and cancel driving lessons.',
        start_url: '/',
        display: 'standalone',
        background_color: '#f3f6f4',
        theme_color: '#0b5f47',
        icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        // A separate runtime file would be loaded with importScripts, which Trusted Types refuse.
        inlineWorkboxRuntime: true,
        globPatterns: ['**/*.{js,css,html,svg}', 'assets/overpass-latin-wght*.woff2'],
        navigateFallbackDenylist: [/^\/(api|problems|healthz|readyz|metrics|demo)(\/|$)/],
        clientsClaim: true,
        skipWaiting: true,
        runtimeCaching: [
          {
            // What a diary is read from without a network; free times and papers are never answered from here.
            urlPattern: new RegExp(`/api/v1/(?!learners/[^/]+/documents)(${DIARY.join('|')})([/?].*)?$`),
            handler: 'NetworkFirst',
            options: {
              cacheName: 'diary',
              expiration: { maxEntries: 300, maxAgeSeconds: 48 * 3600 },
              cacheableResponse: { statuses: [200] },
            },
          },
        ],
      },
    }),
  ],
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Few files: over HTTP/1.1 each small one costs a turn on one of six connections.
        codeSplitting: {
          groups: [
            // With all that src/app/early.ts needs, and nothing of React.
            {
              name: 'early',
              test: any(
                'query-core|queryOptions|openapi-fetch',
                'src/app/(client|early)[.]ts',
                'src/features/booking/choice[.]ts',
                'src/lib/(api|problem|queries|session|slots|teaching|time)[.]ts',
              ),
              priority: 4,
            },
            // uqr draws QR codes, on one page.
            { name: 'vendor', test: /node_modules\/(?!uqr\/)/, priority: 3 },
            {
              name: 'shared',
              test: any(
                'src/(components|lib)/(?!schedule|history|calendarFile)[^/]*$',
                'src/i18n/(index|en[.]po)',
                'src/features/calendar/search',
              ),
              priority: 2,
            },
            // For the pages of the office only: never on the way to the booking page.
            { name: 'manage', test: /src\/(components|lib)\/manage/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost/' } },
    setupFiles: ['test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    reporters: ['default', './test/summary.ts'],
    env: { TZ: 'Pacific/Auckland' },
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
