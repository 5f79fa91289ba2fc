import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import type { BinderContent } from '../../../engine/binder/content.ts';
import { gatherContent } from '../../../engine/binder/gather-content.ts';
import { gatherResults } from '../../../engine/binder/gather-results.ts';
import type { Identity } from '../../../engine/binder/identity.ts';
import { createIdentity } from '../../../engine/binder/create-identity.ts';
import { openIdentity } from '../../../engine/binder/open-identity.ts';
import { renderBinder } from '../../../engine/binder/render-binder.ts';
import { signBinder } from '../../../engine/binder/sign-binder.ts';
import { importFiles, readSummary, type EvidenceCase } from '../../../engine/index.ts';
import { runCase } from '../../../engine/run-case.ts';
import { verifyBinder } from '../../../engine/verify/verify-binder.ts';
import { auditLines, newTestCase, temporaryFolder, testEngine, testJob } from '../test-case.ts';

const NOW = 1_798_016_400_000_000n;
let identity: Identity;

beforeAll(async () => {
  identity = await openIdentity(
    await createIdentity({ name: 'Tester', passphrase: 'a passphrase' }, { now: () => NOW }),
    'a passphrase',
  );
});

const inventory =
  'system,role,environment,criticality,owner,scope_from,scope_to,needs\n' +
  'web-1,web,production,high,Web team,,,auditd\n' +
  'web-2,web,production,high,Web team,2026-03-15,,auditd\n';

/** A case with an inventory, one audit log, one file that nothing reads, and one run of a shipped pack. */
async function caseToPrint(): Promise<EvidenceCase> {
  const target = await newTestCase();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'systems.csv'), inventory);
  await writeFile(join(folder, 'audit.log'), auditLines(20));
  await writeFile(join(folder, 'photo.bin'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
  await importFiles(target, [folder], { providedBy: 'the client' }, testJob());
  await runCase(testEngine(), target, { packs: ['soc2-hosts'] }, testJob());
  return target;
}

function gather(target: EvidenceCase): Promise<BinderContent> {
  const generator = { name: 'Fieldwork', version: '0.0.0' };
  return gatherContent(target, { binderId: 'TEST-2026-01', madeAt: NOW, generator, identity });
}

describe('a binder of a real case', () => {
  it('has what the ledger, the evidence and the run say', async () => {
    const target = await caseToPrint();
    const content = await gather(target);
    expect(content).toMatchObject({
      entity: 'Test & Sons',
      madeAt: '2026-12-23T09:00:00Z',
      signer: { name: 'Tester' },
    });
    expect(content.window.days).toHaveLength(365);
    expect(content.systems).toMatchObject([
      { system: 'web-1', scopeFrom: null, needs: ['auditd'] },
      { system: 'web-2', scopeFrom: '2026-03-15' },
    ]);
    expect(content.completeness).toMatchObject({
      sources: 2,
      outdated: [],
      unmeasuredClocks: ['web-1', 'web-2'],
      refused: [{ name: expect.stringContaining('photo.bin') as string }],
    });
    expect(content.completeness.neverSeen).toContainEqual({ stream: 'auditd', system: 'web-2' });
    expect(content.evidence.map(({ providedBy }) => providedBy)).toEqual(['the client', 'the client']);
    expect(content.packs).toMatchObject([{ id: 'soc2-hosts', shipped: true }]);
    expect(content.ledger).toMatchObject({ entries: target.ledger.entries.length, headHash: target.ledger.head.hash });
    for (const control of content.controls) expect(control.days).toHaveLength(365);
  });

  it('says so when evidence came after the run', async () => {
    const target = await caseToPrint();
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'late.log'), auditLines(7));
    await importFiles(target, [folder], {}, testJob());
    const { completeness, controls } = await gather(target);
    expect(completeness.outdated).toEqual(controls.map(({ id }) => ({ control: id, runId: 'R1' })));
  });

  it('names the controls of an earlier run when only one was run again after more evidence', async () => {
    const target = await caseToPrint();
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'late.log'), auditLines(7));
    await importFiles(target, [folder], {}, testJob());
    const [again, ...others] = (await gather(target)).controls.map(({ id }) => id);
    await runCase(testEngine(), target, { packs: ['soc2-hosts'], controls: [again!] }, testJob());
    const { completeness } = await gather(target);
    expect(others.length).toBeGreaterThan(0);
    expect(completeness.outdated).toEqual(others.map((control) => ({ control, runId: 'R1' })));
    expect((await readSummary(target, 'case', false)).lastRun).toMatchObject({ runId: 'R2', stale: true });

    await runCase(testEngine(), target, { packs: ['soc2-hosts'] }, testJob());
    expect((await gather(target)).completeness.outdated).toEqual([]);
    expect((await readSummary(target, 'case', false)).lastRun).toMatchObject({ runId: 'R3', stale: false });
  });

  it('verifies: the hashes of the run are those of the files attached', async () => {
    const target = await caseToPrint();
    const content = await gather(target);
    const attachments = await buildAttachments(content, gatherResults(target.database, content));
    const signed = await signBinder(await renderBinder(content, attachments), identity, { claimedTime: NOW });
    const found = await verifyBinder(signed);
    expect(found.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(found.verdict).toBe('valid');
  });

  it('is made before anything was run or imported', async () => {
    const content = await gather(await newTestCase());
    expect(content.controls).toEqual([]);
    expect(content.completeness).toMatchObject({ sources: 0, records: 0, outdated: [] });
  });
});
