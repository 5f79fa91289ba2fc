import { defineConfig } from 'vitest/config';

// A unit test may fork the engine's worker process, so the Node side is built once before the first test.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    environment: 'node',
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/no-stray-console.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the cores of a build machine: a test that scrapes a real server mostly waits.
    maxWorkers: 3,
  },
});
