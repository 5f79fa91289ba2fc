import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { startElectron, startWeb, type Start } from './hosts.ts';

export interface HostOptions {
  readonly host: 'web' | 'electron';
}

interface WorkerFixtures extends HostOptions {
  /** The data folder of this run, and the workbench over it. */
  readonly workbench: { readonly start: Start; readonly folder: string };
}

interface TestFixtures {
  /** The page, ready for input. Any console error, page error or policy violation on it fails the test. */
  readonly app: Page;
}

/** `test` with the workbench open under the host of the project; skipped, with the reason, where it cannot be. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  host: ['web', { option: true, scope: 'worker' }],
  workbench: [
    async ({ host }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'fieldwork-e2e-'));
      const start = host === 'web' ? await startWeb(folder) : await startElectron(folder);
      await use({ start, folder });
      if (start.kind === 'started') await start.started.close();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  app: async ({ host, workbench: { start } }, use, info) => {
    if (start.kind === 'absent') {
      // A machine that releases must not skip what it releases.
      const required = host === 'electron' ? 'FIELDWORK_REQUIRE_ELECTRON' : 'FIELDWORK_REQUIRE_BROWSER';
      if (process.env[required]) throw new Error(start.why);
      info.skip(true, start.why);
      return;
    }
    const page = await start.started.freshPage();
    const violations = watch(page);
    await expect(page.getByTestId('app-ready').or(page.getByTestId('welcome')).first()).toBeVisible();
    await use(page);
    expect(violations, 'console errors, page errors and policy violations').toEqual([]);
    if (host === 'web') await page.context().close();
  },
});

function watch(page: Page): string[] {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy|Trusted ?Type/i.test(message.text())) {
      violations.push(message.text());
    }
  });
  page.on('pageerror', (error) => violations.push(String(error)));
  return violations;
}

export { expect };
