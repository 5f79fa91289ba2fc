/** Layer 4b, encoding 4: as XOR, time and value in one prefix, with start times. docs/…/xor2.md */
import { BitReader, readVarbitInt } from './bits.ts';
import { HIGH, LOW, STALE_HIGH, STALE_LOW, type FloatSamples } from './float-samples.ts';
import { XorValues } from './xor-values.ts';
import { ENDS_EARLY, FARTHEST_TIME, timeTrouble } from './xor.ts';

/**
 * Decodes the data of an XOR2 chunk into `samples`. Start times are passed over: no table holds them.
 *
 * Gives `undefined`, or what is wrong as the end of a sentence about the chunk.
 */
export function decodeXor2(bytes: Uint8Array, from: number, to: number, samples: FloatSamples): string | undefined {
  if (to - from < 3) return 'has no header';
  const count = (bytes[from]! << 8) | bytes[from + 1]!;
  if (count > 8 * (to - from)) return `has ${count} samples in ${to - from} bytes`;
  samples.reserve(count);
  if (count === 0) return 'has no samples';
  const startTimes = new StartTimes(bytes[from + 2]!);
  const reader = new BitReader(bytes, from + 3, to);
  const values = new Xor2Values(reader);
  const { times, bits } = samples;
  let time = reader.varint();
  let delta = 0;
  values.first();
  if (Math.abs(time) > FARTHEST_TIME) return `begins at ${time} ms`;
  for (let i = 0; ;) {
    startTimes.pass(reader, i);
    if (reader.overrun) return ENDS_EARLY;
    times[i] = time;
    bits[2 * i + HIGH] = values.stale ? STALE_HIGH : values.high;
    bits[2 * i + LOW] = values.stale ? STALE_LOW : values.low;
    if (++i === count) break;
    if (i === 1) {
      delta = reader.uvarint();
      values.next();
    } else delta += values.joint();
    const next = time + delta;
    if (!(next > time && next <= FARTHEST_TIME)) return timeTrouble(i, time, next, reader.overrun);
    time = next;
    if (values.broken) return reader.overrun ? ENDS_EARLY : `has sample ${i} with more than 64 bits`;
  }
  samples.count = count;
  return undefined;
}

/**
 * Passes over start times. The header: bit 7, the first sample has one; bits 6 to 0, the sample from which on every
 * sample has one, 0 for none.
 */
export class StartTimes {
  private readonly firstKnown: boolean;
  private readonly changeOn: number;

  constructor(header: number) {
    this.firstKnown = (header & 0x80) !== 0;
    this.changeOn = header & 0x7f;
  }

  pass(reader: BitReader, sample: number): void {
    if (sample === 0) {
      if (this.firstKnown) reader.varint();
    } else if (this.changeOn > 0 && sample >= this.changeOn) readVarbitInt(reader);
  }
}

/** The value under the reader. A stale marker leaves the value that the next one is compared with as it was. */
class Xor2Values {
  stale = false;
  private readonly values = new XorValues(1);

  constructor(private readonly reader: BitReader) {}

  get high(): number {
    return this.values.high(0);
  }

  get low(): number {
    return this.values.low(0);
  }

  get broken(): boolean {
    return this.values.broken;
  }

  first(): void {
    const high = this.reader.take(32);
    const low = this.reader.take(32);
    this.stale = high === STALE_HIGH && low === STALE_LOW;
    if (!this.stale) this.values.set(0, high, low);
  }

  /** `0` as before, `10` in the window of before, `110` in a new window, `111` stale. */
  next(): void {
    const ones = this.reader.ones(3);
    this.stale = ones === 3;
    if (ones === 1 || ones === 2) this.values.change(this.reader, 0, ones === 2);
  }

  /** Time and value in one; gives the change of the time difference. */
  joint(): number {
    const { reader } = this;
    const ones = reader.ones(5);
    if (ones === 0 || ones === 5) {
      this.stale = ones === 5;
      return 0;
    }
    if (ones === 1) {
      this.stale = false;
      this.values.change(reader, 0, reader.bit() === 1);
      return 0;
    }
    const change = ones === 2 ? signed(reader, 13) : ones === 3 ? signed(reader, 20) : reader.signed64();
    this.next();
    return change;
  }
}

function signed(reader: BitReader, width: number): number {
  return (reader.take(width) << (32 - width)) >> (32 - width);
}
