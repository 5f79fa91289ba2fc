/** Layer 4, the samples of a chunk, by its encoding. docs/formats/prometheus-tsdb/chunks.md */
import { damaged, unsupported } from './damage.ts';
import type { FloatSamples } from './float-samples.ts';
import { decodeHistograms, type HistogramEncoding, type HistogramSample } from './histograms.ts';
import type { ChunkBytes } from './segments.ts';
import type { ChunkEntry } from './series-entries.ts';
import type { Problem } from '../../../shared/problem.ts';
import { decodeXor } from './xor.ts';
import { decodeXor2 } from './xor2.ts';

const HISTOGRAM_ENCODINGS: ReadonlyMap<number, HistogramEncoding> = new Map([
  [2, { counts: 'integer', startTimes: false }],
  [3, { counts: 'float', startTimes: false }],
  [5, { counts: 'integer', startTimes: true }],
  [6, { counts: 'float', startTimes: true }],
]);

/** Floats of one chunk, or histograms of one chunk. Floats are only there until the next chunk is decoded. */
export type ChunkSamples =
  | { readonly kind: 'floats'; readonly floats: FloatSamples }
  | { readonly kind: 'histograms'; readonly histograms: readonly HistogramSample[] };

/**
 * Decodes a chunk and compares its times with those in the index. Fails with a `ProblemError`: damage
 * (`damaged_file`), an encoding that is not known (`unknown_format`, with its number). Reports times that are only
 * narrower than in the index.
 */
export function decodeChunk(
  chunk: ChunkBytes,
  entry: ChunkEntry,
  floats: FloatSamples,
  report: (problem: Problem) => void,
): ChunkSamples {
  const { encoding, bytes, from, to } = chunk;
  const asHistograms = HISTOGRAM_ENCODINGS.get(encoding);
  if (asHistograms) {
    const histograms = decodeHistograms(bytes, from, to, asHistograms);
    if (typeof histograms === 'string') chunkTrouble(chunk, histograms);
    compareTimes(chunk, entry, { first: histograms[0]!.timeMs, last: histograms.at(-1)!.timeMs }, report);
    return { kind: 'histograms', histograms };
  }
  if (encoding !== 1 && encoding !== 4)
    unsupported(chunk.file, chunk.byte, `Chunk encoding ${encoding} is not known; 1 to 6 are read.`);
  const trouble = encoding === 1 ? decodeXor(bytes, from, to, floats) : decodeXor2(bytes, from, to, floats);
  if (trouble !== undefined) chunkTrouble(chunk, trouble);
  compareTimes(chunk, entry, { first: floats.times[0]!, last: floats.times[floats.count - 1]! }, report);
  return { kind: 'floats', floats };
}

function chunkTrouble({ file, byte, encoding }: ChunkBytes, trouble: string): never {
  damaged(file, byte, `Chunk (encoding ${encoding}) ${trouble}.`);
}

interface Span {
  readonly first: number;
  readonly last: number;
}

// The checksum is right, so times outside of what the index says mean that index and segments are not of one block. Old
// servers that took out deleted samples left the times in the index as they were: that is reported, and read.
function compareTimes(
  { file, byte }: ChunkBytes,
  entry: ChunkEntry,
  { first, last }: Span,
  report: (problem: Problem) => void,
): void {
  const { minTimeMs, maxTimeMs } = entry;
  if (first === minTimeMs && last === maxTimeMs) return;
  const message = `Chunk is from ${first} to ${last} ms, but the index says ${minTimeMs} to ${maxTimeMs} ms.`;
  if (first < minTimeMs || last > maxTimeMs) damaged(file, byte, message);
  const remedy = 'Check that index and segments are of the same block.';
  report({ code: 'damaged_file', message, where: { file, byte }, remedy });
}
