/** Reading bit by bit, most significant first, as chunks are written. */

/**
 * A place in some bytes, counted in bits. Reading past the end gives meaningless bits and is seen by `overrun`, so that
 * a decoder asks once for each sample. Up to `SLACK_BYTES` after the end must be there.
 */
export class BitReader {
  at: number;
  private readonly end: number;

  constructor(
    readonly bytes: Uint8Array,
    fromByte: number,
    toByte: number,
  ) {
    this.at = fromByte * 8;
    this.end = toByte * 8;
  }

  get overrun(): boolean {
    return this.at > this.end;
  }

  /** Bits that are left; negative after an overrun. */
  get left(): number {
    return this.end - this.at;
  }

  /** The next 32 bits, as a signed number, without going on. */
  peek(): number {
    const { bytes } = this;
    const byte = this.at >>> 3;
    const shift = this.at & 7;
    const word = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
    return shift === 0 ? word : (word << shift) | (bytes[byte + 4]! >>> (8 - shift));
  }

  bit(): number {
    const value = (this.bytes[this.at >>> 3]! >>> (7 - (this.at & 7))) & 1;
    this.at++;
    return value;
  }

  /** The next `count` bits as an unsigned number; 1 to 32. */
  take(count: number): number {
    const value = this.peek() >>> (32 - count);
    this.at += count;
    return value;
  }

  /** How many ones stand before the next zero, which is taken too; at most `most`, and then no zero follows. */
  ones(most: number): number {
    const zeros = Math.clz32(~this.peek());
    if (zeros >= most) {
      this.at += most;
      return most;
    }
    this.at += zeros + 1;
    return zeros;
  }

  /** 64 bits in two's complement. Exact up to 2^53, beyond it the nearest number. */
  signed64(): number {
    const high = this.take(32) | 0;
    return high * 4_294_967_296 + this.take(32);
  }

  /** A varint of Go's: base 128 with the sign in the lowest bit, on whatever bit it begins. */
  varint(): number {
    const value = this.#base128();
    if (typeof value === 'number') return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
  }

  /** A uvarint of Go's. */
  uvarint(): number {
    return Number(this.#base128());
  }

  // Up to 49 bits fit into a number.
  #base128(): number | bigint {
    let value = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const byte = this.take(8);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return this.#longBase128(BigInt(value));
  }

  #longBase128(low: bigint): bigint {
    let value = low;
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.take(8);
      value += BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    // Ten bytes and no end: nothing a writer makes, so make it an overrun.
    this.at = this.end + 1;
    return 0n;
  }
}

/** Widths that the unary prefix of a varbit number chooses from: no bit, 3 bits, ... 64 bits. */
const VARBIT_WIDTHS = [0, 3, 6, 9, 12, 18, 25, 56, 64];

/** A signed number in 1 bit to 9 bytes ("varbit_int"). Exact up to 2^53, beyond it the nearest number. */
export function readVarbitInt(bits: BitReader): number {
  const width = VARBIT_WIDTHS[bits.ones(8)]!;
  if (width === 0) return 0;
  if (width === 64) return bits.signed64();
  const value = width <= 32 ? bits.take(width) : bits.take(width - 32) * 4_294_967_296 + bits.take(32);
  // The middle value belongs to the positive half.
  return value > 2 ** (width - 1) ? value - 2 ** width : value;
}

/** An unsigned number in 1 bit to 9 bytes ("varbit_uint"). Exact up to 2^53, beyond it the nearest number. */
export function readVarbitUint(bits: BitReader): number {
  const width = VARBIT_WIDTHS[bits.ones(8)]!;
  if (width === 0) return 0;
  return width <= 32 ? bits.take(width) : bits.take(width - 32) * 4_294_967_296 + bits.take(32);
}
