/** Bytes of a section of an index, and files that are written piece by piece. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32c } from '../../engine/formats/prometheus-tsdb/crc32c.ts';

const PIECE_BYTES = 1024 * 1024;

/** Bytes in memory that grow as they are written. */
export class ByteWriter {
  #bytes = Buffer.alloc(1024);
  length = 0;

  /** What was written so far. It is only there until more is written. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  /** Four bytes, most significant first. */
  u32(value: number): void {
    this.#room(4);
    this.length = this.#bytes.writeUInt32BE(value, this.length);
  }

  /** Eight bytes, most significant first. */
  u64(value: number): void {
    this.u32(Math.floor(value / 4_294_967_296));
    this.u32(value % 4_294_967_296);
  }

  /** Base 128, least significant first. */
  uvarint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.u8((rest % 128) | 128);
    this.u8(rest);
  }

  /** Base 128 with the sign in the lowest bit. */
  varint(value: number): void {
    this.uvarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** The length in bytes, and UTF-8. */
  text(text: string): void {
    const size = Buffer.byteLength(text);
    this.uvarint(size);
    this.#room(size);
    this.length += this.#bytes.write(text, this.length);
  }

  put(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** A new file, written in pieces of 1 MiB, so that its size does not matter. */
export class FileWriter {
  /** Bytes put so far: the offset of the next. */
  length = 0;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #held = 0;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'wx');
  }

  put(bytes: Uint8Array): void {
    if (this.#held + bytes.length > PIECE_BYTES) this.#flush();
    if (bytes.length > PIECE_BYTES) writeAll(this.#file, bytes);
    else {
      this.#piece.set(bytes, this.#held);
      this.#held += bytes.length;
    }
    this.length += bytes.length;
  }

  /** Zeros up to the next multiple of `unit`. */
  align(unit: number): void {
    this.put(new Uint8Array((unit - (this.length % unit)) % unit));
  }

  /** Length, content, checksum: the frame of every section of an index. Gives its offset. */
  putSection(content: Uint8Array): number {
    const at = this.length;
    this.put(u32(content.length));
    this.put(content);
    this.put(u32(crc32c(content)));
    return at;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeAll(this.#file, this.#piece.subarray(0, this.#held));
    this.#held = 0;
  }
}

/** A number as four bytes, most significant first. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

// A system may write less than it was given.
function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
