/** Layer 4d, encodings 2, 3, 5 and 6: native histograms. docs/formats/prometheus-tsdb/histograms.md */
import { BitReader, readVarbitInt, readVarbitUint } from './bits.ts';
import { STALE_HIGH, STALE_LOW } from './float-samples.ts';
import { counterReset, readLayout, type CounterReset, type HistogramLayout } from './histogram-layout.ts';
import { XorValues } from './xor-values.ts';
import { ENDS_EARLY, FARTHEST_TIME, timeTrouble } from './xor.ts';
import { StartTimes } from './xor2.ts';

/** One sample of a native histogram. A stale marker has no buckets, and all its counts are 0. */
export interface HistogramSample {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly stale: boolean;
  /** `integer`: counts are whole numbers, exact up to 2^53. `float`: any number. */
  readonly counts: 'integer' | 'float';
  /** Against the sample before it in the same chunk; for the first, what the chunk says. */
  readonly counterReset: CounterReset;
  readonly layout: HistogramLayout;
  readonly count: number;
  readonly zeroCount: number;
  readonly sum: number;
  /** Counts of the buckets of the spans, one after the other; not cumulative. */
  readonly positiveBuckets: Float64Array;
  readonly negativeBuckets: Float64Array;
}

export interface HistogramEncoding {
  readonly counts: 'integer' | 'float';
  readonly startTimes: boolean;
}

const NO_BUCKETS = new Float64Array(0);
/** A chunk holds a few samples of some hundred buckets; more than this at once is taken for an attack. */
const MOST_BUCKET_VALUES = 4_000_000;
/** Counts in a whole number histogram beyond this would no longer be exact. */
const LARGEST_COUNT = Number.MAX_SAFE_INTEGER;

/**
 * Decodes the data of a histogram chunk, `bytes[from, to)`. Samples are in the order of time.
 *
 * Gives what is wrong as the end of a sentence about the chunk instead, where something is.
 */
export function decodeHistograms(
  bytes: Uint8Array,
  from: number,
  to: number,
  encoding: HistogramEncoding,
): readonly HistogramSample[] | string {
  if (to - from < 3) return 'has no header';
  // With start times the flags share two bytes with the count, and their own byte holds the header of start times.
  const flags = bytes[encoding.startTimes ? from : from + 2]!;
  const count = ((bytes[from]! << 8) | bytes[from + 1]!) & (encoding.startTimes ? 0x3fff : 0xffff);
  if (count === 0) return 'has no samples';
  if (count > 8 * (to - from)) return `has ${count} samples in ${to - from} bytes`;
  const bits = new BitReader(bytes, from + 3, to);
  const layout = readLayout(bits, encoding.counts === 'float' ? 64 : 1);
  if (typeof layout === 'string') return layout;
  const buckets = layout.positiveBuckets + layout.negativeBuckets;
  if (buckets * count > MOST_BUCKET_VALUES) return `has ${count} samples of ${buckets} buckets, more than is read`;
  const state = encoding.counts === 'float' ? new FloatState(bits, layout) : new IntegerState(bits, layout);
  const startTimes = new StartTimes(encoding.startTimes ? bytes[from + 2]! : 0);
  return readSamples({ bits, state, startTimes, count, layout, header: counterReset(flags), counts: encoding.counts });
}

interface Run {
  readonly bits: BitReader;
  readonly state: IntegerState | FloatState;
  readonly startTimes: StartTimes;
  readonly count: number;
  readonly layout: HistogramLayout;
  readonly header: CounterReset;
  readonly counts: 'integer' | 'float';
}

function readSamples({ bits, state, startTimes, count, layout, header, counts }: Run): HistogramSample[] | string {
  const samples: HistogramSample[] = [];
  let time = 0;
  let delta = 0;
  for (let i = 0; i < count; i++) {
    const change = readVarbitInt(bits);
    // The first time is written in full and begins no difference.
    if (i > 0) delta += change;
    const next = i === 0 ? change : time + delta;
    if (i === 0 ? Math.abs(next) > FARTHEST_TIME : !(next > time && next <= FARTHEST_TIME))
      return timeTrouble(i, time, next, bits.overrun);
    time = next;
    if (i === 0) state.first();
    else state.next();
    startTimes.pass(bits, i);
    if (bits.overrun) return ENDS_EARLY;
    if (state.trouble !== undefined) return `has sample ${i} ${state.trouble}`;
    const reset = resetAt(i, header);
    samples.push({ timeMs: time, counts, counterReset: reset, layout, ...state.sample() });
  }
  return samples;
}

// That there was no reset before the chunk is only known with the chunk before it, so a server does not rely on it.
function resetAt(i: number, header: CounterReset): CounterReset {
  if (header === 'gauge') return header;
  if (i > 0) return 'not reset';
  return header === 'reset' ? header : 'unknown';
}

type Counts = Pick<HistogramSample, 'stale' | 'count' | 'zeroCount' | 'sum' | 'positiveBuckets' | 'negativeBuckets'>;

function staleCounts(sum: number): Counts {
  return { stale: true, count: 0, zeroCount: 0, sum, positiveBuckets: NO_BUCKETS, negativeBuckets: NO_BUCKETS };
}

function isStale(sum: XorValues, i: number): boolean {
  return sum.high(i) === STALE_HIGH && sum.low(i) === STALE_LOW;
}

/** Whole numbers: differences of differences. Buckets are differences to the bucket before, too. */
class IntegerState {
  trouble: string | undefined;
  private readonly sum = new XorValues(1);
  /** Count, count of the zero bucket, then all buckets. */
  private readonly now: Float64Array;
  private readonly change: Float64Array;

  constructor(
    private readonly bits: BitReader,
    private readonly layout: HistogramLayout,
  ) {
    this.now = new Float64Array(2 + layout.positiveBuckets + layout.negativeBuckets);
    this.change = new Float64Array(this.now.length);
  }

  first(): void {
    const { bits, now } = this;
    now[0] = readVarbitUint(bits);
    now[1] = readVarbitUint(bits);
    this.sum.readPlain(bits, 0);
    for (let i = 2; i < now.length; i++) now[i] = readVarbitInt(bits);
    this.#check();
  }

  next(): void {
    this.#step(0);
    this.#step(1);
    this.sum.read(this.bits, 0);
    if (this.sum.broken) this.trouble = 'with a sum of more than 64 bits';
    // Buckets of a stale marker are not written, and the next sample goes on from those before it.
    if (isStale(this.sum, 0)) return;
    for (let i = 2; i < this.now.length; i++) this.#step(i);
    this.#check();
  }

  #step(i: number): void {
    this.change[i] = this.change[i]! + readVarbitInt(this.bits);
    this.now[i] = this.now[i]! + this.change[i]!;
  }

  #check(): void {
    for (const value of this.now) if (Math.abs(value) > LARGEST_COUNT) this.trouble = `with the count ${value}`;
  }

  sample(): Counts {
    const sum = this.sum.floats[0]!;
    if (isStale(this.sum, 0)) return staleCounts(sum);
    const { positiveBuckets: positive, negativeBuckets: negative } = this.layout;
    return {
      stale: false,
      count: this.now[0]!,
      zeroCount: this.now[1]!,
      sum,
      positiveBuckets: runningSums(this.now.subarray(2, 2 + positive)),
      negativeBuckets: runningSums(this.now.subarray(2 + positive, 2 + positive + negative)),
    };
  }
}

function runningSums(differences: Float64Array): Float64Array {
  let sum = 0;
  return differences.map((difference) => (sum += difference));
}

/** Floats: everything is XORed with the sample before. */
class FloatState {
  trouble: string | undefined;
  /** Count, count of the zero bucket, sum, then all buckets. */
  private readonly now: XorValues;

  constructor(
    private readonly bits: BitReader,
    private readonly layout: HistogramLayout,
  ) {
    this.now = new XorValues(3 + layout.positiveBuckets + layout.negativeBuckets);
  }

  first(): void {
    for (let i = 0; i < this.now.floats.length; i++) this.now.readPlain(this.bits, i);
  }

  next(): void {
    for (let i = 0; i < 3; i++) this.now.read(this.bits, i);
    if (!isStale(this.now, 2)) for (let i = 3; i < this.now.floats.length; i++) this.now.read(this.bits, i);
    if (this.now.broken) this.trouble = 'with a number of more than 64 bits';
  }

  sample(): Counts {
    const { floats } = this.now;
    if (isStale(this.now, 2)) return staleCounts(floats[2]!);
    const negativeFrom = 3 + this.layout.positiveBuckets;
    return {
      stale: false,
      count: floats[0]!,
      zeroCount: floats[1]!,
      sum: floats[2]!,
      positiveBuckets: floats.slice(3, negativeFrom),
      negativeBuckets: floats.slice(negativeFrom),
    };
  }
}
