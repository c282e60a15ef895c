import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, vi } from 'vitest';
import { makeClient } from '../src/app/client';
import { makeRouter } from '../src/app/router';
import { signedIn } from '../src/lib/session';
import { session } from './wire';
import { NOW } from './world';

/** The whole application at a path, on the morning of world.ts; signed in unless told otherwise. */
export function renderApp(path: string, { isSignedIn = true } = {}) {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  if (isSignedIn) signedIn(session);
  const client = makeClient();
  // Retries are told apart from waiting by the tests that ask for them.
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retryDelay: 1 } });
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [path] }));
  const view = render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { router, client, user: userEvent.setup(), view };
}

export const tap = {
  time: async (name: string) => {
    await userEvent.click(await screen.findByRole('radio', { name }));
  },
  button: async (name: string | RegExp) => {
    await userEvent.click(await screen.findByRole('button', { name }));
  },
};

export async function expectNoAxeFindings() {
  // Colours need a layout engine: the browser tests look at them.
  const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)).toEqual(
    [],
  );
}
