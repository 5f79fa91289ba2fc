import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPack } from '../../../engine/controls/read-pack.ts';
import { testPack } from '../../../engine/controls/test-pack.ts';
import { spawnLocked } from '../store/locked/scratch-case.ts';

const queries = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'queries');
const packs = readdirSync(queries);

describe('the packs that ship', () => {
  it.each(packs)('%s passes its own cases', async (name) => {
    const report = await testPack(await readPack(join(queries, name)), { spawnLocked });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(report.cases.length);
    expect(report.passed).toBeGreaterThanOrEqual(1);
  });
});
