/** 64-bit values that are kept as the XOR with the one before them ("varbit_xor"). */
import type { BitReader } from './bits.ts';
import { HIGH, LOW } from './float-samples.ts';

/** Some values, each with its own window of changed bits, as they go from sample to sample. */
export class XorValues {
  /** The values now. */
  readonly floats: Float64Array;
  /** True once a window would reach beyond 64 bits. */
  broken = false;
  private readonly bits: Uint32Array;
  private readonly widths: Uint8Array;
  private readonly trailing: Uint8Array;

  constructor(count: number) {
    this.floats = new Float64Array(count);
    this.bits = new Uint32Array(this.floats.buffer);
    this.widths = new Uint8Array(count).fill(64);
    this.trailing = new Uint8Array(count);
  }

  high(i: number): number {
    return this.bits[2 * i + HIGH]!;
  }

  low(i: number): number {
    return this.bits[2 * i + LOW]!;
  }

  set(i: number, high: number, low: number): void {
    this.bits[2 * i + HIGH] = high;
    this.bits[2 * i + LOW] = low;
  }

  /** Takes 64 bits as they are. */
  readPlain(reader: BitReader, i: number): void {
    this.set(i, reader.take(32), reader.take(32));
  }

  /** `0` as before, `10` in the window of before, `11` in a new window. */
  read(reader: BitReader, i: number): void {
    const ones = reader.ones(2);
    if (ones > 0) this.change(reader, i, ones === 2);
  }

  /** Takes the changed bits. A new window is 5 bits of leading zeros and 6 bits of width, where 0 means 64. */
  change(reader: BitReader, i: number, newWindow: boolean): void {
    if (newWindow) this.#readWindow(reader, i);
    const width = this.widths[i]!;
    const trailing = this.trailing[i]!;
    const high = width > 32 ? reader.take(width - 32) : 0;
    const low = reader.take(Math.min(width, 32));
    const { bits } = this;
    if (trailing >= 32) bits[2 * i + HIGH]! ^= low << (trailing - 32);
    else {
      bits[2 * i + HIGH]! ^= trailing === 0 ? high : (high << trailing) | (low >>> (32 - trailing));
      bits[2 * i + LOW]! ^= low << trailing;
    }
  }

  #readWindow(reader: BitReader, i: number): void {
    const window = reader.take(11);
    const width = window & 63 || 64;
    const trailing = 64 - (window >>> 6) - width;
    if (trailing < 0) this.broken = true;
    this.widths[i] = width;
    this.trailing[i] = Math.max(trailing, 0);
  }
}
