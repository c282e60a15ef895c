/// <reference types="vitest/config" />
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** Lets the first page fetch these lazy modules together with the entry instead of after it. */
const preload = (...modules: string[]): Plugin => ({
  name: 'preload',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) =>
      Object.values(bundle)
        .filter(
          (part) => part.type === 'chunk' && modules.some((name) => part.facadeModuleId?.endsWith(name)),
        )
        .map(({ fileName }) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
        })),
  },
});

/** What a diary is read from. */
const DIARY = [
  ...['me', 'lesson-types', 'instructors', 'learners', 'vehicles', 'closures', 'places'],
  ...['calendar/bookings', 'calendar/busy', 'calendar/working-time'],
];

export default defineConfig({
  plugins: [
    preload('/GoogleCalendarIntegration.tsx', '/i18n/en.po'),
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
            // uqr draws QR codes, on one page.
            { name: 'vendor', test: /node_modules\/(?!uqr\/)/, priority: 3 },
            { name: 'shared', test: /src\/(components|lib)\/[^/]*$|src\/i18n\/index/, priority: 2 },
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
