/** Evidence brought into a case from the workbench, in a browser. The tests build on one another. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { expect, test as base } from './fixtures.ts';
import { startWeb, type Started } from './hosts.ts';

const run = promisify(execFile);
const HOSTILE = '<img src=x onerror=alert(1)> \u202egol.txt';
const LARGE_LINES = 300_000;

function auditLine(at: number): string {
  return `type=USER_LOGIN msg=audit(${1_772_323_200 + at * 20}.${String(at % 1000).padStart(3, '0')}:${1000 + at}): pid=91 uid=0 auid=1000 ses=3 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=? addr=10.0.0.9 terminal=ssh res=success'\n`;
}

function syslogLine(at: number): string {
  return `<38>1 ${new Date((1_772_323_200 + at * 20) * 1000).toISOString()} web-1 sshd ${91 + at} - - Accepted publickey for root\n`;
}

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('');

/** Exported evidence as it comes: some plain, some that two formats claim, some that nobody knows. */
async function writeEvidence(folder: string): Promise<void> {
  await mkdir(join(folder, 'web-1'), { recursive: true });
  await mkdir(join(folder, 'large'));
  await writeFile(join(folder, 'web-1', 'audit.log'), lines(60, auditLine));
  await writeFile(
    join(folder, 'collected.log'),
    lines(30, (at) => auditLine(2 * at) + auditLine(2 * at + 1) + syslogLine(at)),
  );
  await writeFile(join(folder, HOSTILE), 'Spoke to the client.\n');
  await writeFile(join(folder, 'payments.csv'), 'when,who\n2026-03-01T10:00:00Z,erika\n');
  await writeFile(
    join(folder, 'large', 'a-small.log'),
    lines(50, (at) => auditLine(at + 70_000)),
  );
  await writeFile(join(folder, 'large', 'b-large.log'), '');
  for (let from = 0; from < LARGE_LINES; from += 50_000)
    await appendFile(
      join(folder, 'large', 'b-large.log'),
      lines(50_000, (at) => auditLine(from + at)),
    );
}

interface Served {
  readonly page: Page;
  readonly violations: readonly string[];
}

const test = base.extend<{ readonly served: Served }, { readonly started: Started | string }>({
  started: [
    async ({ host }, use) => {
      // In the desktop window the system's own dialog asks; it cannot be pressed from here.
      if (host === 'electron')
        return use('files are chosen in a dialog of the system, which cannot be pressed from here');
      const folder = await mkdtemp(join(tmpdir(), 'fieldwork-import-'));
      const [evidence, target] = [join(folder, 'evidence'), join(folder, 'acme.fieldwork')];
      await writeEvidence(evidence);
      const window = ['--from', '2026-01-01', '--to', '2026-06-30', '--zone', 'UTC'];
      await run(process.execPath, [resolve('dist/cli/main.js'), 'new', target, '--entity', 'Acme', ...window]);
      const start = await startWeb(folder, [target, '--evidence', evidence]);
      await use(start.kind === 'started' ? start.started : start.why);
      if (start.kind === 'started') await start.started.close();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  served: async ({ started }, use, info) => {
    if (typeof started === 'string') return info.skip(true, started);
    const page = await started.freshPage();
    const violations: string[] = [];
    page.on('pageerror', (error) => violations.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && violations.push(message.text()));
    page.on('dialog', (dialog) => void violations.push(dialog.message()));
    const [openCase, openImport] = [page.getByTestId('open-case'), page.getByTestId('import-open').first()];
    await expect(openCase.or(openImport).first()).toBeVisible();
    if (await openCase.isVisible()) await openCase.click();
    await expect(openImport).toBeVisible();
    await use({ page, violations });
    expect(violations, 'console errors, page errors and dialogs').toEqual([]);
    await page.context().close();
  },
});

test.describe.configure({ mode: 'serial' });

async function openImport(page: Page): Promise<void> {
  await page.keyboard.press('i');
  await expect(page.getByTestId('entry').first()).toBeVisible();
}

async function choose(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) await page.getByRole('checkbox', { name: `Take ${name}`, exact: true }).check();
  await page.getByTestId('make-plan').click();
  await expect(page.getByTestId('planned-file').first()).toBeVisible();
}

const planned = (page: Page, name: string): Locator =>
  page.getByTestId('planned-file').filter({ has: page.locator('.planned-name').getByText(name, { exact: true }) });
const outcome = (page: Page, name: string): Locator => page.getByTestId('outcome').filter({ hasText: name });

test('an empty case offers the import, and closing it puts nothing in', async ({ served: { page } }) => {
  await page.getByTestId('tab-sources').click();
  await page.getByTestId('import-open').last().click();
  await expect(page.getByTestId('entry').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('import')).toBeHidden();
  await expect(page.getByText('No evidence was imported into this case.')).toBeVisible();
});

test('nothing is imported before the ambiguous file is decided', async ({ served: { page } }) => {
  await openImport(page);
  await choose(page, ['web-1', 'collected.log']);
  await expect(planned(page, 'audit.log')).toContainText('100 % sure');
  await expect(page.getByTestId('import-start')).toBeDisabled();
  await page.getByTestId('leave-undecided-out').click();
  await expect(page.getByTestId('import-start')).toBeEnabled();
  await planned(page, 'collected.log').getByRole('checkbox').check();
  await expect(page.getByTestId('import-start')).toBeDisabled();
});

test('files are decided, tried, imported and accounted for', async ({ served: { page } }) => {
  await openImport(page);
  await page.getByTestId('entry').filter({ hasText: 'img src' }).getByRole('checkbox').check();
  await choose(page, ['web-1', 'collected.log', 'payments.csv']);
  await planned(page, 'collected.log')
    .getByRole('radio', { name: /auditd/ })
    .check();

  const audit = planned(page, 'audit.log');
  await audit.getByTestId('planned-open').click();
  await audit.getByTestId(/^file-\d+-system$/).fill('web-1');
  await audit.getByTestId('dry-run-start').click();
  await expect(audit.getByRole('region', { name: 'First rows of events from audit.log' })).toContainText('web-1');

  const csv = planned(page, 'payments.csv');
  await csv.getByTestId('planned-open').click();
  await csv.getByLabel('Format').selectOption('generic-csv');
  await csv.getByTestId('dry-run-start').click();
  await csv.getByTestId('use-mapping').click();
  await csv.getByTestId('dry-run-start').click();
  await expect(csv.getByTestId('preview')).toContainText('erika');

  await page.getByTestId('provided-by').fill('J. Roe');
  await page.getByTestId('obtained-how').fill('Exported while we watched.');
  await page.screenshot({ path: 'out/e2e/web-import-plan.png' });
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('account-totals')).toContainText(
    '3 sources imported, 121 records, 30 rejected; 1 file refused.',
  );
  await expect(outcome(page, 'img src')).toHaveAttribute('data-outcome', 'refused');
  await page.screenshot({ path: 'out/e2e/web-import-account.png' });
  await outcome(page, 'collected.log').getByTestId('account-rejects').click();
  await expect(page.getByTestId('source-panel')).toContainText('J. Roe');
  await expect(page.getByTestId('reject-row').first()).toBeVisible();
  await expect(page.getByTestId('source-row')).toHaveCount(3);
});

test('what is in the case already is said to be', async ({ served: { page } }) => {
  await openImport(page);
  await choose(page, ['web-1', 'collected.log']);
  await expect(planned(page, 'audit.log')).toHaveAttribute('data-state', 'already there');
  await expect(page.getByTestId('import-start')).toBeDisabled();
});

test('a cancelled import keeps finished files and nothing of the one under way', async ({ served: { page } }) => {
  await openImport(page);
  await choose(page, ['large']);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('progress')).toContainText('file 2 of 2');
  await page.getByTestId('cancel').click();
  await expect(page.getByTestId('account-stopped')).toContainText('cancelled');
  await expect(outcome(page, 'a-small.log')).toHaveAttribute('data-outcome', 'imported');
  await expect(outcome(page, 'b-large.log')).toHaveAttribute('data-outcome', 'not reached');
  await page.getByTestId('show-sources').click();
  await expect(page.getByTestId('source-row')).toHaveCount(4);
});

test('the controls can be run from the account, and are out of date until then', async ({ served: { page } }) => {
  await page.getByTestId('run-start').click();
  await expect(page.getByTestId('never-run')).toBeHidden({ timeout: 60_000 });
  await openImport(page);
  await page.getByTestId('entry').filter({ hasText: 'img src' }).getByRole('checkbox').check();
  await page.getByTestId('make-plan').click();
  const unknown = page.getByTestId('planned-file').first();
  await unknown.getByTestId('planned-open').click();
  await unknown.getByLabel('Format').selectOption('syslog-3164');
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('account-run')).toBeVisible();
  await expect(page.getByTestId('stale-run')).toHaveCount(1);
  await page.getByTestId('account-run').click();
  await expect(page.getByTestId('stale-run')).toHaveCount(0, { timeout: 60_000 });
});

for (const scheme of ['light', 'dark'] as const) {
  test(`every step of the import is accessible in the ${scheme} scheme`, async ({ served: { page }, host }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await openImport(page);
    await expectAccessible(page, host);
    await choose(page, ['web-1', 'payments.csv', 'large']);
    await page.getByTestId('planned-open').first().click();
    await page.getByTestId('dry-run-start').click();
    await expectAccessible(page, host);
    await page.screenshot({ path: `out/e2e/web-import-${scheme}.png` });
  });
}

test('a workbench that only reads says why nothing can be added', async ({ served: _served, host }) => {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-read-only-'));
  const target = join(folder, 'acme.fieldwork');
  const window = ['--from', '2026-01-01', '--to', '2026-06-30', '--zone', 'UTC'];
  await run(process.execPath, [resolve('dist/cli/main.js'), 'new', target, '--entity', 'Acme', ...window]);
  const start = await startWeb(folder, [target, '--read-only']);
  if (start.kind === 'absent') throw new Error(start.why);
  try {
    const page = await start.started.freshPage();
    await page.getByTestId('open-case').click();
    await expect(page.getByTestId('import-open')).toBeDisabled();
    await page.keyboard.press('i');
    await expect(page.getByTestId('import')).toBeHidden();
    await page.getByTestId('tab-sources').click();
    await expect(page.locator('.empty')).toContainText('This case is read-only');
    await expectAccessible(page, host);
  } finally {
    await start.started.close();
    await rm(folder, { recursive: true, force: true });
  }
});
