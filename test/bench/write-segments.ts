/** Segment files. docs/formats/prometheus-tsdb/chunks.md */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '../../engine/formats/prometheus-tsdb/crc32c.ts';
import type { FloatSamples } from '../../engine/formats/prometheus-tsdb/float-samples.ts';
import { BitWriter } from './bit-writer.ts';
import { FileWriter, u32 } from './byte-writer.ts';
import { encodeXor } from './encode-xor.ts';

const HEADER = Uint8Array.of(0x85, 0xbd, 0x40, 0xdd, 1, 0, 0, 0);
const XOR = 1;
const SEGMENT_FACTOR = 2 ** 32;

/** Writes chunks, one after the other, into the numbered files of a folder that it makes. */
export class SegmentWriter {
  /** Of all files, with their headers. */
  totalBytes = 0;
  readonly #bits = new BitWriter();
  #number = 0;
  #file: FileWriter | undefined;

  constructor(
    private readonly folder: string,
    private readonly mostBytes: number,
  ) {
    mkdirSync(folder);
  }

  /** Writes one chunk and gives its reference: the number of the file, from 0, above the offset in it. */
  write(samples: FloatSamples): number {
    const size = encodeXor(samples, this.#bits);
    // Encoding and data lie together, since the checksum is of both.
    const framed = this.#frame(size);
    const file = this.#fileFor(framed.length);
    const reference = (this.#number - 1) * SEGMENT_FACTOR + file.length;
    file.put(framed);
    this.totalBytes += framed.length;
    return reference;
  }

  close(): void {
    this.#file?.close();
  }

  #frame(size: number): Uint8Array {
    const length = uvarint(size);
    const framed = new Uint8Array(length.length + 1 + size + 4);
    framed.set(length);
    framed[length.length] = XOR;
    framed.set(this.#bits.bytes.subarray(0, size), length.length + 1);
    framed.set(u32(crc32c(framed, length.length, framed.length - 4)), framed.length - 4);
    return framed;
  }

  #fileFor(size: number): FileWriter {
    if (this.#file && this.#file.length + size <= this.mostBytes) return this.#file;
    this.close();
    this.#file = new FileWriter(join(this.folder, String(++this.#number).padStart(6, '0')));
    this.#file.put(HEADER);
    this.totalBytes += HEADER.length;
    return this.#file;
  }
}

function uvarint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...uvarint(Math.floor(value / 128))];
}
