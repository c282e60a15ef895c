import { i18n, type Messages } from '@lingui/core';
import { useLingui } from '@lingui/react';

// One lazy catalogue a language; ids are explicit, so no macro runs at build time.
const catalogues: Record<string, () => Promise<{ messages: Messages }>> = { en: () => import('./en.po') };

export async function activate(locale: string): Promise<void> {
  const { messages } = await (catalogues[locale] ?? (() => import('./en.po')))();
  i18n.loadAndActivate({ locale, messages });
}

/** The words of the office's pages, beside those that every page has. */
export async function activateManage(): Promise<void> {
  const { messages } = await import('./manage/en.po');
  i18n.load(i18n.locale, messages);
}

/** Those of the pages about the own account. */
export async function activateAccount(): Promise<void> {
  const { messages } = await import('./account/en.po');
  i18n.load(i18n.locale, messages);
}

/** Those about papers, which learners and the school share. */
export async function activateDocuments(): Promise<void> {
  const { messages } = await import('./documents/en.po');
  i18n.load(i18n.locale, messages);
}

export type Translate = (id: string, values?: Record<string, unknown>) => string;

export function useT(): Translate {
  const { i18n: catalogue } = useLingui();
  return (id, values) => catalogue._(id, values);
}
