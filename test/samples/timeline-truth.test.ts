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

it('plants six silences, three losses, two missed scans, a missing file and a system that never spoke', () => {
  // A host that is down does not answer Prometheus either: one plant, gaps of two kinds.
  const plants = new Set(truth.gaps.map(({ id, kind }) => `${kind} ${id}`));
  const counts: Record<string, number> = {};
  for (const [kind = ''] of [...plants].map((plant) => plant.split(' '))) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(counts).toEqual({ silence: 6, scrape: 1, 'sequence-loss': 3, 'scan-missed': 2, truncated: 1, missing: 1 });
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

it('hands over every week of the system log but the missing one', async () => {
  const names = await readdir(join(folder, 'evidence/hosts/app-02/syslog'));
  expect(names).toContain('syslog-20260518.gz');
  expect(names).not.toContain('syslog-20260525.gz');
  expect(names).toContain('syslog-20260601.gz');
  expect(names).toHaveLength(26);
});

interface Series {
  readonly metric: { readonly instance: string };
  readonly values: readonly (readonly [number, string])[];
}

async function seriesOf(name: string): Promise<readonly Series[]> {
  const answer = JSON.parse(await textOf(`metrics/${name}.json.gz`)) as { data: { result: readonly Series[] } };
  return answer.data.result;
}

it('asks a host that is down in vain, and names another boot afterwards', async () => {
  const { system, from, to } = truth.gaps.find(({ kind }) => kind === 'scrape')!;
  const up = (await seriesOf('up')).find(({ metric }) => metric.instance === `${system}:9100`)!;
  const within = up.values.filter(([at]) => at * 1000 > Date.parse(from) && at * 1000 < Date.parse(to));
  expect(within.length).toBeGreaterThan(30);
  expect(within.every(([, value]) => value === '0')).toBe(true);
  expect(up.values.filter(([, value]) => value === '0')).toHaveLength(within.length);
  const boots = (await seriesOf('node_boot_time_seconds')).find(({ metric }) => metric.instance === `${system}:9100`)!;
  // One before the window, six restarts, and the one after the outage.
  expect(new Set(boots.values.map(([, value]) => value)).size).toBe(8);
  expect(boots.values.every(([at, value]) => Number(value) <= at)).toBe(true);
});

it('gives one offset of the frozen clock, half a year long', async () => {
  const { system } = truth.clockEpisodes.find(({ id }) => id === 'frozen-offset')!;
  const [series, ...others] = await seriesOf('node_timex_offset_seconds');
  expect(others).toEqual([]);
  expect(series!.metric.instance).toBe(`${system}:9100`);
  expect(series!.values.length).toBeGreaterThan(8000);
  expect(new Set(series!.values.map(([, value]) => value)).size).toBe(1);
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
