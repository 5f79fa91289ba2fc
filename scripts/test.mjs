// npm test: everything, in the order in which a fault is cheapest to find. The last line sums up.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { packs } from './packs.mjs';
import { buildIfStale } from './setup.mjs';
import { printSteps, root, runTool, step } from './steps.mjs';

const out = join(root, 'out');
const zones = ['UTC', 'Asia/Kolkata'];
const steps = [];
const counts = { passed: 0, failed: 0, skipped: 0 };

const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/** Adds steps that are a test each by themselves. */
function addSteps(given) {
  steps.push(...given);
  for (const { ok } of given) counts[ok ? 'passed' : 'failed'] += 1;
}

/** Adds a step that is a suite; `found` is what its reporter counted. */
function addSuite(suite, found) {
  steps.push(suite);
  for (const name of Object.keys(counts)) counts[name] += found?.[name] ?? 0;
  // A suite that broke before it could count is a failure all the same.
  if (!suite.ok && !found?.failed) counts.failed += 1;
}

async function unit(zone) {
  const report = join(out, `unit-${zone.replace('/', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const suite = await step(`unit tests, TZ=${zone}`, () =>
    runTool('vitest', ['run', ...reporters], { env: { TZ: zone } }),
  );
  const found = readJson(report);
  for (const { fullName, status } of found?.testResults.flatMap((file) => file.assertionResults) ?? []) {
    if (status !== 'passed' && status !== 'failed') console.log(`SKIPPED ${fullName}`);
  }
  addSuite(suite, found && { passed: found.numPassedTests, failed: found.numFailedTests, skipped: skippedOf(found) });
}

function skippedOf({ numPendingTests, numTodoTests }) {
  return numPendingTests + numTodoTests;
}

async function endToEnd() {
  const report = join(out, 'e2e-summary.json');
  const suite = await step('end-to-end tests', () => runTool('playwright', ['test']));
  addSuite(suite, readJson(report));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
addSteps(await check());
const build = await step('build', () => buildIfStale());
addSteps([build]);
if (build.ok) {
  for (const zone of zones) await unit(zone);
  addSteps(await packs());
  await endToEnd();
} else console.log('The build failed: unit tests, packs and end-to-end tests were not run.');
printSteps(steps);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 && steps.every(({ ok }) => ok) ? 0 : 1);
