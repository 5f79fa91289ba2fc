/** Takes what a reader gives and puts it into the case's tables, keeping the account of every record. */
import { fail } from '../../shared/problem.ts';
import { seriesId } from '../core/series-id.ts';
import type { RowColumns } from '../core/row-columns.ts';
import type { EvidenceRow, EvidenceTableName } from '../core/tables.ts';
import type { Framing, RowSink } from '../formats/format.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import type { Transaction } from '../store/case-database.ts';
import { evidenceBulkTable } from '../store/evidence-bulk.ts';
import { BATCH_ROWS, HIGH_HALF, LOW_HALF, type ColumnTable, type ColumnWriter } from '../store/column-rows.ts';
import type { RowWriter } from '../store/row-writer.ts';

// Lines are found again by counting on from the nearest mark.
const LINES_A_MARK = 1024;
// What is kept of a reject for reading in the window; the rest stays in the evidence, under the citation.
const MOST_REJECT_BYTES = 64 * 1024;
const MOST_WAITING_REJECT_BYTES = 16 * 1024 * 1024;

// A file is refused when more than this many records, and more than this share of all so far, are rejected.
const MOST_REJECTS = 100_000;
const MOST_REJECTED_SHARE = 0.9;

export const rejectsTable: BulkTable = {
  target: 'rejects',
  columns: [
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'reason', type: 'text' },
    { name: 'raw', type: 'blob' },
  ],
};

const recordMarks: BulkTable = {
  target: 'record_marks',
  columns: [
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'byte', type: 'bigint' },
    { name: 'length', type: 'bigint' },
  ],
};

/** The same table for sources with so many records that a value each takes time: of one source, whose number is added. */
function recordPlaces(sourceId: number): ColumnTable {
  return {
    target: recordMarks.target,
    columns: [
      { name: 'record', type: 'bigint' },
      { name: 'byte', type: 'bigint' },
      { name: 'length', type: 'bigint' },
    ],
    select: `${sourceId}::INTEGER, record, byte, length`,
  };
}

/** What became of the records of one source. `records` ended in a table, `rejected` in the rejects. */
export interface SourceAccount {
  readonly records: number;
  readonly rejected: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly firstTime: bigint | null;
  readonly lastTime: bigint | null;
  readonly assumptions: readonly string[];
}

type FilledRows = Pick<RowWriter<EvidenceTableName>, 'rows' | 'firstTime' | 'lastTime' | 'pause' | 'finish'>;

const IN_TABLE = 1;
const IN_REJECTS = 2;

export class DatabaseSink implements RowSink {
  private recordsSeen = 0;
  private rejects = 0;
  /** Of rejects since they were last written. */
  private rejectBytes = 0;
  // One byte a record: where it ended.
  private ends = new Uint8Array(1 << 16);
  private readonly rows = new Map<EvidenceTableName, number>();
  /** Of the tables that are filled value by value. */
  private readonly writers = new Map<EvidenceTableName, FilledRows>();
  /** Where records are, when rows are filled value by value. */
  private places: ColumnWriter | undefined;
  private readonly assumptions = new Set<string>();
  private firstTime: bigint | null = null;
  private lastTime: bigint | null = null;
  private keepsSpans: boolean;

  constructor(
    private readonly transaction: Transaction,
    private readonly sourceId: number,
    framing: Framing,
  ) {
    this.keepsSpans = framing === 'spans';
  }

  /** Records declared so far. */
  get seen(): number {
    return this.recordsSeen;
  }

  record(byte: number, length: number): number {
    const record = ++this.recordsSeen;
    if (record >= this.ends.length) {
      const larger = new Uint8Array(this.ends.length * 2);
      larger.set(this.ends);
      this.ends = larger;
    }
    if (this.keepsSpans) {
      if (this.places) addPlace(this.places, record, byte, length);
      else this.transaction.add(recordMarks, [this.sourceId, record, byte, length]);
    } else if (record % LINES_A_MARK === 1) this.transaction.add(recordMarks, [this.sourceId, record, byte, null]);
    return record;
  }

  recordsAreLines(): void {
    if (this.recordsSeen > 0) throw new Error('Records were declared before it was said that they are lines');
    this.keepsSpans = false;
  }

  row<N extends EvidenceTableName>(table: N, row: EvidenceRow<N>, record = this.recordsSeen): void {
    const bulk = evidenceBulkTable(table);
    const columns = row as Readonly<Record<string, never>>;
    const values = bulk.columns.map((column, index) => (index < 2 ? null : columns[column.name]));
    values[0] = this.sourceId as never;
    values[1] = record as never;
    this.transaction.add(bulk, values);
    this.ends[record]! |= IN_TABLE;
    this.rows.set(table, (this.rows.get(table) ?? 0) + 1);
    const time: unknown = columns['time'] ?? columns['captured'];
    if (typeof time === 'bigint') this.sawTime(time);
  }

  columns<N extends EvidenceTableName>(table: N): RowColumns<N> {
    if (this.writers.has(table)) throw new Error(`The columns of ${table} were asked for twice`);
    // Nothing can be registered while a statement runs, and from the first rows on one mostly does.
    for (const each of [rejectsTable, recordMarks]) this.transaction.prepare(each);
    if (this.keepsSpans) this.places ??= this.transaction.columns(recordPlaces(this.sourceId));
    const writer = this.transaction.rows(table, this.sourceId, (record) => {
      this.ends[record]! |= IN_TABLE;
    });
    this.writers.set(table, writer);
    return writer;
  }

  /**
   * Whether rows that wait may need much memory, however few they are. Not those of tables that are filled value by
   * value, which go on by themselves: to write others, what is being written would have to be waited for.
   */
  get mustFlush(): boolean {
    if (this.writers.size === 0) return true;
    const isMuch = this.rejectBytes >= MOST_WAITING_REJECT_BYTES;
    if (isMuch) this.rejectBytes = 0;
    return isMuch;
  }

  /** Whether there were rows of a table so far. */
  hasRows(table: EvidenceTableName): boolean {
    return this.rows.has(table) || (this.writers.get(table)?.rows ?? 0) > 0;
  }

  /** To be asked often, and waited for: lets what is being written go on. Fails when writing failed. */
  async pause(): Promise<void> {
    for (const writer of this.writers.values()) await writer.pause();
    await this.places?.pause();
  }

  /** Writes what is left of the rows that were filled value by value. */
  async finish(): Promise<void> {
    for (const writer of this.writers.values()) await writer.finish();
    await this.places?.finish();
  }

  seriesId(record: number): bigint {
    return seriesId(this.sourceId, record);
  }

  /**
   * Fails with `damaged_file` when so much is rejected that the file cannot be of this format: a row for each of a
   * thousand million lines of noise would fill the disk and say nothing.
   */
  reject(reason: string, raw: Uint8Array): void {
    if (++this.rejects > MOST_REJECTS && this.rejects > this.recordsSeen * MOST_REJECTED_SHARE) this.refuse(reason);
    this.ends[this.recordsSeen]! |= IN_REJECTS;
    const kept = new Uint8Array(raw.subarray(0, MOST_REJECT_BYTES));
    this.rejectBytes += kept.length;
    this.transaction.add(rejectsTable, [this.sourceId, this.recordsSeen, reason, kept]);
  }

  private refuse(reason: string): never {
    return fail({
      code: 'damaged_file',
      message: `${this.rejects} of the first ${this.recordsSeen} records cannot be read; the last one: ${reason}`,
      remedy: 'Check that the file is what it is taken for; name another format with --as, or repair it.',
    });
  }

  assume(statement: string): void {
    this.assumptions.add(statement);
  }

  sawTime(micros: bigint): void {
    if (this.firstTime === null || micros < this.firstTime) this.firstTime = micros;
    if (this.lastTime === null || micros > this.lastTime) this.lastTime = micros;
  }

  /**
   * The account, once everything was read.
   * Fails (throws) when a record ended nowhere or twice: that is a bug in the reader, and nothing may be lost by one.
   */
  account(): SourceAccount {
    let records = 0;
    let rejected = 0;
    for (const [table, { rows, firstTime, lastTime }] of this.writers) {
      if (rows > 0) this.rows.set(table, rows);
      if (firstTime !== undefined) this.sawTime(BigInt(firstTime));
      if (lastTime !== undefined) this.sawTime(BigInt(lastTime));
    }
    for (let record = 1; record <= this.recordsSeen; record++) {
      const end = this.ends[record];
      if (end === IN_TABLE) records++;
      else if (end === IN_REJECTS) rejected++;
      else throw new Error(`Record ${record} ended ${end === 0 ? 'nowhere' : 'in a table and in the rejects'}`);
    }
    return {
      records,
      rejected,
      rows: Object.fromEntries([...this.rows].sort(([a], [b]) => (a < b ? -1 : 1))),
      firstTime: this.firstTime,
      lastTime: this.lastTime,
      assumptions: [...this.assumptions].sort(),
    };
  }
}

const TWO_32 = 2 ** 32;

function addPlace(writer: ColumnWriter, record: number, byte: number, length: number): void {
  const { batch } = writer;
  putWhole(batch.columns[0]!.halves, batch.rows, record);
  putWhole(batch.columns[1]!.halves, batch.rows, byte);
  putWhole(batch.columns[2]!.halves, batch.rows, length);
  if (++batch.rows === BATCH_ROWS) writer.next();
}

function putWhole(halves: Uint32Array, row: number, value: number): void {
  halves[2 * row + LOW_HALF] = value;
  halves[2 * row + HIGH_HALF] = value / TWO_32;
}
