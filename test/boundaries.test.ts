import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../dependency-cruiser.config.mjs';

const ROOT = resolve(import.meta.dirname, '..');

// One violation a rule: the file it stands in, and what that file imports.
const plants: readonly [rule: string, file: string, imported: string][] = [
  ['no-circle', 'engine/core/circle-a.ts', './circle-b.ts'],
  ['no-dead-import', 'engine/core/dead.ts', './nowhere.ts'],
  ['shared-stands-alone', 'shared/planted-ours.ts', '../engine/core/clean.ts'],
  ['shared-is-plain', 'shared/planted-node.ts', 'node:path'],
  ['shared-is-plain', 'shared/planted-package.ts', 'yaml'],
  ['renderer-knows-the-contract', 'renderer/planted.ts', '../engine/core/clean.ts'],
  ['renderer-has-no-node', 'renderer/planted-node.ts', 'node:path'],
  ['renderer-packages', 'renderer/planted-package.ts', 'yaml'],
  ['hosts-enter-by-the-door', 'cli/planted.ts', '../engine/store/clean.ts'],
  ['hosts-enter-by-the-door', 'electron/planted.ts', '../engine/intake/clean.ts'],
  ['hosts-are-strangers', 'cli/planted-host.ts', '../electron/clean.ts'],
  ['hosts-are-strangers', 'electron/planted-window.ts', '../renderer/clean.ts'],
  ['engine-knows-no-host', 'engine/planted.ts', '../cli/clean.ts'],
  ['samples-are-only-evidence', 'engine/planted-sample.ts', '../samples/clean.ts'],
  ['samples-know-no-importer', 'samples/planted.ts', '../engine/formats/clean.ts'],
  ['electron-in-its-room', 'cli/planted-electron.ts', 'electron'],
  ['formats-looks-left', 'engine/formats/planted.ts', '../intake/clean.ts'],
  ['intake-looks-left', 'engine/intake/planted.ts', '../evidence/clean.ts'],
  ['evidence-looks-left', 'engine/evidence/planted.ts', '../timeline/clean.ts'],
  ['timeline-looks-left', 'engine/timeline/planted.ts', '../controls/clean.ts'],
  ['controls-looks-left', 'engine/controls/planted.ts', '../binder/clean.ts'],
  ['workpapers-looks-left', 'engine/workpapers/planted.ts', '../binder/clean.ts'],
  ['core-is-below', 'engine/core/planted.ts', '../store/clean.ts'],
  ['store-is-below', 'engine/store/planted.ts', '../intake/clean.ts'],
  ['jobs-is-below', 'engine/jobs/planted.ts', '../timeline/clean.ts'],
  ['stages-do-not-hand-over', 'engine/intake/planted-up.ts', '../index.ts'],
  ['formats-are-pure', 'engine/formats/planted-disk.ts', 'node:fs/promises'],
  ['formats-are-pure', 'engine/formats/planted-child.ts', 'node:child_process'],
  ['formats-are-pure', 'engine/formats/planted-store.ts', '../store/clean.ts'],
  ['only-store-knows-duckdb', 'engine/controls/planted-database.ts', '@duckdb/node-api'],
  ['verify-stands-apart', 'engine/verify/planted.ts', '../binder/clean.ts'],
  ['verify-packages', 'engine/verify/planted-package.ts', 'yaml'],
  ['engine-is-offline', 'engine/binder/planted-network.ts', 'node:https'],
  ['engine-is-offline', 'engine/intake/planted-socket.ts', 'ws'],
  ['no-development-packages', 'engine/core/planted-tool.ts', 'left-pad'],
];

// The same kinds of import where they are right: none of these may be complained about.
const clean: readonly [file: string, imported: string][] = [
  ['engine/core/clean.ts', 'node:fs'],
  ['engine/store/clean.ts', '@duckdb/node-api'],
  ['engine/formats/clean.ts', '../core/clean.ts'],
  ['engine/intake/clean.ts', '../formats/clean.ts'],
  ['engine/evidence/clean.ts', '../store/clean.ts'],
  ['engine/timeline/clean.ts', '../evidence/clean.ts'],
  ['engine/controls/clean.ts', '../timeline/clean.ts'],
  ['engine/binder/clean.ts', '../controls/clean.ts'],
  ['engine/verify/clean.ts', 'pkijs'],
  ['engine/index.ts', './binder/clean.ts'],
  ['samples/clean.ts', '../engine/core/clean.ts'],
  ['engine/sample-case.ts', '../samples/clean.ts'],
  ['cli/clean.ts', '../engine/index.ts'],
  ['cli/clean-host.ts', 'ws'],
  ['electron/clean.ts', 'electron'],
  ['renderer/clean.ts', '../shared/clean.ts'],
  ['renderer/clean-package.ts', 'react'],
  ['shared/clean.ts', 'zod'],
];

const dependencies = ['@duckdb/node-api', 'ws', 'yaml', 'zod', 'pkijs'];
const devDependencies = ['electron', 'left-pad', 'react'];

let dir: string;
const broken = new Map<string, Set<string>>();

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldwork-boundaries-'));
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  await write('tsconfig.json', '{ "compilerOptions": { "module": "ESNext", "moduleResolution": "bundler" } }');
  await write(
    'package.json',
    JSON.stringify({ dependencies: versions(dependencies), devDependencies: versions(devDependencies) }),
  );
  for (const name of [...dependencies, ...devDependencies]) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    await write(`node_modules/${name}/index.js`, 'module.exports = {};');
  }
  for (const [file, imported] of clean) await write(file, `export * as it from '${imported}';\n`);
  // The other half of the circle, which is reported once.
  await write('engine/core/circle-b.ts', `export * as it from './circle-a.ts';\n`);
  for (const [, file, imported] of plants) await write(file, `export * as it from '${imported}';\n`);
  const tool = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const rooms = ['electron', 'renderer', 'shared', 'engine', 'cli', 'samples'];
  const args = [tool, '--config', join(ROOT, 'dependency-cruiser.config.mjs'), '--output-type', 'json', ...rooms];
  // It exits with the number of violations, and there are to be some.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dir, maxBuffer: 1 << 26 }).catch(
    (error: { stdout: string }) => error,
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  for (const { from, rule } of summary.violations) {
    broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
  }
});

afterAll(() => rm(dir, { recursive: true, force: true }));

test.each(plants)('%s is broken by %s importing %s, and no other rule is', (rule, file) => {
  expect([...(broken.get(file) ?? [])]).toEqual([rule]);
});

test.each(clean)('%s may import %s', (file) => {
  expect([...(broken.get(file) ?? [])]).toEqual([]);
});

test('no rule is without a plant', () => {
  const planted = new Set(plants.map(([rule]) => rule));
  expect(config.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
});
