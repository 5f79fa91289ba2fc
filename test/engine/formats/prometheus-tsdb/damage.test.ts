/**
 * Blocks that were changed at random, always the same for the same seed. Whatever was changed: the result is right, or
 * a problem says that it is not; what is given all the same is right; and nothing takes long or reads beyond a file.
 */
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../../engine/formats/prometheus-tsdb/crc32c.ts';
import { seededRandom } from '../damage.ts';
import { collect, everything, type Collected } from './collect.ts';
import { loadFolder, MemoryFiles } from './folder-files.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';
const SNAPSHOTS = ['made-3.15/start-times', 'made-3.15/xor', 'om-snapshot/01M7YC2JG3S5G1HC2KE6A4Z62T', 'index-v1'];
const LONGEST_MILLIS = 10_000;
const options = { ...everything, limits: { ...everything.limits, sliceBytes: 64 * 1024 } };

type Files = Map<string, Uint8Array>;
type Random = () => number;

function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)]!;
}

function rowsOf({ series }: Collected): string[] {
  return series.flatMap(({ info, samples }) => {
    const labels = JSON.stringify(info.labels);
    return samples.map(({ timeMs, bits, histogram: h }) => {
      const counts = h && [h.count, h.zeroCount, h.sum, ...h.positiveBuckets, ...h.negativeBuckets].join();
      return `${labels} ${timeMs} ${bits ?? counts}`;
    });
  });
}

const CHANGES: readonly ((files: Files, name: string, random: Random) => void)[] = [
  function flipBits(files, name, random) {
    const bytes = Uint8Array.from(files.get(name)!);
    for (let i = 0; i <= below(random, 4); i++) bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    files.set(name, bytes);
  },
  function cutOff(files, name, random) {
    const bytes = files.get(name)!;
    files.set(name, bytes.subarray(0, below(random, bytes.length)));
  },
  function overwriteLength(files, name, random) {
    const bytes = Uint8Array.from(files.get(name)!);
    const value = pick(random, [0x80000000, 0xffffffff, 0x7fffffff, 0, below(random, 2 ** 32)]);
    if (bytes.length >= 4) new DataView(bytes.buffer).setUint32(below(random, bytes.length - 3), value);
    files.set(name, bytes);
  },
  function symbolTableOf2To31(files, name, random) {
    const index = name.replace(/[^/]*$/, '').replace(/chunks\/$/, '') + 'index';
    const bytes = Uint8Array.from(files.get(index)!);
    // The symbol table begins at byte 5: its length, then how many there are.
    new DataView(bytes.buffer).setUint32(pick(random, [5, 9]), 0x80000000);
    files.set(index, bytes);
  },
  function swapFiles(files, name, random) {
    const alike = [...files.keys()].filter((other) => other !== name && other.endsWith(name.slice(-5)));
    const other = alike.length === 0 ? pick(random, [...files.keys()]) : pick(random, alike);
    const bytes = files.get(name)!;
    files.set(name, files.get(other)!);
    files.set(other, bytes);
  },
  function goOn(files, name, random) {
    const extra = Uint8Array.from({ length: 1 + below(random, 64) }, () => below(random, 256));
    files.set(name, Buffer.concat([files.get(name)!, extra]));
  },
  function remove(files, name) {
    files.delete(name);
  },
];

async function readTimed(files: Files): Promise<{ collected: Collected; millis: number; memory: MemoryFiles }> {
  const memory = new MemoryFiles(files);
  const from = performance.now();
  const collected = await collect(memory, options);
  return { collected, millis: performance.now() - from, memory };
}

describe.each(SNAPSHOTS)('%s', (snapshot) => {
  it('is right or says what is wrong, after 600 changes', async () => {
    const whole = await loadFolder(`${FIXTURES}/${snapshot}`);
    const right = rowsOf((await readTimed(whole)).collected);
    const all = new Set(right);
    const names = [...whole.keys()];
    const random = seededRandom(20260301 + snapshot.length);
    let problems = 0;
    for (let round = 0; round < 600; round++) {
      const files = new Map(whole);
      const change = CHANGES[round % CHANGES.length]!;
      const name = pick(random, names);
      change(files, name, random);
      const { collected, millis, memory } = await readTimed(files);
      const rows = rowsOf(collected);
      const what = `round ${round}: ${change.name} ${name}`;
      const { report } = collected;
      expect(millis, what).toBeLessThan(LONGEST_MILLIS);
      expect(memory.readsBeyond, what).toBe(0);
      expect(memory.largestRead, what).toBeLessThan(512 * 1024);
      for (const problem of report.problems) expect(problem.where?.file, what).toBeTruthy();
      if (report.problemCount > 0) problems++;
      else if (change.name !== 'remove') expect(rows, what).toEqual(right);
      // Files of another block are whole in themselves, so only their combination can be seen to be wrong.
      if (change.name !== 'swapFiles')
        expect(
          rows.filter((row) => !all.has(row)),
          what,
        ).toEqual([]);
    }
    expect(problems).toBeGreaterThan(300);
  });

  it('ends without an error when checksums are made right again, after 400 changes', async () => {
    const whole = await loadFolder(`${FIXTURES}/${snapshot}`);
    const random = seededRandom(42 + snapshot.length);
    for (let round = 0; round < 400; round++) {
      const files = new Map(whole);
      const isIndex = round % 2 === 0;
      const name = pick(
        random,
        [...whole.keys()].filter((each) => each.endsWith(isIndex ? 'index' : '000001')),
      );
      const bytes = Uint8Array.from(files.get(name)!);
      const { from, to } = pick(random, isIndex ? guardedParts(bytes) : chunksOf(bytes));
      for (let i = 0; i <= below(random, 3); i++)
        bytes[from + below(random, Math.max(to - from, 1))] = pick(random, [0, 0xff, 0x80, 0x7f, below(random, 256)]);
      new DataView(bytes.buffer).setUint32(to, crc32c(bytes, from, to));
      files.set(name, bytes);
      const { millis, memory } = await readTimed(files);
      expect(millis, `round ${round}: ${name}`).toBeLessThan(LONGEST_MILLIS);
      expect(memory.readsBeyond).toBe(0);
    }
  });
});

interface Part {
  readonly from: number;
  readonly to: number;
}

// Table of contents, symbol table and series: what is guarded is [from, to), and the checksum follows.
function guardedParts(bytes: Uint8Array): Part[] {
  const view = new DataView(bytes.buffer);
  const toc = bytes.length - 52;
  const symbols = 5;
  const parts: Part[] = [
    { from: toc, to: toc + 48 },
    { from: symbols + 4, to: symbols + 4 + view.getUint32(symbols) },
  ];
  for (const table of [24, 40]) {
    const at = Number(view.getBigUint64(toc + table));
    parts.push({ from: at + 4, to: at + 4 + view.getUint32(at) });
  }
  let at = Number(view.getBigUint64(toc + 8));
  while (parts.length < 12) {
    const { value, next } = uvarint(bytes, at);
    if (value === 0) break;
    parts.push({ from: next, to: next + value });
    at = Math.ceil((next + value + 4) / 16) * 16;
  }
  return parts;
}

function chunksOf(bytes: Uint8Array): Part[] {
  const parts: Part[] = [];
  for (let at = 8; at < bytes.length;) {
    const { value, next } = uvarint(bytes, at);
    parts.push({ from: next, to: next + 1 + value });
    at = next + 1 + value + 4;
  }
  return parts;
}

function uvarint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, next: at };
  }
}
