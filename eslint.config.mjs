import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist/**', 'release/**', 'out/**', 'node_modules/**', 'test/fixtures/**'] },
  ...ts.configs.recommended,
  {
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name everywhere.' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['renderer/**/*.{ts,tsx}'], ...hooks.configs.flat.recommended },
  // Configuration files must have a default export: their tools ask for it. Scripts and reporters speak on the terminal.
  {
    files: ['*.config.{ts,mjs}', 'eslint.config.mjs', 'test/e2e/*-reporter.ts', 'test/global-setup.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['scripts/**', 'test/e2e/*-reporter.ts', 'test/global-setup.ts', 'test/no-stray-console.ts'],
    rules: { 'no-console': 'off' },
  },
);
