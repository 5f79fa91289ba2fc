/**
 * The sample engagement from one end to the other: its evidence is imported, every control is run, and what is found
 * is compared with the truth that was planted. Nothing may be missing, and nothing more may be found.
 */
import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import {
  makeSampleCase,
  openCase,
  readCaseTimeline,
  readMatrix,
  readRecord,
  readRejects,
  readResults,
  readSources,
  reperformCase,
  type EvidenceCase,
} from '../../engine/index.ts';
import { evidencePath } from '../../engine/intake/case-folder.ts';
import type { GroundTruth } from '../../samples/index.ts';
import { parseInstant } from '../../shared/time.ts';
import { testEngine, testJob } from '../engine/test-case.ts';
import { clockScopes, compareTimeline, comparisonText } from './timeline-comparison.ts';

let folder: string;
let target: EvidenceCase;
let truth: GroundTruth;
const engine = testEngine();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
  await makeSampleCase(engine, folder, testJob());
  target = await openCase(engine, join(folder, 'case.fieldwork'), testJob());
  truth = JSON.parse(await readFile(join(folder, 'delivery', 'ground-truth.json'), 'utf8')) as GroundTruth;
}, 240_000);

afterAll(async () => {
  await target?.close();
  await rm(folder, { recursive: true, force: true });
});

it('every control-day is as planted, and no other day is anything but effective', async () => {
  const { days, controls } = await readMatrix(target);
  expect(days).toHaveLength(181);
  expect(controls.length).toBeGreaterThanOrEqual(5);
  const expected = new Map(truth.expectedControlDays.map((one) => [`${one.control} ${one.day}`, one.states]));
  const differences: string[] = [];
  for (const { control, states } of controls) {
    states.forEach((state, place) => {
      const key = `${control} ${days[place]}`;
      const allowed = expected.get(key) ?? ['effective', 'not due'];
      expected.delete(key);
      if (!allowed.includes(state)) differences.push(`${key}: ${state}, expected ${allowed.join(' or ')}`);
    });
  }
  expect(differences).toEqual([]);
  expect([...expected.keys()]).toEqual([]);
  // A truth without deviations would prove nothing.
  expect(truth.expectedControlDays.length).toBeGreaterThan(10);
});

it('every planted deviation is cited where it was planted', async () => {
  const sources = await readSources(target);
  for (const plant of truth.deviations) {
    for (const control of plant.controls) {
      const found = await Promise.all(
        plant.days.map((day) => readResults(target, { control, day, after: 0, limit: 1000 })),
      );
      const deviating = found
        .flatMap(({ rows }) => rows)
        .filter(({ status }) => status === 'alarm' || status === 'no_evidence');
      expect(deviating.length, `${plant.id} under ${control}`).toBeGreaterThan(0);
      const marks = plant.evidence.filter(({ record }) => record !== undefined);
      for (const { citation } of deviating) {
        if (!citation) continue;
        const source = sources.find(({ sourceId }) => sourceId === citation.sourceId)!;
        const text = (await readRecord(target, citation)).text;
        const matching = marks.filter(
          (mark) => source.originalPath.endsWith(mark.file) && (mark.member ?? null) === source.member,
        );
        if (matching.length > 0)
          expect(
            matching.some((mark) => text.includes(mark.text)),
            `${plant.id}: ${text}`,
          ).toBe(true);
      }
    }
  }
});

it('the rejects are the damaged records, no more and no less', async () => {
  const { rows } = await readRejects(target, { after: 0, limit: 1000 });
  const sources = new Map((await readSources(target)).map((source) => [source.sourceId, source]));
  const found = rows.map(({ sourceId, record }) => {
    const path = sources.get(sourceId)!.originalPath;
    return `${path.slice(path.lastIndexOf('/evidence/') + 10)} ${record}`;
  });
  expect(found.sort()).toEqual(truth.rejects.map(({ file, record }) => `${file} ${record}`).sort());
});

it('the gaps and the clocks that are wrong are as planted, to the record, and nothing else is found', async () => {
  const timeline = await readCaseTimeline(target, engine.effects.now());
  const comparison = compareTimeline(timeline, truth, await clockScopes(target));
  process.stdout.write(`The timeline of the sample: ${comparisonText(comparison)}\n`);
  expect(comparison.missed).toEqual([]);
  expect(comparison.extra).toEqual([]);
  // A truth without gaps would prove nothing.
  expect(Object.keys(comparison.both).sort()).toEqual([
    'clock out',
    'clock unknown',
    'missing',
    'scan-missed',
    'scrape',
    'sequence-loss',
    'silence',
    'truncated',
  ]);
});

it('the day on which the audit log was silent says how many records are missing', async () => {
  const { gaps } = await readCaseTimeline(target, engine.effects.now());
  const silent = truth.gaps.find(({ id }) => id === 'silent-audit-day')!;
  const found = gaps.find(({ system, stream, from }) => {
    return system === silent.system && stream === silent.stream && from === parseInstant(silent.from);
  });
  expect(found?.missing).toBeGreaterThan(20);
});

describe('re-performance', () => {
  it('gives the same hashes for every control', { timeout: 240_000 }, async () => {
    const outcome = await reperformCase(engine, target, undefined, testJob());
    expect(outcome.verdict).toBe('same');
    expect(outcome.controls.length).toBeGreaterThanOrEqual(5);
    for (const control of outcome.controls)
      expect(control).toMatchObject({ verdict: 'same', population: 'same', days: 'same' });
  });

  it('names the evidence file of which one byte was changed, and refuses', { timeout: 240_000 }, async () => {
    const source = (await readSources(target)).find(({ format }) => format === 'nmap')!;
    const path = evidencePath(target.folder, source.sha256, source.name);
    const original = await readFile(path);
    const changed = Buffer.from(original);
    changed[changed.length >> 1]! ^= 1;
    await chmod(path, 0o644);
    await writeFile(path, changed);
    try {
      await expect(reperformCase(engine, target, undefined, testJob())).rejects.toMatchObject({
        problem: {
          code: 'case_damaged',
          where: { file: path },
          message: expect.stringContaining(`S${source.sourceId}`) as string,
        },
      });
    } finally {
      await writeFile(path, original);
    }
  });

  it('a database that was thrown away comes back with the same results', { timeout: 240_000 }, async () => {
    const before = await readMatrix(target);
    await target.close();
    execFileSync('rm', ['-rf', target.folder.cache]);
    target = await openCase(engine, target.folder.root, testJob());
    expect(await readMatrix(target)).toEqual(before);
  });
});
