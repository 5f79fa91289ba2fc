/**
 * Up to 2048 rows in the very layout in which DuckDB keeps them, so that they are copied column by column.
 *
 * A text is 16 bytes there: its length (32 bits), then the text itself where it has up to 12 bytes; else its first four
 * bytes and the address of all of it (64 bits). The long texts of a column stand one after the other in a block here.
 * The block is handed to DuckDB as one text of the column (which checks that it is UTF-8 and copies it to the memory of
 * that column), DuckDB's own entry for it says where it is now, and each long text is that address and its offset in
 * the block.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ColumnType } from '../core/tables.ts';
import { BATCH_ROWS } from './overlapped-writer.ts';

export type CellType = Extract<
  ColumnType,
  'time' | 'text' | 'longtext' | 'json' | 'integer' | 'bigint' | 'double' | 'boolean'
>;

export const TEXT_BYTES = 16;
/** A text of up to so many bytes stands in its 16 bytes. */
export const SHORT_TEXT_BYTES = 12;
/** Words of 32 bits in the entry of a text: length, first bytes, address. */
export const TEXT_WORDS = 4;
const PREFIX = 1;
const ADDRESS = 2;
const TWO_32 = 2 ** 32;
const FIRST_BLOCK_BYTES = 64 * 1024;

/** A column of a batch. Offsets are in bytes. */
export interface Cells {
  readonly name: string;
  readonly type: CellType;
  readonly isText: boolean;
  readonly width: number;
  /** Where its values begin. */
  readonly at: number;
  /** Where its validity begins: one bit a row, set when there is a value. */
  readonly validAt: number;
}

/** Where everything stands in the memory of a batch. */
export interface BatchLayout {
  readonly columns: readonly Cells[];
  readonly bytes: number;
}

const widths: Readonly<Record<CellType, number>> = {
  time: 8,
  bigint: 8,
  double: 8,
  integer: 4,
  boolean: 1,
  text: TEXT_BYTES,
  longtext: TEXT_BYTES,
  json: TEXT_BYTES,
};

/** The layout of batches with these columns. */
export function batchLayout(columns: readonly { readonly name: string; readonly type: CellType }[]): BatchLayout {
  let bytes = 0;
  const take = (size: number): number => {
    const at = bytes;
    bytes += size; // all sizes are multiples of 256, so that every value lies where its width asks for
    return at;
  };
  const cells = columns.map(({ name, type }) => {
    const width = widths[type];
    const isText = width === TEXT_BYTES;
    return { name, type, isText, width, at: take(width * BATCH_ROWS), validAt: take(BATCH_ROWS / 8) };
  });
  return { columns: cells, bytes };
}

export class RowBatch {
  rows = 0;
  /** Bytes in the blocks of long texts. */
  blockBytes = 0;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;
  /** By column: its long texts one after the other, and how many bytes they have. */
  private readonly blocks: Buffer[];
  private readonly used: number[];
  /** By column: 1 where some row has a value. */
  readonly filled: Uint8Array;

  constructor(private readonly layout: BatchLayout) {
    const memory = new ArrayBuffer(layout.bytes);
    this.bytes = new Uint8Array(memory);
    this.words = new Uint32Array(memory);
    this.doubles = new Float64Array(memory);
    this.blocks = layout.columns.map(() => NO_BYTES);
    this.used = layout.columns.map(() => 0);
    this.filled = new Uint8Array(layout.columns.length);
  }

  /** The block of a column, with room for `length` more bytes from `blockEnd` on. */
  blockFor(column: number, length: number): Buffer {
    const block = this.blocks[column]!;
    const used = this.used[column]!;
    if (used + length <= block.length) return block;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BLOCK_BYTES, 2 * block.length, used + length));
    larger.set(block.subarray(0, used));
    this.blocks[column] = larger;
    return larger;
  }

  blockEnd(column: number): number {
    return this.used[column]!;
  }

  /** Makes the `length` bytes that were put at the end of the block, more than SHORT_TEXT_BYTES, the text of the row. */
  endLongText(column: number, wordAt: number, length: number): void {
    const block = this.blocks[column]!;
    const from = this.used[column]!;
    const { words } = this;
    words[wordAt] = length;
    words[wordAt + PREFIX] =
      block[from]! | (block[from + 1]! << 8) | (block[from + 2]! << 16) | (block[from + 3]! << 24);
    words[wordAt + ADDRESS] = from;
    this.used[column] = from + length;
    this.blockBytes += length;
  }

  /** Copies the rows into DuckDB's vectors and empties the batch. */
  serve(chunk: DuckDBDataChunk): void {
    const memory = this.bytes.buffer;
    this.layout.columns.forEach(({ isText, width, at, validAt }, column) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
      if (isText && this.used[column]! > 0) this.placeLongTexts(vector, column);
      // Of a column without a value only the validity counts: DuckDB looks at nothing else.
      if (this.filled[column] === 1) duckdb.copy_data_to_vector(vector, 0, memory, at, width * this.rows);
      duckdb.vector_ensure_validity_writable(vector);
      duckdb.copy_data_to_vector_validity(vector, 0, memory, validAt, BATCH_ROWS / 8);
    });
    this.clear();
  }

  /** Hands the block of a column over, and turns the offsets of its texts into addresses. */
  private placeLongTexts(vector: duckdb.Vector, column: number): void {
    const block = this.blocks[column]!.subarray(0, this.used[column]);
    const address = handOver(vector, block);
    if (address === undefined) {
      throw new Error(`Text for the column ${this.layout.columns[column]!.name} is not UTF-8; it was not written.`);
    }
    const { words, rows } = this;
    for (let row = 0, at = this.layout.columns[column]!.at >> 2; row < rows; row++, at += TEXT_WORDS) {
      if (words[at]! <= SHORT_TEXT_BYTES) continue;
      const low = address.low + words[at + ADDRESS]!;
      words[at + ADDRESS] = low; // the low 32 bits of it
      words[at + ADDRESS + 1] = low < TWO_32 ? address.high : address.high + 1;
    }
  }

  private clear(): void {
    this.layout.columns.forEach(({ width, at, validAt }, column) => {
      if (this.filled[column] === 0) return;
      this.bytes.fill(0, at, at + width * this.rows);
      this.bytes.fill(0, validAt, validAt + BATCH_ROWS / 8);
    });
    this.filled.fill(0);
    this.used.fill(0);
    this.blocks.forEach((block, column) => {
      // What a few long texts needed once is not kept for good.
      if (block.length > MOST_KEPT_BYTES) this.blocks[column] = NO_BYTES;
    });
    this.rows = 0;
    this.blockBytes = 0;
  }
}

const NO_BYTES = Buffer.alloc(0);
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Makes `block`, of more than 12 bytes, the first text of the vector; gives where DuckDB has put it. Gives nothing when
 * DuckDB did not take it, as it does without a word of what is not UTF-8.
 */
function handOver(vector: duckdb.Vector, block: Uint8Array): { low: number; high: number } | undefined {
  duckdb.copy_data_to_vector(vector, 0, NOTHING, 0, TEXT_BYTES);
  duckdb.vector_assign_string_element_len(vector, 0, block);
  const data = duckdb.vector_get_data(vector, TEXT_BYTES);
  const entry = new DataView(data.buffer, data.byteOffset, TEXT_BYTES);
  const length = entry.getUint32(0, true);
  const prefix = entry.getUint32(4, true);
  const first = (block[0]! | (block[1]! << 8) | (block[2]! << 16) | (block[3]! << 24)) >>> 0;
  if (length !== block.length || prefix !== first) return undefined;
  return { low: entry.getUint32(8, true), high: entry.getUint32(12, true) };
}

const NOTHING = new ArrayBuffer(TEXT_BYTES);
