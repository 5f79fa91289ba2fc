/** Rows of an evidence table that are filled value by value and written while further rows are filled. */
import { BIGINT, BOOLEAN, DOUBLE, INTEGER, TIMESTAMP, VARCHAR, type DuckDBType } from '@duckdb/node-api';
import type { ColumnName, RowColumns } from '../core/row-columns.ts';
import { evidenceTable, type EvidenceTableName } from '../core/tables.ts';
import { BATCH_ROWS, BATCHES_A_ROW_GROUP, OverlappedWriter, type WriteContext } from './overlapped-writer.ts';
import { batchLayout, RowBatch, SHORT_TEXT_BYTES, TEXT_WORDS, type BatchLayout, type CellType } from './row-batch.ts';

/** A batch is written early when its long texts have more bytes than this. */
const MOST_BLOCK_BYTES = 8 * 1024 * 1024;
const TWO_32 = 2 ** 32;

const types: Readonly<Record<CellType, DuckDBType>> = {
  time: TIMESTAMP,
  text: VARCHAR,
  longtext: VARCHAR,
  json: VARCHAR,
  integer: INTEGER,
  bigint: BIGINT,
  double: DOUBLE,
  boolean: BOOLEAN,
};

/** Longer texts are written by Node, which takes longer to call and less for each character. */
const LONGEST_LOOP = 24;
/** A unit of UTF-16 is up to three bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;
/** Texts that are known of a column at one time; a power of two. */
const KNOWN_TEXTS = 16;

const WIDE = 0;
const NARROW = 1;
const REAL = 2;

export class RowWriter<N extends EvidenceTableName> implements RowColumns<N> {
  rows = 0;
  /** Of the column `time`; undefined while no row has one. */
  firstTime: number | undefined;
  lastTime: number | undefined;
  private readonly writer: OverlappedWriter<RowBatch>;
  private readonly layout: BatchLayout;
  /** By column: where the values and their validity begin, and how numbers are kept. */
  private readonly wordsAt: Int32Array;
  private readonly bytesAt: Int32Array;
  private readonly validAt: Int32Array;
  private readonly numberKinds: Uint8Array;
  private readonly timeColumn: number;
  private batch: RowBatch;
  private row = 0;
  /** By column: some texts of this batch, and where they stand in it. */
  private readonly knownTexts: (string | undefined)[];
  private readonly knownWords: Int32Array;

  constructor(
    table: N,
    sourceId: number,
    context: WriteContext,
    private readonly ended: (record: number) => void,
  ) {
    const columns = [
      { name: 'record', type: 'bigint' as const },
      ...evidenceTable(table).columns.map(({ name, type }) => ({ name, type: cellType(table, name, type) })),
    ];
    const layout = batchLayout(columns);
    this.layout = layout;
    this.bytesAt = Int32Array.from(layout.columns, ({ at }) => at);
    this.wordsAt = Int32Array.from(layout.columns, ({ at }) => at >> 2);
    this.validAt = Int32Array.from(layout.columns, ({ validAt }) => validAt);
    this.numberKinds = Uint8Array.from(layout.columns, ({ type }) =>
      type === 'integer' ? NARROW : type === 'double' ? REAL : WIDE,
    );
    this.timeColumn = columns.findIndex(({ name }) => name === 'time');
    const plan = {
      target: `evidence.${table}`,
      columns: columns.map(({ name, type }) => ({ name, type: types[type] })),
      select: [`${sourceId}::INTEGER`, ...columns.map(({ name }) => `"${name}"`)].join(', '),
      batchesAWrite: BATCHES_A_ROW_GROUP,
      threads: 1 as const,
      newBatch: () => new RowBatch(layout),
      serve: (batch: RowBatch, chunk: Parameters<RowBatch['serve']>[0]) => batch.serve(chunk),
    };
    this.writer = new OverlappedWriter(plan, context);
    this.batch = this.writer.batch;
    this.knownTexts = Array.from({ length: columns.length * KNOWN_TEXTS }, () => undefined);
    this.knownWords = new Int32Array(columns.length * KNOWN_TEXTS);
  }

  column(name: ColumnName<N>): number {
    return this.layout.columns.findIndex((column) => column.name === name);
  }

  bytes(column: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    const word = this.wordsAt[column]! + (this.row << 2);
    this.setValid(column);
    const { batch } = this;
    if (length <= SHORT_TEXT_BYTES) {
      const target = batch.bytes;
      let at = (word + 1) << 2;
      for (let i = from; i < to; i++) target[at++] = bytes[i]!;
      batch.words[word] = length;
      return;
    }
    const block = batch.blockFor(column, length);
    let at = batch.blockEnd(column);
    if (length > 48) block.set(bytes.subarray(from, to), at);
    else for (let i = from; i < to; i++) block[at++] = bytes[i]!;
    batch.endLongText(column, word, length);
  }

  text(column: number, text: string): void {
    // A string it is, of one of many kinds inside of V8: said so, its length is not looked up as that of any object.
    const { length } = String(text);
    const word = this.wordsAt[column]! + (this.row << 2);
    const { batch } = this;
    const place = column * KNOWN_TEXTS + (length & (KNOWN_TEXTS - 1));
    if (this.knownTexts[place] === text) return this.repeat(column, this.knownWords[place]!, word);
    this.knownTexts[place] = text;
    this.knownWords[place] = word;
    if (length > LONGEST_LOOP) return this.encoded(column, text);
    const isShort = length <= SHORT_TEXT_BYTES;
    const target = isShort ? batch.bytes : batch.blockFor(column, length);
    const from = isShort ? (word + 1) << 2 : batch.blockEnd(column);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        if (isShort) target.fill(0, from, from + i);
        return this.encoded(column, text);
      }
      target[from + i] = code;
    }
    this.setValid(column);
    if (isShort) batch.words[word] = length;
    else batch.endLongText(column, word, length);
  }

  /** A text that this batch has already in this column. */
  private repeat(column: number, from: number, to: number): void {
    const { words } = this.batch;
    for (let i = 0; i < TEXT_WORDS; i++) words[to + i] = words[from + i]!;
    this.setValid(column);
  }

  /** Text that is long, or not all ASCII: Node writes it. */
  private encoded(column: number, text: string): void {
    const { batch } = this;
    const word = this.wordsAt[column]! + (this.row << 2);
    const block = batch.blockFor(column, text.length * MOST_BYTES_A_UNIT);
    const from = batch.blockEnd(column);
    const length = block.write(text, from, 'utf8');
    if (length <= SHORT_TEXT_BYTES) return this.bytes(column, block, from, from + length);
    this.setValid(column);
    batch.endLongText(column, word, length);
  }

  number(column: number, value: number): void {
    this.setValid(column);
    const kind = this.numberKinds[column]!;
    const at = this.wordsAt[column]!;
    if (kind === WIDE) {
      if (!Number.isInteger(value)) this.failToHold(column, value);
      this.putWide(at + (this.row << 1), value);
      if (column === this.timeColumn) this.sawTime(value);
    } else if (kind === NARROW) {
      if (value !== (value | 0)) this.failToHold(column, value);
      this.batch.words[at + this.row] = value;
    } else this.batch.doubles[(at >> 1) + this.row] = value;
  }

  boolean(column: number, value: boolean): void {
    this.setValid(column);
    this.batch.bytes[this.bytesAt[column]! + this.row] = value ? 1 : 0;
  }

  end(record: number): void {
    this.setValid(0);
    this.putWide(this.wordsAt[0]! + (this.row << 1), record);
    this.ended(record);
    this.rows++;
    const { batch } = this;
    this.row++;
    batch.rows = this.row;
    if (this.row < BATCH_ROWS && batch.blockBytes <= MOST_BLOCK_BYTES) return;
    this.writer.next();
    this.begin();
  }

  private begin(): void {
    this.batch = this.writer.batch;
    this.row = 0;
    this.knownTexts.fill(undefined);
  }

  pause(): Promise<void> | undefined {
    return this.writer.pause();
  }

  async finish(): Promise<void> {
    await this.writer.finish();
    this.begin();
  }

  private setValid(column: number): void {
    const { row } = this;
    const { batch } = this;
    batch.filled[column] = 1;
    batch.bytes[this.validAt[column]! + (row >> 3)]! |= 1 << (row & 7);
  }

  private putWide(wordAt: number, value: number): void {
    if (value === value >>> 0) {
      this.batch.words[wordAt] = value; // the other half is zero: the batch was cleared
      return;
    }
    const high = Math.floor(value / TWO_32);
    this.batch.words[wordAt] = value - high * TWO_32;
    this.batch.words[wordAt + 1] = high;
  }

  private sawTime(micros: number): void {
    if (this.firstTime === undefined || micros < this.firstTime) this.firstTime = micros;
    if (this.lastTime === undefined || micros > this.lastTime) this.lastTime = micros;
  }

  private failToHold(column: number, value: number): never {
    throw new Error(`The column ${this.layout.columns[column]!.name} cannot hold ${value}`);
  }
}

function cellType(table: string, name: string, type: string): CellType {
  if (type in types) return type as CellType;
  throw new Error(`${table}.${name} cannot be filled value by value: it is of type ${type}`);
}
