/** Reading numbers and text out of bytes that are already in memory and whose checksum is right. */
import { damaged } from './damage.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Walks over `[at, end)` of some bytes. `fileOffset` is where byte 0 of them stands in the file, for messages. */
export class ByteCursor {
  constructor(
    readonly file: string,
    readonly bytes: Uint8Array,
    public at: number,
    public end: number,
    private readonly fileOffset: number,
  ) {}

  /** Offset in the file of the next byte. */
  get place(): number {
    return this.fileOffset + this.at;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    this.#need(1);
    return this.bytes[this.at++]!;
  }

  /** Four bytes, most significant first. */
  u32(): number {
    this.#need(4);
    const value = readU32(this.bytes, this.at);
    this.at += 4;
    return value;
  }

  /** Eight bytes, most significant first; damage when beyond 2^53. */
  u64(): number {
    const value = this.u32() * 4_294_967_296 + this.u32();
    if (!Number.isSafeInteger(value)) damaged(this.file, this.place - 8, `${value} is larger than any offset can be.`);
    return value;
  }

  /** Base 128, least significant first, 1 to 10 bytes. */
  uvarint(): number {
    const from = this.place;
    const value = this.#base128();
    if (value > MAX_SAFE) damaged(this.file, from, `The number ${value} is larger than 2^53.`);
    return Number(value);
  }

  /** Base 128 with the sign in the lowest bit ("zigzag"). */
  varint(): number {
    const from = this.place;
    const value = this.#base128();
    if (typeof value === 'number') return unzigzag(value);
    const signed = BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    if (signed > MAX_SAFE || signed < -MAX_SAFE) damaged(this.file, from, `The number ${signed} is beyond 2^53.`);
    return Number(signed);
  }

  text(length: number): string {
    this.#need(length);
    const from = this.place;
    this.at += length;
    try {
      return TEXT.decode(this.bytes.subarray(this.at - length, this.at));
    } catch {
      return damaged(this.file, from, `${length} bytes of text are not UTF-8.`);
    }
  }

  skip(length: number): void {
    this.#need(length);
    this.at += length;
  }

  #base128(): number | bigint {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.u8();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    return this.#longBase128(BigInt(value));
  }

  #longBase128(low: bigint): bigint {
    let value = low;
    for (let count = 7n; count < 10n; count++) {
      const byte = this.u8();
      value += BigInt(byte & 127) << (7n * count);
      if (byte < 128) return value;
    }
    return damaged(this.file, this.place, 'A number takes more than 10 bytes.');
  }

  #need(length: number): void {
    if (length > this.end - this.at)
      damaged(this.file, this.place, `${length} bytes are needed, but only ${this.end - this.at} are left here.`);
  }
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Four bytes at `at`, most significant first, as an unsigned number. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
