/** An auditor's way through the sample engagement; the same under both hosts. The tests build on one another. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { expect, test } from './fixtures.ts';

test.describe.configure({ mode: 'serial' });

const PASSPHRASE = 'correct horse battery';
const panels = ['controls', 'sources', 'ledger', 'binder'] as const;

/** Keeps a picture of what was tested, for people. */
async function picture(page: Page, host: string, name: string): Promise<void> {
  await page.screenshot({ path: `out/e2e/${host}-${name}.png` });
}

async function openSample(page: Page): Promise<void> {
  const matrix = page.getByTestId('matrix');
  const sample = page.getByTestId('open-sample');
  await expect(matrix.or(sample).first()).toBeVisible();
  if (await sample.isVisible()) await sample.click();
  await expect(matrix).toBeVisible({ timeout: 120_000 });
}

/** Opens the first day with this state in any control, by the keyboard alone. */
async function openNotableDay(page: Page): Promise<void> {
  const row = page.getByTestId('control-row').and(page.locator('[data-overall="deviation"]')).first();
  await row.getByRole('slider').focus();
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('day-panel')).toBeVisible();
}

test('making the sample can be cancelled, and leaves nothing half made', async ({ app, host }) => {
  await app.getByTestId('open-sample').click();
  await expect(app.getByTestId('progress')).toBeVisible();
  await picture(app, host, 'progress');
  await app.getByTestId('cancel').click();
  await expect(app.getByTestId('job-cancelled')).toBeVisible();
  await expect(app.getByTestId('open-sample')).toBeEnabled();
});

test('the sample engagement is made, imported, run and shown day by day', async ({ app, host }) => {
  await openSample(app);
  await expect(app.getByTestId('control-row').first()).toBeVisible();
  await expect(app.getByTestId('window')).toContainText('2026');
  // The sample has planted faults: a matrix without any would mean that nothing was tested.
  await expect(app.locator('[data-testid=control-row][data-overall=deviation]').first()).toBeVisible();
  await expect(app.getByTestId('stream-row').first()).toBeVisible();
  await picture(app, host, 'matrix');
});

test('from a deviation to the record it rests on', async ({ app, host }) => {
  await openSample(app);
  await openNotableDay(app);
  await expect(app.getByTestId('day-state')).toHaveAttribute('data-state', /.+/);
  const cited = app
    .getByTestId('result-row')
    .filter({ has: app.getByTestId('citation') })
    .first();
  await cited.getByTestId('citation').click();
  await expect(app.getByTestId('record-text')).not.toBeEmpty();
  await picture(app, host, 'record');
  await app.keyboard.press('Escape');
  await expect(app.getByTestId('raw-record')).toBeHidden();
  await app.keyboard.press('Escape');
  await expect(app.getByTestId('day-panel')).toBeHidden();
});

test('sources and ledger say what was imported and what was done', async ({ app, host }) => {
  await openSample(app);
  await app.getByTestId('tab-sources').click();
  await expect(app.getByTestId('source-row').first()).toBeVisible();
  await picture(app, host, 'sources');
  await app.getByTestId('tab-ledger').click();
  await expect(app.getByTestId('ledger').getByRole('row').nth(1)).toBeVisible();
  await picture(app, host, 'ledger');
});

test('a binder is signed, verified, and valid for the command line too', async ({ app, host, workbench }) => {
  await openSample(app);
  await app.getByTestId('go-binder').click();
  await app.getByTestId('identity-name').fill('Erika Beispiel');
  await app.getByTestId('identity-passphrase').fill(PASSPHRASE);
  await app.getByTestId('identity-passphrase-again').fill(PASSPHRASE);
  await app.getByTestId('identity-create').click();
  await app.getByTestId('passphrase').fill(PASSPHRASE);
  await app.getByTestId('binder-make').click();
  await expect(app.getByTestId('verification-verdict')).toHaveAttribute('data-verdict', 'valid', { timeout: 60_000 });
  await picture(app, host, 'binder');
  // In the desktop window a dialog of the system asks where to; it cannot be pressed from here.
  if (host === 'electron') return;
  const saved = app.waitForEvent('download');
  await app.getByTestId('binder-save').first().click();
  const file = join(workbench.folder, 'saved.pdf');
  await (await saved).saveAs(file);
  const args = [resolve('dist/cli/main.js'), 'verify', file, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid' });
});

test('a wrong passphrase is said to be one', async ({ app }) => {
  await openSample(app);
  await app.getByTestId('go-binder').click();
  await app.getByTestId('passphrase').fill('not the passphrase');
  await app.getByTestId('binder-make').click();
  await expect(app.getByTestId('problem')).toHaveAttribute('data-code', 'wrong_passphrase');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`every panel is accessible in the ${scheme} scheme`, async ({ app, host }) => {
    await app.emulateMedia({ colorScheme: scheme });
    await openSample(app);
    for (const panel of panels) {
      await app.getByTestId(`tab-${panel}`).click();
      await expect(app.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(app, host);
    }
    await app.getByTestId('tab-controls').click();
    await openNotableDay(app);
    await expectAccessible(app, host);
    await picture(app, host, `day-${scheme}`);
  });
}
