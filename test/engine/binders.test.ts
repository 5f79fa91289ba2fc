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
