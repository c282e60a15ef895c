import { i18n, type Messages } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { messages as everywhere } from './en.po';

// Ids are explicit, so no macro runs at build time. What only some pages say stands apart and is lazy.
const parts = {
  manage: () => import('./manage/en.po'),
  account: () => import('./account/en.po'),
  documents: () => import('./documents/en.po'),
  diary: () => import('./diary/en.po'),
} satisfies Record<string, () => Promise<{ messages: Messages }>>;

i18n.load('en', everywhere);
i18n.activate('en');

/** Adds the words of these pages to those that are there. */
export async function activate(...names: (keyof typeof parts)[]): Promise<void> {
  for (const { messages } of await Promise.all(names.map((name) => parts[name]()))) i18n.load('en', messages);
  i18n.activate('en');
}

export type Translate = (id: string, values?: Record<string, unknown>) => string;

export function useT(): Translate {
  const { i18n: catalogue } = useLingui();
  return (id, values) => catalogue._(id, values);
}
