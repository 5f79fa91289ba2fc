/** Layer 2, the frame of the index: header, sections with their checksums, table of contents. docs/…/index.md */
import { FileWindow, type BlockFiles } from './block-files.ts';
import { crc32c } from './crc32c.ts';
import { ByteCursor, readU32 } from './cursor.ts';
import { damaged, unsupported } from './damage.ts';

const MAGIC = 0xbaaad700;
const HEADER_BYTES = 5;
const TOC_BYTES = 52;
const SLICE_BYTES = 256 * 1024;

/** Where the sections of an index begin; 0 for one that is not there. */
export interface IndexToc {
  readonly symbols: number;
  readonly series: number;
  readonly labelIndices: number;
  readonly labelIndexTable: number;
  readonly postings: number;
  readonly postingsTable: number;
}

/** The content of a section whose checksum was right: `[from, to)` in the file, without length and checksum. */
export interface Section {
  readonly from: number;
  readonly to: number;
}

/** An index whose header and table of contents are right. */
export class IndexFile {
  #checkedBytes = 0;

  private constructor(
    private readonly files: BlockFiles,
    readonly name: string,
    readonly sizeBytes: number,
    /** 1, 2 or 3; 3 is laid out as 2. */
    readonly version: number,
    readonly toc: IndexToc,
  ) {}

  /** Fails with a `ProblemError`: too short, another magic number (`damaged_file`), another version (`unknown_format`). */
  static async open(files: BlockFiles, name: string, sizeBytes: number): Promise<IndexFile> {
    if (sizeBytes < HEADER_BYTES + TOC_BYTES)
      damaged(name, 0, `It has ${sizeBytes} bytes; an index has at least ${HEADER_BYTES + TOC_BYTES}.`);
    const head = await files.read(name, 0, HEADER_BYTES);
    const magic = readU32(head, 0);
    if (magic !== MAGIC) damaged(name, 0, `It begins with 0x${magic.toString(16)}, not with 0xbaaad700.`);
    const version = head[4]!;
    if (version < 1 || version > 3) unsupported(name, 4, `The index has version ${version}; 1, 2 and 3 are read.`);
    return new IndexFile(files, name, sizeBytes, version, await readToc(files, name, sizeBytes));
  }

  /** Offset of the table of contents: no section reaches beyond it. */
  get tocStart(): number {
    return this.sizeBytes - TOC_BYTES;
  }

  /** A window of its own for each place that is read at the same time. */
  window(): FileWindow {
    return new FileWindow(this.files, this.name, this.sizeBytes, SLICE_BYTES);
  }

  /**
   * Counts bytes that are about to be checked. No part of an index belongs to two others, so more than it has means that
   * parts are named again and again, which could take for ever.
   */
  count(at: number, length: number, what: string): void {
    this.#checkedBytes += length;
    if (this.#checkedBytes > this.sizeBytes)
      damaged(
        this.name,
        at,
        `${what}: the parts that are named so far have more bytes than the file, ${this.sizeBytes}.`,
      );
  }

  /** Finds the section at `at` and checks its checksum, slice by slice. */
  async section(window: FileWindow, at: number, what: string): Promise<Section> {
    if (at < HEADER_BYTES || at + 8 > this.tocStart)
      damaged(this.name, at, `${what} cannot begin at byte ${at} of ${this.sizeBytes}.`);
    await window.load(at, at + 4, what);
    const length = readU32(window.bytes, at - window.base);
    const from = at + 4;
    const to = from + length;
    if (to + 4 > this.tocStart)
      damaged(this.name, at, `${what} has ${length} bytes, but only ${this.tocStart - from - 4} can follow.`);
    this.count(at, length, what);
    let crc = 0;
    for (let next = from; next < to;) {
      const end = Math.min(next + SLICE_BYTES, to);
      await window.load(next, end, what);
      crc = crc32c(window.bytes, next - window.base, end - window.base, crc);
      next = end;
    }
    await window.load(to, to + 4, what);
    checkCrc(this.name, to, what, crc, readU32(window.bytes, to - window.base));
    return { from, to };
  }
}

/** Fails unless the checksum that was computed is the one that is written at `byte`. */
export function checkCrc(file: string, byte: number, what: string, computed: number, written: number): void {
  if (computed !== written)
    damaged(file, byte, `${what}: the checksum is 0x${hex(computed)}, but 0x${hex(written)} is written.`);
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

async function readToc(files: BlockFiles, name: string, sizeBytes: number): Promise<IndexToc> {
  const start = sizeBytes - TOC_BYTES;
  const bytes = await files.read(name, start, sizeBytes);
  if (bytes.length !== TOC_BYTES)
    damaged(name, start, `Only ${bytes.length} of the last ${TOC_BYTES} bytes are there.`);
  const what = 'Table of contents';
  checkCrc(name, sizeBytes - 4, what, crc32c(bytes, 0, TOC_BYTES - 4), readU32(bytes, TOC_BYTES - 4));
  const cursor = new ByteCursor(name, bytes, 0, TOC_BYTES - 4, start);
  const next = (): number => {
    const at = cursor.u64();
    if (at >= start) damaged(name, cursor.place - 8, `${what}: a section at byte ${at}, but the file ends before it.`);
    return at;
  };
  return {
    symbols: next(),
    series: next(),
    labelIndices: next(),
    labelIndexTable: next(),
    postings: next(),
    postingsTable: next(),
  };
}
