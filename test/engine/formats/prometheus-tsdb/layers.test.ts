import { describe, expect, it } from 'vitest';
import { decodeChunk } from '../../../../engine/formats/prometheus-tsdb/chunk-samples.ts';
import { crc32c } from '../../../../engine/formats/prometheus-tsdb/crc32c.ts';
import { findBlocks } from '../../../../engine/formats/prometheus-tsdb/find-blocks.ts';
import { FloatSamples, HIGH, LOW } from '../../../../engine/formats/prometheus-tsdb/float-samples.ts';
import { compareText } from '../../../../engine/formats/prometheus-tsdb/labels.ts';
import { decodeXor } from '../../../../engine/formats/prometheus-tsdb/xor.ts';
import { seededRandom } from '../damage.ts';
import { collect, everything, type Collected } from './collect.ts';
import { loadFolder, MemoryFiles } from './folder-files.ts';

const XOR = 'test/fixtures/prometheus-tsdb/made-3.15/xor';

describe('crc32c', () => {
  // RFC 3720, appendix B.4.
  it.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
    [new Uint8Array(0), 0],
  ])('has the published value', (bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(crc32c(bytes, cut, bytes.length, crc32c(bytes, 0, cut))).toBe(expected);
  });
});

describe('compareText', () => {
  it('sorts as the bytes of UTF-8 do', () => {
    const texts = ['', 'a', 'ab', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', 'a😀', 'a\uffff', 'Z', '~'];
    const random = seededRandom(3);
    const shuffled = texts.map((text) => ({ text, at: random() })).sort((a, b) => a.at - b.at);
    const sorted = shuffled.map(({ text }) => text).sort(compareText);
    expect(sorted).toEqual([...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });
});

// One sample at 0 ms: count, time as a varint, value.
function chunkOf(high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(2 + 1 + 8 + 32);
  bytes[1] = 1;
  new DataView(bytes.buffer).setUint32(3, high);
  new DataView(bytes.buffer).setUint32(7, low);
  return bytes;
}

describe('values as bits', () => {
  it.each([
    [0x7ff00000, 2, true],
    [0x7ff00000, 1, false],
    [0x7ff00000, 3, false],
    [0x7ff80000, 1, false],
    [0x7ff80000, 2, false],
    [0xfff00000, 2, false],
    [0x7ff00000, 0, false],
    [0x80000000, 0, false],
    [0, 1, false],
  ])('%s %s: stale %s', (high, low, stale) => {
    const samples = new FloatSamples();
    expect(decodeXor(chunkOf(high, low), 0, 11, samples)).toBeUndefined();
    expect(samples.count).toBe(1);
    expect(samples.isStale(0)).toBe(stale);
    expect([samples.bits[HIGH], samples.bits[LOW]]).toEqual([high, low]);
  });
});

async function readChanged(change: (files: Map<string, Uint8Array>) => void): Promise<Collected> {
  const files = await loadFolder(XOR);
  change(files);
  return collect(new MemoryFiles(files));
}

function named(files: Map<string, Uint8Array>, end: string): string {
  return [...files.keys()].filter((name) => name.endsWith(end)).sort()[0]!;
}

describe('what cannot be read', () => {
  it('is an unknown encoding with its number, and the time it covers', async () => {
    const { report, series } = await readChanged((files) => {
      const name = named(files, 'chunks/000001');
      const bytes = Uint8Array.from(files.get(name)!);
      // The first chunk: a length of two bytes, the encoding, the data, the checksum.
      const length = (bytes[8]! & 127) + bytes[9]! * 128;
      bytes[10] = 7;
      new DataView(bytes.buffer).setUint32(11 + length, crc32c(bytes, 10, 11 + length));
      files.set(name, bytes);
    });
    expect(report.problems).toHaveLength(1);
    expect(report.problems[0]).toMatchObject({ code: 'unknown_format', where: { byte: 8 } });
    expect(report.problems[0]!.message).toContain('encoding 7');
    const unread = series.flatMap((each) => each.unread);
    expect(unread).toHaveLength(1);
    expect(unread[0]!.because).toBe('damaged');
    expect(unread[0]!.toMs).toBeGreaterThan(unread[0]!.fromMs);
    expect(report.blocks.filter(({ whole }) => !whole)).toHaveLength(1);
  });

  it.each([
    ['index', 4, 9, 'The index has version 9'],
    ['chunks/000001', 4, 3, 'The segment has version 3'],
    ['tombstones', 4, 2, 'Tombstones have version 2'],
  ])('is %s of another version', async (end, at, version, message) => {
    const { report } = await readChanged((files) => {
      const name = named(files, end);
      const bytes = Uint8Array.from(files.get(name)!);
      bytes[at] = version;
      files.set(name, bytes);
    });
    expect(report.problems[0]).toMatchObject({ code: 'unknown_format' });
    expect(report.problems[0]!.message).toContain(message);
  });

  it('is a meta.json of another version', async () => {
    const { report } = await readChanged((files) => {
      const name = named(files, 'meta.json');
      const text = Buffer.from(files.get(name)!).toString('utf8').replace('"version": 1', '"version": 2');
      files.set(name, Buffer.from(text));
    });
    expect(report.problems[0]).toMatchObject({ code: 'unknown_format' });
    expect(report.blocks).toHaveLength(1);
  });

  it('is a symbol table beyond the limit', async () => {
    const files = new MemoryFiles(await loadFolder(XOR));
    const limits = { ...everything.limits, mostSymbolBytes: 50 };
    const { report } = await collect(files, { ...everything, limits });
    expect(report.problems.map(({ code }) => code)).toEqual(['limit_reached', 'limit_reached']);
    expect(report.series).toBe(0);
  });

  it('keeps only so many problems, and counts all', async () => {
    const files = await loadFolder(XOR);
    for (const [name, bytes] of files) if (name.endsWith('000001')) files.set(name, bytes.subarray(0, 8));
    const limits = { ...everything.limits, mostProblems: 5 };
    const { report } = await collect(new MemoryFiles(files), { ...everything, limits });
    expect(report.problems).toHaveLength(5);
    expect(report.problemCount).toBeGreaterThan(20);
    expect(report.samples).toBe(0);
  });
});

describe('findBlocks', () => {
  it('names what is not in blocks', () => {
    const ulid = '01M7YC2JG3S5G1HC2KE6A4Z62T';
    const names = [
      `snap/${ulid}/meta.json`,
      `snap/${ulid}/chunks/000001`,
      'snap/wal/00000000',
      'snap/wal/00000001',
      'snap/chunks_head/000001',
      `snap/${ulid}.tmp-for-creation/meta.json`,
      'snap/lock',
    ];
    const { blocks, notRead } = findBlocks({
      list: () => names.map((name) => ({ name, sizeBytes: 10 })),
      read: () => Promise.reject(new Error('Nothing is read to find blocks.')),
    });
    expect(blocks.map(({ path, files }) => [path, files.length])).toEqual([[`snap/${ulid}/`, 2]]);
    expect(notRead.map(({ name, files, sizeBytes }) => [name, files, sizeBytes])).toEqual([
      [`snap/${ulid}.tmp-for-creation`, 1, 10],
      ['snap/chunks_head', 1, 10],
      ['snap/lock', 1, 10],
      ['snap/wal', 2, 20],
    ]);
  });

  it('takes a single block without a folder of its own', async () => {
    const files = await loadFolder('test/fixtures/prometheus-tsdb/index-v1/01DXXFZDYD1MQW6079WK0K6EDQ');
    const { report } = await collect(new MemoryFiles(files));
    expect(report.problems).toEqual([]);
    expect(report.samples).toBe(102);
    expect(report.blocks[0]!.path).toBe('');
  });
});

describe('deletions', () => {
  it('are told with their times and end a run', async () => {
    const files = await loadFolder('test/fixtures/prometheus-tsdb/om-snapshot');
    const { series, report } = await collect(new MemoryFiles(files));
    const deleted = series.filter(({ unread }) => unread.length > 0);
    expect(deleted.length).toBeGreaterThan(0);
    expect(report.blocks.reduce((sum, block) => sum + block.deletedSamples, 0)).toBeGreaterThan(100);
    for (const { unread, samples, runs } of deleted) {
      for (const { fromMs, toMs, because } of unread) {
        expect(because).toBe('deleted');
        expect(samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)).toEqual([]);
      }
      expect(runs.some(({ endedBy }) => endedBy === 'unread') || samples.length === 0).toBe(true);
    }
  });
});

describe('an index that names a part again and again', () => {
  it('is stopped before it takes long', async () => {
    const { index, lists } = hostileIndex(20_000, 40_000);
    const files = await loadFolder(XOR);
    const name = named(files, 'index');
    files.set(name, index);
    const memory = new MemoryFiles(files);
    const from = performance.now();
    const { report } = await collect(memory, everything);
    expect(performance.now() - from).toBeLessThan(30_000);
    expect(report.problemCount).toBeGreaterThan(lists / 2);
    expect(report.problems.some(({ message }) => message.includes('more bytes than the file'))).toBe(true);
  });
});

// Every entry of the postings table points to one list, which is long.
function hostileIndex(lists: number, entries: number): { index: Uint8Array; lists: number } {
  const guarded = (body: Buffer): Buffer => {
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(body.length);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32c(body), body.length + 4);
    return framed;
  };
  const head = Buffer.from([0xba, 0xaa, 0xd7, 0x00, 2]);
  const symbols = guarded(Buffer.from([0, 0, 0, 1, 1, 97]));
  const list = Buffer.alloc(4 + 4 * entries);
  list.writeUInt32BE(entries);
  const postings = guarded(list);
  const postingsAt = head.length + symbols.length;
  const entry = (name: string): number[] => [
    2,
    name.length,
    ...Buffer.from(name),
    name.length,
    ...Buffer.from(name),
    postingsAt,
  ];
  const table = guarded(
    Buffer.from([...u32(lists + 1), ...entry(''), ...Array.from({ length: lists }, () => entry('a')).flat()]),
  );
  const tableAt = postingsAt + postings.length;
  const places = Buffer.alloc(48);
  [head.length, postingsAt, 0, 0, postingsAt, tableAt].forEach((at, i) => places.writeBigUInt64BE(BigInt(at), 8 * i));
  return { index: Buffer.concat([head, symbols, postings, table, places, u32(crc32c(places))]), lists };
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe('times of a chunk', () => {
  const decode = (entry: { minTimeMs: number; maxTimeMs: number }): string[] => {
    const problems: string[] = [];
    const bytes = { file: 'chunks/000001', byte: 8, encoding: 1, bytes: chunkOf(0, 1), from: 0, to: 11 };
    decodeChunk(bytes, { ...entry, segment: 0, offset: 8 }, new FloatSamples(), ({ message }) =>
      problems.push(message),
    );
    return problems;
  };

  it('may be narrower than in the index, which is said', () => {
    expect(decode({ minTimeMs: 0, maxTimeMs: 0 })).toEqual([]);
    expect(decode({ minTimeMs: -5, maxTimeMs: 9 })).toEqual([
      'Chunk is from 0 to 0 ms, but the index says -5 to 9 ms.',
    ]);
  });

  it('may not be outside of it', () => {
    expect(() => decode({ minTimeMs: 1, maxTimeMs: 9 })).toThrow('the index says 1 to 9 ms');
  });
});
