import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../../engine/binder/create-identity.ts';
import type { Identity } from '../../engine/binder/identity.ts';
import { openIdentity } from '../../engine/binder/open-identity.ts';
import { makeBinder, readBinder } from '../../engine/binders.ts';
import { importFiles, type EvidenceCase } from '../../engine/index.ts';
import { reperformCase } from '../../engine/reperform.ts';
import { runCase } from '../../engine/run-case.ts';
import { auditLines, newTestCase, temporaryFolder, testEngine, testJob } from './test-case.ts';

const NOW = 1_798_016_400_000_000n;
const engine = testEngine();
const packs = ['soc2-hosts'];
let identity: Identity;

beforeAll(async () => {
  const created = await createIdentity({ name: 'Tester', passphrase: 'a passphrase' }, { now: () => NOW });
  identity = await openIdentity(created, 'a passphrase');
});

async function importLog(target: EvidenceCase, lines: number): Promise<void> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, `audit-${lines}.log`), auditLines(lines));
  await importFiles(target, [folder], {}, testJob());
}

async function bind(target: EvidenceCase): Promise<Uint8Array> {
  const { binder } = await makeBinder(engine, target, identity, testJob());
  return readBinder(target, binder.binderId);
}

describe('re-performance of a binder', { timeout: 60_000 }, () => {
  it('is the same after newer evidence and a newer run', async () => {
    const target = await newTestCase();
    await importLog(target, 20);
    await runCase(engine, target, { packs }, testJob());
    const old = await bind(target);
    const systems = join(await temporaryFolder(), 'systems.csv');
    await writeFile(
      systems,
      'system,role,environment,criticality,owner,scope_from,scope_to,needs\n' +
        'web-1,web,production,high,Web team,,,auditd\n',
    );
    await importFiles(target, [systems], {}, testJob());
    await importLog(target, 900);
    await runCase(engine, target, { packs }, testJob());
    const recent = await bind(target);

    const ofOld = await reperformCase(engine, target, old, testJob());
    expect(ofOld).toMatchObject({ verdict: 'same', runId: 'R1', sources: 1, records: 20 });
    const ofRecent = await reperformCase(engine, target, recent, testJob());
    expect(ofRecent).toMatchObject({ verdict: 'same', runId: 'R2', sources: 3 });
    expect(await reperformCase(engine, target, undefined, testJob())).toMatchObject({ verdict: 'same', runId: 'R2' });
    expect(ofOld.controls.length).toBeGreaterThan(0);
  });

  it('differs, with the reason, when the binder is of another case', async () => {
    const [target, other] = [await newTestCase(), await newTestCase()];
    for (const each of [target, other]) {
      await importLog(each, each === target ? 20 : 21);
      await runCase(engine, each, { packs }, testJob());
    }
    expect(await reperformCase(engine, target, await bind(other), testJob())).toMatchObject({
      verdict: 'differs',
      reason: 'The binder names another ledger.',
      controls: [],
    });
  });
});
