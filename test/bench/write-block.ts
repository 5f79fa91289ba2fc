/**
 * Writes blocks of Prometheus' storage, fast, for tests and benchmarks. docs/formats/prometheus-tsdb/README.md
 *
 * It shares the order of labels and the checksum with the reader, and nothing else; promtool reads what it writes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloatSamples } from '../../engine/formats/prometheus-tsdb/float-samples.ts';
import { compareLabels, type Label } from '../../engine/formats/prometheus-tsdb/labels.ts';
import { ChunkList, writeIndex, type IndexedSeries } from './write-index.ts';
import { SegmentWriter } from './write-segments.ts';

/** As many as a server puts into a chunk. */
export const CHUNK_SAMPLES = 120;
const SEGMENT_BYTES = 512 * 1024 * 1024;
const ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const EMPTY_TOMBSTONES = Uint8Array.of(0x01, 0x30, 0xba, 0x30, 1, 0, 0, 0, 0);

export interface SeriesToWrite {
  /** Sorted by name, each name once. */
  readonly labels: readonly Label[];
  /**
   * Puts the samples of the next chunk into `times` and `values` (or their `bits`) and gives how many, up to
   * CHUNK_SAMPLES; 0 at the end. Times rise, also from chunk to chunk.
   */
  readonly fill: (samples: FloatSamples) => number;
}

export interface BlockOptions {
  /** The name of the block is made of this number. */
  readonly number: number;
  /** Largest segment file; 512 MiB as a server has it. */
  readonly segmentBytes?: number;
}

export interface WrittenBlock {
  readonly ulid: string;
  readonly series: number;
  readonly chunks: number;
  readonly samples: number;
  readonly chunkBytes: number;
  readonly indexBytes: number;
}

/**
 * Writes one block into `folder`. Series come in the order of their labels; otherwise it fails.
 *
 * In memory are labels, and about ten bytes for each chunk: samples go to the disk as they come.
 */
export function writeBlock(folder: string, series: Iterable<SeriesToWrite>, options: BlockOptions): WrittenBlock {
  const ulid = ulidOf(options.number);
  const block = join(folder, ulid);
  mkdirSync(block, { recursive: true });
  const chunks = new ChunkWriter(join(block, 'chunks'), options.segmentBytes ?? SEGMENT_BYTES);
  const indexed: IndexedSeries[] = [];
  for (const each of series) {
    refuseDisorder(indexed.at(-1)?.labels, each.labels);
    indexed.push(chunks.writeAll(each));
  }
  const chunkBytes = chunks.close();
  const indexBytes = writeIndex(join(block, 'index'), indexed);
  writeFileSync(join(block, 'tombstones'), EMPTY_TOMBSTONES);
  const counts = { series: indexed.length, chunks: chunks.count, samples: chunks.samples };
  writeFileSync(join(block, 'meta.json'), metaOf(ulid, chunks, counts));
  return { ulid, ...counts, chunkBytes, indexBytes };
}

class ChunkWriter {
  count = 0;
  samples = 0;
  minTimeMs = Infinity;
  maxTimeMs = -Infinity;
  readonly #segments: SegmentWriter;
  readonly #list = new ChunkList();
  readonly #samples = new FloatSamples();

  constructor(folder: string, segmentBytes: number) {
    this.#segments = new SegmentWriter(folder, segmentBytes);
  }

  writeAll({ labels, fill }: SeriesToWrite): IndexedSeries {
    const samples = this.#samples;
    samples.reserve(CHUNK_SAMPLES);
    for (samples.count = fill(samples); samples.count > 0; samples.count = fill(samples)) this.#write(samples);
    return this.#list.take(labels);
  }

  #write(samples: FloatSamples): void {
    const from = samples.times[0]!;
    const to = samples.times[samples.count - 1]!;
    this.#list.add(from, to, this.#segments.write(samples));
    this.count++;
    this.samples += samples.count;
    this.minTimeMs = Math.min(this.minTimeMs, from);
    this.maxTimeMs = Math.max(this.maxTimeMs, to);
  }

  close(): number {
    this.#segments.close();
    return this.#segments.totalBytes;
  }
}

function refuseDisorder(before: readonly Label[] | undefined, labels: readonly Label[]): void {
  if (before && compareLabels(before, labels) >= 0)
    throw new Error(`Series ${JSON.stringify(labels)} does not come after ${JSON.stringify(before)}.`);
}

function ulidOf(number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 32)) digits = ULID_DIGITS[rest % 32]! + digits;
  return `01BENCH${digits.padStart(19, '0')}`;
}

function metaOf(
  ulid: string,
  { minTimeMs, maxTimeMs }: ChunkWriter,
  { series, chunks, samples }: Pick<WrittenBlock, 'series' | 'chunks' | 'samples'>,
): string {
  const meta = {
    ulid,
    minTime: minTimeMs,
    // The end is not part of the block.
    maxTime: maxTimeMs + 1,
    stats: { numSamples: samples, numSeries: series, numChunks: chunks },
    compaction: { level: 1, sources: [ulid] },
    version: 1,
  };
  return `${JSON.stringify(meta, undefined, '\t')}\n`;
}
