/** Samples of one chunk as columns. Values stay 64 bits from the file to the table: no NaN loses its payload. */

/** The marker that a series ended, as a pattern of 64 bits. It is a NaN, and is told from others only by its bits. */
export const STALE_HIGH = 0x7ff00000;
export const STALE_LOW = 2;

// The halves of each value are written one by one below.
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
/** Index of the upper and of the lower half of value `i` in `bits`: `2 * i + HIGH`, `2 * i + LOW`. */
export const HIGH = LITTLE_ENDIAN ? 1 : 0;
export const LOW = 1 - HIGH;

export class FloatSamples {
  /** Milliseconds since 1970, rising. */
  times = new Float64Array(0);
  values = new Float64Array(0);
  /** The same memory as `values`, as 32-bit halves. */
  bits = new Uint32Array(0);
  count = 0;

  /** Makes room for `count` samples. What is held is lost. */
  reserve(count: number): void {
    this.count = 0;
    if (this.times.length >= count) return;
    this.times = new Float64Array(count);
    this.values = new Float64Array(count);
    this.bits = new Uint32Array(this.values.buffer);
  }

  isStale(i: number): boolean {
    return this.bits[2 * i + HIGH] === STALE_HIGH && this.bits[2 * i + LOW] === STALE_LOW;
  }

  /** Place of the first stale marker, or -1. */
  firstStale(): number {
    const { bits, count } = this;
    for (let i = 0; i < count; i++) if (bits[2 * i + HIGH] === STALE_HIGH && this.isStale(i)) return i;
    return -1;
  }

  /** Copies sample `i` of another to place `to` here, bit by bit. */
  copy(to: number, from: FloatSamples, i: number): void {
    this.times[to] = from.times[i]!;
    this.bits[2 * to] = from.bits[2 * i]!;
    this.bits[2 * to + 1] = from.bits[2 * i + 1]!;
  }
}
