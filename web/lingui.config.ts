import { formatter } from '@lingui/format-po';
import { defineConfig } from '@lingui/cli';

export default defineConfig({
  locales: ['en'],
  sourceLocale: 'en',
  // The words of the office, of the own account, of papers and of diaries are loaded with their pages.
  catalogs: [
    { path: 'src/i18n/{locale}', include: ['src'] },
    { path: 'src/i18n/manage/{locale}', include: ['src'] },
    { path: 'src/i18n/account/{locale}', include: ['src'] },
    { path: 'src/i18n/documents/{locale}', include: ['src'] },
    { path: 'src/i18n/diary/{locale}', include: ['src'] },
  ],
  format: formatter({ explicitIdAsDefault: true, lineNumbers: false }),
});
