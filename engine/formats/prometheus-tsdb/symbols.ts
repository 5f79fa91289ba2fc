/** Layer 2a, the symbol table: every label name and value once. docs/formats/prometheus-tsdb/index.md */
import { ByteCursor } from './cursor.ts';
import { damaged, tooLarge } from './damage.ts';
import type { IndexFile } from './index-sections.ts';

const MOST_CACHED = 65_536;

/** The symbol table in memory: its bytes and where each symbol begins. It is the one part of a block that is kept whole. */
export class Symbols {
  readonly #cache = new Map<number, string>();

  constructor(
    private readonly index: IndexFile,
    private readonly bytes: Uint8Array,
    /** Offset in the file of `bytes[0]`. */
    private readonly base: number,
    /** Where the length of each symbol stands in `bytes`, rising. */
    private readonly starts: Uint32Array,
  ) {}

  get count(): number {
    return this.starts.length;
  }

  /** A symbol by its reference: its number in version 2, its offset in the file in version 1. */
  text(reference: number, byte: number): string {
    const known = this.#cache.get(reference);
    if (known !== undefined) return known;
    const start = this.index.version === 1 ? this.#startAt(reference) : this.starts[reference];
    if (start === undefined)
      damaged(this.index.name, byte, `Symbol ${reference} is asked for, but there are ${this.count} symbols.`);
    const cursor = new ByteCursor(this.index.name, this.bytes, start, this.bytes.length, this.base);
    const text = cursor.text(cursor.uvarint());
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(reference, text);
    return text;
  }

  #startAt(offset: number): number | undefined {
    const wanted = offset - this.base;
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.starts[low] === wanted ? wanted : undefined;
  }
}

/** Reads and checks the symbol table. Fails with `limit_reached` when it is larger than `mostBytes`. */
export async function readSymbols(index: IndexFile, mostBytes: number): Promise<Symbols> {
  const what = 'Symbol table';
  const window = index.window();
  const { from, to } = await index.section(window, index.toc.symbols, what);
  if (to - from > mostBytes) tooLarge(index.name, from, `${what}: ${to - from} bytes, more than ${mostBytes}.`);
  await window.load(from, to, what);
  const bytes = window.bytes.slice(from - window.base, to - window.base);
  const cursor = new ByteCursor(index.name, bytes, 0, bytes.length, from);
  const count = cursor.u32();
  // A symbol takes at least one byte, so a larger count is wrong before anything is made for it.
  if (count > cursor.left) damaged(index.name, from, `${what}: ${count} symbols in ${cursor.left} bytes.`);
  const starts = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = cursor.at;
    cursor.skip(cursor.uvarint());
  }
  if (cursor.left > 0) damaged(index.name, cursor.place, `${what}: ${cursor.left} bytes follow the last symbol.`);
  return new Symbols(index, bytes, from, starts);
}
