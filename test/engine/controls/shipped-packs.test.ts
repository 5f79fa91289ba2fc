import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkPack } from '../../../engine/controls/check-pack.ts';
import { readPack } from '../../../engine/controls/read-pack.ts';
import { testPack } from '../../../engine/controls/test-pack.ts';
import { spawnLocked } from '../store/locked/scratch-case.ts';

const queries = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'queries');
const packs = readdirSync(queries);
const examples = join(dirname(queries), 'test', 'fixtures', 'packs', 'timeline');

// A pack has dozens of cases, each with a database and a process of its own.
describe('the packs that ship', { timeout: 180_000 }, () => {
  it.each(packs)('%s passes its own cases', async (name) => {
    const report = await testPack(await readPack(join(queries, name)), { spawnLocked });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(report.cases.length);
    expect(report.passed).toBeGreaterThanOrEqual(1);
  });
});

describe('a pack over what is made of the evidence', () => {
  it('is checked and tested like any other: gaps, expectations and the clocks of its cases are there', async () => {
    const pack = await readPack(examples);
    expect(await checkPack(pack, spawnLocked)).toEqual([]);
    const report = await testPack(pack, { spawnLocked });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(4);
  });
});
