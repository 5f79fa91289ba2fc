/** Layer 3, the segment files that hold the chunks. docs/formats/prometheus-tsdb/chunks.md */
import { FileWindow, type BlockFile, type BlockFiles } from './block-files.ts';
import { crc32c } from './crc32c.ts';
import { readU32 } from './cursor.ts';
import { damaged, problemOf, tooLarge, unsupported } from './damage.ts';
import { checkCrc } from './index-sections.ts';
import type { Problem } from '../../../shared/problem.ts';

const MAGIC = 0x85bd40dd;
const HEADER_BYTES = 8;
const LONGEST_LENGTH_FIELD = 5;
const SEGMENT_NAME = /^\d+$/;
const LARGEST_CHUNK = 16 * 1024 * 1024;

/** A chunk in memory whose checksum was right: its data is `bytes[from, to)`; `SLACK_BYTES` more may be looked at. */
export interface ChunkBytes {
  readonly file: string;
  /** Offset of the chunk in its file. */
  readonly byte: number;
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** The segment files of one block. */
export class Segments {
  readonly #windows: (FileWindow | undefined)[];
  #bytesRead = 0;
  readonly #bytesThere: number;

  private constructor(
    private readonly folder: string,
    readonly files: readonly (BlockFile | undefined)[],
    source: BlockFiles,
    sliceBytes: number,
  ) {
    this.#windows = files.map((file) => file && new FileWindow(source, file.name, file.sizeBytes, sliceBytes));
    this.#bytesThere = files.reduce((sum, file) => sum + (file?.sizeBytes ?? 0), 0);
  }

  /**
   * Opens the numbered files of a chunks folder. A missing number, or a file with another header, is a problem; chunks
   * in the other files can still be read.
   */
  static async open(
    source: BlockFiles,
    folder: string,
    inFolder: readonly BlockFile[],
    sliceBytes: number,
  ): Promise<{ segments: Segments; problems: readonly Problem[] }> {
    const problems: Problem[] = [];
    const files: (BlockFile | undefined)[] = [];
    for (const file of inFolder) {
      const name = file.name.slice(file.name.lastIndexOf('/') + 1);
      if (!SEGMENT_NAME.test(name)) continue;
      try {
        files[placeOf(file, name, inFolder.length)] = await checkHeader(source, file);
      } catch (error) {
        problems.push(problemOf(error));
      }
    }
    return { segments: new Segments(folder, Array.from(files), source, sliceBytes), problems };
  }

  /** Brings the chunk at an offset of a segment into memory. Fails with a `ProblemError`. */
  async load(segment: number, offset: number): Promise<void> {
    const window = this.#windowOf(segment, offset);
    const headEnd = Math.min(offset + LONGEST_LENGTH_FIELD, window.sizeBytes);
    await window.load(offset, headEnd, 'Chunk');
    const { length, at } = readLength(window, offset, headEnd);
    const end = at + 1 + length + 4;
    if (end > window.sizeBytes)
      damaged(window.name, offset, `Chunk would end at byte ${end}, but the file has ${window.sizeBytes} bytes.`);
    if (length > LARGEST_CHUNK) tooLarge(window.name, offset, `Chunk has ${length} bytes, more than ${LARGEST_CHUNK}.`);
    await window.load(offset, end, 'Chunk');
  }

  /**
   * Gives the chunk at an offset of a segment and checks its checksum; `undefined` when it is not in memory. Fails with
   * a `ProblemError`.
   */
  held(segment: number, offset: number): ChunkBytes | undefined {
    const window = this.#windowOf(segment, offset);
    const headEnd = Math.min(offset + LONGEST_LENGTH_FIELD, window.sizeBytes);
    if (!window.holds(offset, headEnd)) return undefined;
    const { length, at } = readLength(window, offset, headEnd);
    const dataEnd = at + 1 + length;
    if (!window.holds(offset, dataEnd + 4)) return undefined;
    this.#count(window.name, offset, dataEnd + 4 - offset);
    const { bytes, base } = window;
    // Places in memory are small whole numbers. Said so, since offsets in a file need not be, and decoding with numbers
    // that might be anything takes half as long again.
    const from = (at + 1 - base) | 0;
    const to = (dataEnd - base) | 0;
    const crc = crc32c(bytes, from - 1, to);
    const written = readU32(bytes, to);
    if (crc !== written) checkCrc(window.name, offset, 'Chunk', crc, written);
    return { file: window.name, byte: offset, encoding: bytes[from - 1]!, bytes, from, to };
  }

  #windowOf(segment: number, offset: number): FileWindow {
    const window = this.#windows[segment];
    if (!window) {
      const name = `${this.folder}${String(segment + 1).padStart(6, '0')}`;
      damaged(name, undefined, `A chunk at byte ${offset} is asked for, but the file is not there or not read.`);
    }
    if (offset < HEADER_BYTES) damaged(window.name, offset, `A chunk cannot begin at byte ${offset}.`);
    return window;
  }

  // Each chunk belongs to one series. An index that names chunks again and again would make reading go on for ever.
  #count(file: string, byte: number, length: number): void {
    this.#bytesRead += length;
    if (this.#bytesRead > this.#bytesThere)
      damaged(file, byte, `The index asks for more bytes of chunks than the ${this.#bytesThere} that there are.`);
  }
}

function placeOf({ name: path }: BlockFile, name: string, count: number): number {
  const number = Number(name);
  if (number >= 1 && number <= count) return number - 1;
  return damaged(path, undefined, `Segment ${number} is one of ${count} files; the files are numbered from 1.`);
}

async function checkHeader(source: BlockFiles, file: BlockFile): Promise<BlockFile> {
  const { name, sizeBytes } = file;
  if (sizeBytes < HEADER_BYTES) damaged(name, 0, `It has ${sizeBytes} bytes; a segment has at least ${HEADER_BYTES}.`);
  const head = await source.read(name, 0, HEADER_BYTES);
  const magic = readU32(head, 0);
  if (magic !== MAGIC) damaged(name, 0, `It begins with 0x${magic.toString(16)}, not with 0x85bd40dd.`);
  if (head[4] !== 1) unsupported(name, 4, `The segment has version ${head[4]}; version 1 is read.`);
  return file;
}

function readLength(window: FileWindow, offset: number, end: number): { length: number; at: number } {
  const { bytes, base } = window;
  let length = 0;
  for (let at = offset, factor = 1; at < end; at++, factor *= 128) {
    const byte = bytes[at - base]!;
    length += (byte & 127) * factor;
    if (byte < 128) return { length, at: at + 1 };
  }
  return damaged(window.name, offset, 'The length of the chunk takes more than 5 bytes, or the file ends in it.');
}
