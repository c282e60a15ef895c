import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import { readdirSync } from 'node:fs';
import ts from 'typescript-eslint';

const features = readdirSync(new URL('src/features', import.meta.url));

export default ts.config(
  { ignores: ['dist', 'src/lib/schema.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.strictTypeChecked, a11y.flatConfigs.strict, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', 300],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A redirect of the router is thrown, and is not an Error.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['tools/*.mjs', '*.js'],
    languageOptions: { globals: { console: false, process: false, URL: false, Buffer: false } },
  },
  // A feature knows lib, components and i18n, never another feature.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: features
                .filter((other) => other !== feature)
                .map((other) => `**/features/${other}/**`)
                .concat(
                  features.filter((other) => other !== feature).map((other) => `../${other}/*`),
                  '**/app/**',
                ),
            },
          ],
        },
      ],
    },
  })),
  {
    files: ['src/{lib,components,i18n}/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/features/**', '**/app/**'] }] },
  },
);
