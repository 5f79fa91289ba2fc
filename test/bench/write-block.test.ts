import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  HIGH,
  LOW,
  STALE_HIGH,
  STALE_LOW,
  type FloatSamples,
} from '../../engine/formats/prometheus-tsdb/float-samples.ts';
import { compareLabels, type Label } from '../../engine/formats/prometheus-tsdb/labels.ts';
import { seededRandom } from '../engine/formats/damage.ts';
import { collect, dumpLine, dumpRows } from '../engine/formats/prometheus-tsdb/collect.ts';
import { folderFiles } from '../engine/formats/prometheus-tsdb/folder-files.ts';
import { dump, promtoolMissing, withFolder } from '../engine/formats/prometheus-tsdb/promtool.ts';
import { CHUNK_SAMPLES, writeBlock, type SeriesToWrite } from './write-block.ts';

const missing = promtoolMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

/** A sample as it goes in: time, and the two halves of the value. */
interface Given {
  readonly timeMs: number;
  readonly high: number;
  readonly low: number;
}

const BEGIN_MS = 1_760_000_400_000;
// Whole halves of values: zeros, the least and greatest doubles, infinities, NaNs of several kinds, the stale marker.
const AWKWARD: readonly (readonly [high: number, low: number])[] = [
  [0, 0],
  [0x80000000, 0],
  [0, 1],
  [0x80000000, 1],
  [0x000fffff, 0xffffffff],
  [0x00100000, 0],
  [0x7fefffff, 0xffffffff],
  [0x7ff00000, 0],
  [0xfff00000, 0],
  [0x7ff80000, 0],
  [0x7ff80000, 1],
  [0xfff80000, 2],
  [0x7ff00000, 1],
  [STALE_HIGH, STALE_LOW],
];
// Every width that a change of the time difference can have, and its limits.
const STEPS = [1, 2, 15_000, 14_999, 15_001, 8192, 8193, 16_384, 65_536, 65_537, 131_072, 524_288, 600_000, 3e9, 1e11];

function halvesOf(value: number): readonly [high: number, low: number] {
  const bits = new Uint32Array(new Float64Array([value]).buffer);
  return [bits[HIGH]!, bits[LOW]!];
}

function nextValue(kind: number, i: number, random: () => number): readonly [high: number, low: number] {
  if (kind === 0) return AWKWARD[Math.floor(random() * AWKWARD.length)]!;
  if (kind === 1) return halvesOf(Math.floor(i * 100 + random() * 50));
  if (kind === 2) return [Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32)];
  if (kind === 3) return halvesOf(42);
  return halvesOf((random() - 0.5) * 10 ** Math.floor(random() * 600 - 300));
}

function samplesOf(series: number): Given[] {
  const random = seededRandom(series);
  let timeMs = BEGIN_MS + series;
  return Array.from({ length: 1 + ((series * 37) % 400) }, (_, i) => {
    timeMs += series % 3 === 0 ? 15_000 : STEPS[Math.floor(random() * STEPS.length)]!;
    const [high, low] = nextValue(series % 5, i, random);
    return { timeMs, high, low };
  });
}

const VALUES = ['a', 'é', '日本語', '😀', '"quoted"', 'back\\slash', 'line\nend', '\uffff', 'x'.repeat(3000)];

function labelsOf(series: number): Label[] {
  const more = series % 4 === 0 ? Array.from({ length: 60 }, (_, i): Label => [`label_${100 + i}`, `v${i}`]) : [];
  return [['__name__', `written_${series % 3}`], ['i', VALUES[series % VALUES.length]!], ...more, ['z', `${series}`]];
}

/** Some series with everything that is awkward, in the order of their labels, and what was given for them. */
function awkwardSeries(count: number): { labels: Label[]; samples: Given[] }[] {
  const all = Array.from({ length: count }, (_, i) => ({ labels: labelsOf(i), samples: samplesOf(i) }));
  return all.sort((a, b) => compareLabels(a.labels, b.labels));
}

/** Gives the samples in pieces of any size, as chunks are cut when a server is started again. */
function toWrite({ labels, samples }: { labels: Label[]; samples: Given[] }): SeriesToWrite {
  const random = seededRandom(samples.length);
  let at = 0;
  const fill = (out: FloatSamples): number => {
    const most = random() < 0.5 ? CHUNK_SAMPLES : 1 + Math.floor(random() * CHUNK_SAMPLES);
    const piece = samples.slice(at, at + most);
    piece.forEach(({ timeMs, high, low }, i) => {
      out.times[i] = timeMs;
      out.bits[2 * i + HIGH] = high;
      out.bits[2 * i + LOW] = low;
    });
    at += piece.length;
    return piece.length;
  };
  return { labels, fill };
}

function bitsOf({ high, low }: Given): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function write(folder: string, number = 1) {
  const series = awkwardSeries(40);
  const written = writeBlock(folder, series.map(toWrite), { number, segmentBytes: 16 * 1024 });
  return { series, written };
}

describe('a block that was written', () => {
  it('gives what was put into it, to the last bit', async () => {
    await withFolder(async (folder) => {
      const { series, written } = write(folder);
      const { series: read, report } = await collect(await folderFiles(folder));
      expect(report.problems).toEqual([]);
      expect(read.map(({ info }) => info.labels)).toEqual(series.map(({ labels }) => labels));
      read.forEach(({ samples }, i) =>
        expect(samples).toEqual(series[i]!.samples.map((each) => ({ timeMs: each.timeMs, bits: bitsOf(each) }))),
      );
      const [block] = report.blocks;
      expect(block).toMatchObject({ whole: true, series: 40, chunks: written.chunks, samples: written.samples });
      expect(written.samples).toBeGreaterThan(5000);
      expect(readdirSync(join(folder, written.ulid, 'chunks')).length).toBeGreaterThan(2);
    });
  });

  it('has its series in the order of their labels, or is not written', async () => {
    await withFolder((folder) => {
      const reversed = awkwardSeries(3).reverse().map(toWrite);
      expect(() => writeBlock(folder, reversed, { number: 1 })).toThrow('does not come after');
      return Promise.resolve();
    });
  });
});

function promtool(...args: string[]): string {
  return execFileSync('promtool', ['tsdb', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString('utf8');
}

describe.skipIf(missing !== undefined)('a block that was written, to promtool', () => {
  it('has the rows that the reader finds', async () => {
    await withFolder(async (folder) => {
      write(folder);
      const rows = dumpRows(await collect(await folderFiles(folder)));
      const expected = (await dump(folder)).map(dumpLine).sort();
      expect(expected.length).toBeGreaterThan(5000);
      expect(rows).toEqual(expected);
    });
  });

  it('has series that a label finds', async () => {
    await withFolder(async (folder) => {
      const { series } = write(folder);
      const picked = series.filter(({ labels }) => labels.some(([name, value]) => name === 'i' && value === '😀'));
      const expected = picked.reduce((sum, { samples }) => sum + samples.length, 0);
      expect(await dump(folder, '{i="😀"}')).toHaveLength(expected);
      expect(await dump(folder, '{label_142="v42",z=~"[0-9]+"}')).not.toHaveLength(0);
    });
  });

  it('can be listed and analyzed', async () => {
    await withFolder(async (folder) => {
      const { written } = write(folder);
      write(folder, 2);
      mkdirSync(join(folder, 'wal'));
      const listed = promtool('list', folder);
      for (const part of [written.ulid, '01BENCH0000000000000000002', String(written.samples), String(written.chunks)])
        expect(listed).toContain(part);
      const analyzed = promtool('analyze', folder, written.ulid);
      expect(analyzed).toContain(`Block ID: ${written.ulid}`);
      expect(analyzed).toMatch(/(Total )?Series: 40/);
      expect(analyzed).toContain('Label names: 63');
    });
  });
});
