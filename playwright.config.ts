import { defineConfig } from '@playwright/test';
import type { HostOptions } from './test/e2e/fixtures.ts';

// One suite, two hosts. One worker: the tests of a host share one engine and one case, as an auditor does.
export default defineConfig<object, HostOptions>({
  testDir: 'test/e2e',
  outputDir: 'out/e2e/results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['./test/e2e/skip-reporter.ts']],
  use: { viewport: { width: 1440, height: 900 }, trace: 'off' },
  projects: [
    { name: 'web', use: { host: 'web' } },
    { name: 'electron', use: { host: 'electron' } },
  ],
});
