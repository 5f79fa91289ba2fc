import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { importFiles } from '../../engine/index.ts';
import { makeBucket } from '../engine/formats/cloudtrail-digest/bucket-tree.ts';
import { auditLines, newTestCase, temporaryFolder, testJob } from '../engine/test-case.ts';
import { caseWith, fieldwork } from './run-cli.ts';

it('`trails` prints each chain in a sentence, and what is missing with its citation', async () => {
  const bucket = makeBucket({ hours: 5 });
  const folder = await temporaryFolder();
  for (const { object, bytes } of [...bucket.digests.filter((_, i) => i !== 2), ...bucket.logs.slice(1)]) {
    const path = join(folder, object.replace(/\.gz$/, ''));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const target = await newTestCase();
  await importFiles(target, [folder], {}, testJob());
  const { root } = target.folder;
  await target.close();
  const { code, stdout } = await fieldwork('trails', root);
  expect(code).toBe(0);
  expect(stdout).toContain(
    '4 digests, 2 links, 1 missing, 0 that do not fit; signatures: 0 valid, 0 invalid, 4 not checked',
  );
  expect(stdout).toMatch(/digest +previous_missing +2026-03-01T02:01:31Z +2026-03-01T03:01:31Z .* S\d+ #1/);
  const report = JSON.parse((await fieldwork('trails', root, '--json')).stdout) as Record<string, unknown>;
  expect(report['log_files']).toMatchObject({ missing: 1 });
});

it('`trails` says that nothing is vouched for where there is no digest', async () => {
  const { root } = await caseWith({ 'audit.log': auditLines(3) });
  const { code, stderr } = await fieldwork('trails', root);
  expect([code, stderr]).toEqual([0, expect.stringContaining('There is no CloudTrail digest in the case')]);
});
