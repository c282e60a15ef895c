import { formatter } from '@lingui/format-po';
import { defineConfig } from '@lingui/cli';

export default defineConfig({
  locales: ['en'],
  sourceLocale: 'en',
  catalogs: [{ path: 'src/i18n/{locale}', include: ['src'] }],
  format: formatter({ explicitIdAsDefault: true, lineNumbers: false }),
});
