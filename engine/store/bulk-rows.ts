/**
 * Rows on their way into a table: columns in typed arrays, 2048 rows a batch (DuckDB's vector size), served to
 * `INSERT INTO ... SELECT` by a table function. Five times as fast as any row-by-row API, and one transaction.
 */
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBTableFunction,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBType,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ColumnType } from '../core/tables.ts';

const BATCH_ROWS = 2048;

export interface BulkColumn {
  readonly name: string;
  readonly type: ColumnType | 'blob';
}

/** A table that is filled in bulk: its qualified name and every column, in order. */
export interface BulkTable {
  readonly target: string;
  readonly columns: readonly BulkColumn[];
}

export type BulkValue = string | number | bigint | boolean | Uint8Array | readonly string[] | null | undefined;

// Lists travel as one text, each item ended by the ASCII unit separator, and are split again in SQL. An item that holds
// a separator itself has it, and the mark that stands for it, written in two characters.
const ITEM_END = '\u001f';
const ESCAPE = '\u001e';

function listText(items: readonly string[]): string {
  return items
    .map((item) => item.replaceAll(ESCAPE, `${ESCAPE}0`).replaceAll(ITEM_END, `${ESCAPE}1`) + ITEM_END)
    .join('');
}

/** SQL that gives back the list that `listText` wrote. */
function listOf(column: string): string {
  const item = `replace(replace(item, chr(30) || '1', chr(31)), chr(30) || '0', chr(30))`;
  return `list_transform(string_split(${column}, chr(31))[:-2], lambda item: ${item})`;
}

/** SQL that gives back the map of names to values that `listText` wrote one after the other. */
function mapOf(column: string): string {
  const at = (from: number): string => `list_transform(range(${from}, len(items) + 1, 2), lambda i: items[i])`;
  return `list_transform([${listOf(column)}], lambda items: map(${at(1)}, ${at(2)}))[1]`;
}

const transportTypes: Readonly<Record<BulkColumn['type'], DuckDBType>> = {
  time: TIMESTAMP,
  text: VARCHAR,
  longtext: VARCHAR,
  texts: VARCHAR,
  labels: VARCHAR,
  json: VARCHAR,
  integer: INTEGER,
  bigint: BIGINT,
  double: DOUBLE,
  boolean: BOOLEAN,
  blob: BLOB,
};

/** SQL that gives the value of a column from the value that travelled. */
function transported(column: string, type: BulkColumn['type']): string {
  if (type === 'texts') return listOf(column);
  return type === 'labels' ? mapOf(column) : column;
}

type FixedArray =
  BigInt64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
type ColumnBuffer = { readonly valid: Uint8Array<ArrayBuffer> } & (
  | { readonly kind: 'fixed'; readonly values: FixedArray }
  | { readonly kind: 'variable'; readonly values: (string | Uint8Array | null)[] }
);

function columnBuffer(type: BulkColumn['type']): ColumnBuffer {
  // One bit a row, set when the value is there; DuckDB reads it as 64-bit words.
  const valid = new Uint8Array(BATCH_ROWS / 8);
  if (type === 'time' || type === 'bigint') return { kind: 'fixed', valid, values: new BigInt64Array(BATCH_ROWS) };
  if (type === 'integer') return { kind: 'fixed', valid, values: new Int32Array(BATCH_ROWS) };
  if (type === 'double') return { kind: 'fixed', valid, values: new Float64Array(BATCH_ROWS) };
  if (type === 'boolean') return { kind: 'fixed', valid, values: new Uint8Array(BATCH_ROWS) };
  return { kind: 'variable', valid, values: new Array<string | Uint8Array | null>(BATCH_ROWS).fill(null) };
}

/** Up to 2048 rows of one table, by column. */
export class Batch {
  rows = 0;
  private readonly buffers: readonly ColumnBuffer[];

  constructor(private readonly table: BulkTable) {
    this.buffers = table.columns.map((column) => columnBuffer(column.type));
  }

  get isFull(): boolean {
    return this.rows === BATCH_ROWS;
  }

  /** Adds a row; values in the order of the columns. Fails (throws) on a value that its column cannot hold. */
  add(values: readonly BulkValue[]): void {
    for (let index = 0; index < this.buffers.length; index++) this.set(index, values[index]);
    this.rows++;
  }

  private set(index: number, value: BulkValue): void {
    const buffer = this.buffers[index]!;
    if (value === null || value === undefined) {
      if (buffer.kind === 'variable') buffer.values[this.rows] = null;
      return;
    }
    buffer.valid[this.rows >> 3]! |= 1 << (this.rows & 7);
    if (buffer.kind === 'variable') {
      buffer.values[this.rows] = variableValue(value);
    } else if (buffer.values instanceof BigInt64Array) {
      buffer.values[this.rows] = BigInt(value as bigint | number);
    } else {
      buffer.values[this.rows] = this.checkedNumber(index, value);
    }
  }

  private checkedNumber(index: number, value: BulkValue): number {
    const { name, type } = this.table.columns[index]!;
    const number = Number(value);
    if (type === 'integer' && (!Number.isInteger(number) || number < -2147483648 || number > 2147483647)) {
      throw new Error(`${this.table.target}.${name} cannot hold ${String(value)}`);
    }
    return number;
  }

  /** Copies the rows into DuckDB's own vectors. */
  writeTo(chunk: DuckDBDataChunk): void {
    chunk.rowCount = this.rows;
    this.buffers.forEach((buffer, index) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      if (buffer.kind === 'fixed') {
        const width = buffer.values.BYTES_PER_ELEMENT;
        duckdb.copy_data_to_vector(vector, 0, buffer.values.buffer, 0, width * this.rows);
      } else {
        writeVariable(vector, buffer.values, this.rows);
      }
      duckdb.vector_ensure_validity_writable(vector);
      duckdb.copy_data_to_vector_validity(vector, 0, buffer.valid.buffer, 0, BATCH_ROWS / 8);
    });
  }
}

function variableValue(value: Exclude<BulkValue, null | undefined>): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return Array.isArray(value) ? listText(value) : String(value);
}

function writeVariable(vector: duckdb.Vector, values: readonly (string | Uint8Array | null)[], rows: number): void {
  for (let row = 0; row < rows; row++) {
    const value = values[row];
    if (value === null || value === undefined) continue;
    // A C string ends at NUL, and bytes that are not UTF-8 are dropped without a word: both go by length, re-encoded.
    if (typeof value !== 'string') duckdb.vector_assign_string_element_len(vector, row, value);
    else if (value.includes('\0')) duckdb.vector_assign_string_element_len(vector, row, Buffer.from(value, 'utf8'));
    else duckdb.vector_assign_string_element(vector, row, value);
  }
}

// A table function belongs to the transaction that registered it, and goes with its roll-back: each has its own name.
let functionsMade = 0;

/** The batches that wait for one table, and the table function that serves them. */
export class BulkQueue {
  private readonly functionName: string;
  private full: Batch[] = [];
  private open: Batch;
  private serving: Batch[] = [];

  constructor(private readonly table: BulkTable) {
    this.open = new Batch(table);
    this.functionName = `rows_for_${table.target.replaceAll('.', '_')}_${++functionsMade}`;
  }

  get waitingRows(): number {
    return this.full.length * BATCH_ROWS + this.open.rows;
  }

  add(values: readonly BulkValue[]): void {
    this.open.add(values);
    if (!this.open.isFull) return;
    this.full.push(this.open);
    this.open = new Batch(this.table);
  }

  register(connection: DuckDBConnection): void {
    connection.registerTableFunction(
      DuckDBTableFunction.create({
        name: this.functionName,
        bindFunction: (info) => {
          for (const { name, type } of this.table.columns) info.addResultColumn(name, transportTypes[type]);
        },
        initFunction: (info) => info.setMaxThreads(2),
        mainFunction: (_info, chunk) => {
          const batch = this.serving.shift();
          if (batch) batch.writeTo(chunk);
          else chunk.rowCount = 0;
        },
      }),
    );
  }

  /** Writes everything that waits. Rows added meanwhile wait for the next call. */
  async flush(connection: DuckDBConnection): Promise<void> {
    if (this.waitingRows === 0) return;
    this.serving = this.open.rows > 0 ? [...this.full, this.open] : this.full;
    this.full = [];
    this.open = new Batch(this.table);
    await connection.run(`INSERT INTO ${this.table.target} SELECT ${this.selection} FROM ${this.functionName}()`);
  }

  private get selection(): string {
    return this.table.columns.map(({ name, type }) => transported(`"${name}"`, type)).join(', ');
  }
}
