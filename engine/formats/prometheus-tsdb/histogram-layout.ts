/** Layer 4c, what all samples of a histogram chunk have in common. docs/formats/prometheus-tsdb/histograms.md */
import { readVarbitInt, readVarbitUint, type BitReader } from './bits.ts';
import { XorValues } from './xor-values.ts';

/** Bucket limits that are written in the chunk, not computed. */
export const CUSTOM_BOUNDS_SCHEMA = -53;

/** `length` buckets next to each other, `offset` buckets after the end of the span before. */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** What a chunk says about counter resets, in the two upper bits of its flags. */
export type CounterReset = 'unknown' | 'not reset' | 'reset' | 'gauge';

const COUNTER_RESETS: readonly CounterReset[] = ['unknown', 'not reset', 'reset', 'gauge'];

/** The meaning of the two upper bits of a byte. */
export function counterReset(flags: number): CounterReset {
  return COUNTER_RESETS[flags >>> 6]!;
}

export interface HistogramLayout {
  /** -9 to 52: each bucket is 2^(2^-schema) times as wide as the one before; -53: custom bounds. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly positiveSpans: readonly BucketSpan[];
  readonly negativeSpans: readonly BucketSpan[];
  /** Upper bounds of the buckets, only for schema -53. */
  readonly customBounds: readonly number[];
  readonly positiveBuckets: number;
  readonly negativeBuckets: number;
}

/**
 * Reads the layout. `bitsPerBucket` is the least that a bucket of the first sample takes: more buckets than can be there
 * are refused before room is made for them.
 *
 * Gives what is wrong as the end of a sentence about the chunk instead, where something is.
 */
export function readLayout(bits: BitReader, bitsPerBucket: number): HistogramLayout | string {
  const zeroThreshold = readZeroThreshold(bits);
  const schema = readVarbitInt(bits);
  const positiveSpans = readSpans(bits);
  const negativeSpans = readSpans(bits);
  const customBounds = schema === CUSTOM_BOUNDS_SCHEMA ? readCustomBounds(bits) : [];
  if (bits.overrun || !positiveSpans || !negativeSpans || !customBounds) return 'ends before its layout does';
  if (schema !== CUSTOM_BOUNDS_SCHEMA && (schema < -9 || schema > 52)) return `has the unknown schema ${schema}`;
  const positiveBuckets = bucketCount(positiveSpans);
  const negativeBuckets = bucketCount(negativeSpans);
  if ((positiveBuckets + negativeBuckets) * bitsPerBucket > bits.left)
    return `has ${positiveBuckets + negativeBuckets} buckets in ${bits.left} bits`;
  return { schema, zeroThreshold, positiveSpans, negativeSpans, customBounds, positiveBuckets, negativeBuckets };
}

// One byte: 0 is zero, 255 is followed by 64 bits, any other b is 2^(b - 244).
function readZeroThreshold(bits: BitReader): number {
  const byte = bits.take(8);
  if (byte === 0) return 0;
  return byte === 255 ? readDouble(bits) : 2 ** (byte - 244);
}

function readDouble(bits: BitReader): number {
  const value = new XorValues(1);
  value.readPlain(bits, 0);
  return value.floats[0]!;
}

function readSpans(bits: BitReader): BucketSpan[] | undefined {
  const count = readVarbitUint(bits);
  if (count * 2 > bits.left) return undefined;
  const spans: BucketSpan[] = [];
  for (let i = 0; i < count; i++) {
    const length = readVarbitUint(bits);
    spans.push({ length, offset: readVarbitInt(bits) });
  }
  return spans;
}

function bucketCount(spans: readonly BucketSpan[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

// A bound that is a whole number of thousandths is that number plus one; any other is a zero and then 64 bits.
function readCustomBounds(bits: BitReader): number[] | undefined {
  const count = readVarbitUint(bits);
  if (count > bits.left) return undefined;
  const bounds: number[] = [];
  for (let i = 0; i < count; i++) {
    const written = readVarbitUint(bits);
    bounds.push(written === 0 ? readDouble(bits) : (written - 1) / 1000);
  }
  return bounds;
}
