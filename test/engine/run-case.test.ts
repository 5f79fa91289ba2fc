import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exportResults,
  importFiles,
  readControlDay,
  readMatrix,
  sealCase,
  type EvidenceCase,
} from '../../engine/index.ts';
import { gatherContent } from '../../engine/binder/gather-content.ts';
import { keptPacks, runCase } from '../../engine/run-case.ts';
import { entriesOf } from '../../engine/intake/ledger-kinds.ts';
import { auditLines, caseContent, newTestCase, temporaryFolder, testEngine, testJob } from './test-case.ts';

const engine = testEngine();
const packs = ['soc2-hosts'];

async function caseToRun(): Promise<EvidenceCase> {
  const target = await newTestCase();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'audit.log'), auditLines(20));
  await importFiles(target, [folder], {}, testJob());
  return target;
}

describe('a run that fails', () => {
  it('of a control that no pack has leaves a sealed case as it was', async () => {
    const target = await caseToRun();
    await sealCase(target, testJob());
    const before = await caseContent(target.folder.root);
    expect(Object.keys(before)).toContain('bagit.txt');
    await expect(runCase(engine, target, { packs, controls: ['nope'] }, testJob())).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
    expect(await caseContent(target.folder.root)).toEqual(before);
  });

  it('when the ledger cannot be written leaves no pack behind', async () => {
    const target = await caseToRun();
    const before = await caseContent(target.folder.root);
    const append = target.ledger.append.bind(target.ledger);
    target.ledger.append = () => Promise.reject(new Error('the disk is gone'));
    await expect(runCase(engine, target, { packs }, testJob())).rejects.toThrow('the disk is gone');
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect((await readdir(target.folder.cache)).filter((name) => name.startsWith('packs-'))).toEqual([]);

    target.ledger.append = append;
    await runCase(engine, target, { packs }, testJob());
    expect(await readdir(target.folder.packs)).toHaveLength(1);
  });
});

describe('the packs of a run', () => {
  it('are in the case, once, and survive a later run that fails', async () => {
    const target = await caseToRun();
    await rm(target.folder.packs, { recursive: true }); // empty folders do not survive every way of copying
    await runCase(engine, target, { packs }, testJob());
    await runCase(engine, target, { packs }, testJob());
    await expect(runCase(engine, target, { packs, controls: ['nope'] }, testJob())).rejects.toThrow();
    const [first, second] = entriesOf(target.ledger.entries, 'run-finished').map(({ data }) => data);
    expect(second!.packs).toEqual(first!.packs);
    expect(await readdir(target.folder.packs)).toEqual(first!.packs.map(({ hash }) => hash));
    expect((await keptPacks(target, first!)).map(({ hash }) => hash)).toEqual(first!.packs.map(({ hash }) => hash));
  });
});

/** The ids of the controls wherever a case lists them. */
async function listedControls(target: EvidenceCase): Promise<Readonly<Record<string, readonly string[]>>> {
  const generator = { name: 'Fieldwork', version: '0.0.0' };
  const binder = await gatherContent(target, { binderId: 'T', madeAt: 0n, generator, identity: null });
  const exported = JSON.parse(await exportResults(target, 'powerpipe', {})) as { controls: { control_id: string }[] };
  return {
    matrix: (await readMatrix(target)).controls.map(({ control }) => control),
    binder: binder.controls.map(({ id }) => id),
    export: exported.controls.map(({ control_id }) => control_id),
  };
}

describe('the order of controls', () => {
  it('does not change when one of them is run again', async () => {
    const target = await caseToRun();
    await runCase(engine, target, {}, testJob());
    const before = await listedControls(target);
    const again = before['matrix']!.at(-1)!;
    await runCase(engine, target, { controls: [again] }, testJob());
    expect(await listedControls(target)).toEqual(before);
    expect(before['binder']).toEqual(before['matrix']);
    expect(before['export']).toEqual(before['matrix']);
    expect(new Set((await readMatrix(target)).controls.map(({ pack }) => pack)).size).toBeGreaterThan(1);
  });
});

describe('the matrix', () => {
  it('has the population of each day beside its deviations', async () => {
    const target = await caseToRun();
    await runCase(engine, target, { packs }, testJob());
    const { days, controls } = await readMatrix(target);
    for (const { control, populations } of controls) {
      expect(populations).toHaveLength(days.length);
      for (const day of ['2026-02-28', '2026-03-01']) {
        const { population } = await readControlDay(target, { control, day });
        expect(populations[days.indexOf(day)], `${control} ${day}`).toBe(population);
      }
    }
    expect(controls.some(({ populations }) => populations.some((population) => population > 0))).toBe(true);
  });
});
