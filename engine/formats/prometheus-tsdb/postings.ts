/** Layer 2b, which series have which label: postings and the table that finds them. docs/…/index.md */
import type { FileWindow } from './block-files.ts';
import { ByteCursor, readU32 } from './cursor.ts';
import { damaged } from './damage.ts';
import type { IndexFile, Section } from './index-sections.ts';

const SLICE_ENTRIES = 16 * 1024;

/** One line of an offset table: the label (or label name alone), and where its list stands. */
export interface OffsetEntry {
  readonly keys: readonly string[];
  readonly offset: number;
  /** Where the line itself stands. */
  readonly byte: number;
}

/**
 * Walks over an offset table (of postings: two keys; of label indices: one), without keeping it.
 * A table that ends before its count, or goes on after it, is damaged.
 */
export async function walkOffsetTable(
  index: IndexFile,
  section: Section,
  keyCount: 1 | 2,
  visit: (entry: OffsetEntry) => Promise<void>,
): Promise<void> {
  const what = keyCount === 2 ? 'Postings offset table' : 'Label offset table';
  const window = index.window();
  const reader = new EntryReader(index, window, section, what);
  const count = await reader.u32();
  for (let i = 0; i < count; i++) {
    const byte = reader.at;
    const keyed = await reader.uvarint();
    if (keyed !== keyCount) damaged(index.name, byte, `${what}: entry ${i} has ${keyed} keys instead of ${keyCount}.`);
    const keys: string[] = [];
    for (let k = 0; k < keyCount; k++) keys.push(await reader.text());
    await visit({ keys, offset: await reader.uvarint(), byte });
  }
  if (reader.at !== section.to) damaged(index.name, reader.at, `${what}: bytes follow the last of ${count} entries.`);
}

class EntryReader {
  at: number;

  constructor(
    private readonly index: IndexFile,
    private readonly window: FileWindow,
    private readonly section: Section,
    private readonly what: string,
  ) {
    this.at = section.from;
  }

  u32(): Promise<number> {
    return this.#take(4, (cursor) => cursor.u32());
  }

  uvarint(): Promise<number> {
    return this.#take(10, (cursor) => cursor.uvarint());
  }

  async text(): Promise<string> {
    const length = await this.uvarint();
    if (length > this.section.to - this.at)
      damaged(this.index.name, this.at, `${this.what}: a text of ${length} bytes does not fit.`);
    return this.#take(length, (cursor) => cursor.text(length));
  }

  async #take<T>(atMost: number, read: (cursor: ByteCursor) => T): Promise<T> {
    const end = Math.min(this.at + atMost, this.section.to);
    if (!this.window.holds(this.at, end)) await this.window.load(this.at, end, this.what);
    const { bytes, base } = this.window;
    const cursor = new ByteCursor(this.index.name, bytes, this.at - base, end - base, base);
    const value = read(cursor);
    this.at = cursor.place;
    return value;
  }
}

/** A list of series references, rising, given in slices so that its length does not matter. */
export class Postings {
  #next: number;

  private constructor(
    private readonly window: FileWindow,
    private readonly section: Section,
    readonly count: number,
  ) {
    this.#next = section.from + 4;
  }

  /** Finds and checks the list at `at`. */
  static async open(index: IndexFile, at: number, what: string): Promise<Postings> {
    const window = index.window();
    const section = await index.section(window, at, what);
    await window.load(section.from, Math.min(section.from + 4, section.to), what);
    const length = section.to - section.from;
    const count = length < 4 ? -1 : readU32(window.bytes, section.from - window.base);
    if (length !== 4 + 4 * count) damaged(index.name, at, `${what}: ${count} references do not take ${length} bytes.`);
    return new Postings(window, section, count);
  }

  /** The next references; empty at the end. */
  async next(): Promise<Uint32Array> {
    const from = this.#next;
    const to = Math.min(from + 4 * SLICE_ENTRIES, this.section.to);
    await this.window.load(from, to, 'Postings');
    const refs = new Uint32Array((to - from) / 4);
    for (let i = 0; i < refs.length; i++) refs[i] = readU32(this.window.bytes, from - this.window.base + 4 * i);
    this.#next = to;
    return refs;
  }
}
