/** The truth about the timeline is compared with the files themselves: nothing is written where a gap is planted. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateSample, type GroundTruth } from '../../samples/index.ts';

let folder: string;
let truth: GroundTruth;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
  await generateSample({ folder, seed: 1 });
  truth = JSON.parse(await readFile(join(folder, 'ground-truth.json'), 'utf8')) as GroundTruth;
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function textOf(path: string): Promise<string> {
  const bytes = await readFile(join(folder, 'evidence', path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

/** Stamps of the audit log of a host, milliseconds UTC, with the serial of each. */
async function auditStamps(system: string): Promise<{ at: number; serial: number }[]> {
  const names = await readdir(join(folder, 'evidence/hosts', system, 'audit'));
  const texts = await Promise.all(names.map((name) => textOf(`hosts/${system}/audit/${name}`)));
  return texts.flatMap((text) =>
    [...text.matchAll(/ msg=audit\((\d+)\.(\d{3}):(\d+)\)/g)].map(([, seconds, millis, serial]) => ({
      at: Number(seconds) * 1000 + Number(millis),
      serial: Number(serial),
    })),
  );
}

it('plants six silences, three losses, two missed scans, a cut file and a system that never spoke', () => {
  const plants = new Map(truth.gaps.map(({ id, kind }) => [id, kind]));
  const counts: Record<string, number> = {};
  for (const kind of plants.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(counts).toEqual({ silence: 6, 'sequence-loss': 3, 'scan-missed': 2, truncated: 1, missing: 1 });
  expect(truth.gaps.filter(({ id }) => id === 'collector-outage')).toHaveLength(4);
  expect(truth.gaps.filter(({ state }) => state === 'explained').map(({ ticket }) => ticket)).toEqual([
    'INC-3111',
    'INC-3112',
  ]);
});

it('has audit records at both ends of a silence of the audit log, and none in it', async () => {
  for (const { system, from, to } of truth.gaps.filter((gap) => gap.stream === 'auditd' && gap.kind === 'silence')) {
    const stamps = await auditStamps(system);
    const ends = { from: Date.parse(from), to: Date.parse(to) };
    expect(stamps.filter(({ at }) => at > ends.from && at < ends.to)).toEqual([]);
    expect(stamps.some(({ at }) => at === ends.from) && stamps.some(({ at }) => at === ends.to)).toBe(true);
  }
});

it('skips serials where a loss is planted', async () => {
  for (const { system, from, to } of truth.gaps.filter(({ kind }) => kind === 'sequence-loss')) {
    const stamps = await auditStamps(system);
    const before = stamps.filter(({ at }) => at === Date.parse(from)).map(({ serial }) => serial);
    const after = stamps.filter(({ at }) => at === Date.parse(to)).map(({ serial }) => serial);
    expect(Math.min(...after) - Math.max(...before)).toBeGreaterThan(5);
  }
});

it('writes measurements with the offsets of the step and of the drift', async () => {
  for (const { system, from, to } of truth.clockEpisodes.filter(({ state }) => state === 'out')) {
    const lines = (await textOf(`hosts/${system}/chrony/tracking.log.gz`))
      .split('\n')
      .filter((line) => /^\d/.test(line));
    const out = lines.filter((line) => Math.abs(Number(line.split(/\s+/)[10])) > 0.05);
    const times = out.map((line) => Date.parse(`${line.slice(0, 10)}T${line.slice(11, 19)}Z`));
    expect(times.length).toBeGreaterThan(10);
    expect(times.every((at) => at > Date.parse(from) && at < Date.parse(to))).toBe(true);
  }
});
