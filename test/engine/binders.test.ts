import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../../engine/binder/create-identity.ts';
import type { Identity } from '../../engine/binder/identity.ts';
import { openIdentity } from '../../engine/binder/open-identity.ts';
import { makeBinder } from '../../engine/binders.ts';
import { importFiles, sealCase, type EvidenceCase } from '../../engine/index.ts';
import { runCase } from '../../engine/run-case.ts';
import { auditLines, caseContent, newTestCase, temporaryFolder, testEngine, testJob } from './test-case.ts';

const NOW = 1_798_016_400_000_000n;
const engine = testEngine();
let identity: Identity;

beforeAll(async () => {
  const created = await createIdentity({ name: 'Tester', passphrase: 'a passphrase' }, { now: () => NOW });
  identity = await openIdentity(created, 'a passphrase');
});

async function sealedCase(): Promise<EvidenceCase> {
  const target = await newTestCase();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'audit.log'), auditLines(20));
  await importFiles(target, [folder], {}, testJob());
  await runCase(engine, target, { packs: ['soc2-hosts'] }, testJob());
  await sealCase(target, testJob());
  return target;
}

describe('a binder that is cancelled', () => {
  it('is not kept, at whatever step the signal comes', { timeout: 60_000 }, async () => {
    const target = await sealedCase();
    const before = await caseContent(target.folder.root);
    for (const step of ['Gathering what the binder states', 'Laying out pages', 'Drawing pages', 'Verifying']) {
      const stop = new AbortController();
      const steps: string[] = [];
      const progress = (progress: { readonly step: string }): void => {
        steps.push(progress.step);
        // As a message from another process: it is only seen when the work lets messages in.
        if (progress.step === step) setImmediate(() => stop.abort());
      };
      await expect(makeBinder(engine, target, identity, { signal: stop.signal, progress }), step).rejects.toMatchObject(
        {
          problem: { code: 'cancelled' },
        },
      );
      expect(steps.at(-1), `nothing more is done after: ${step}`).toBe(step);
      expect(await caseContent(target.folder.root), step).toEqual(before);
    }
    await makeBinder(engine, target, identity, testJob());
    expect(target.ledger.entries.at(-1)?.kind).toBe('binder-made');
  });
});

describe('a database that says something else than the ledger', () => {
  it.each([
    [
      'the results',
      `INSERT INTO results BY NAME SELECT run_id, control, 1 AS item, '2026-03-01' AS day, TIMESTAMP '2026-03-01' AS time,
       'x' AS resource, 'ok' AS status, 'Made up.' AS reason, '{}' AS dimensions FROM run_controls`,
    ],
    ['the days', `UPDATE control_days SET state = 'effective' WHERE state <> 'effective'`],
    ['the hashes', `UPDATE run_controls SET population_hash = repeat('0', 64)`],
    ['what was run', `DELETE FROM run_controls WHERE control LIKE 'CC7%'`],
  ])('is not printed: %s', { timeout: 60_000 }, async (_what, change) => {
    const target = await sealedCase();
    const before = await caseContent(target.folder.root);
    await target.database.query(change);
    await expect(makeBinder(engine, target, identity, testJob())).rejects.toMatchObject({
      problem: { code: 'case_damaged', remedy: expect.stringContaining('cache/') as string },
    });
    expect(await caseContent(target.folder.root)).toEqual(before);
  });
});
