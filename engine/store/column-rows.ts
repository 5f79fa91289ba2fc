/**
 * Rows of numbers on their way into a table, column by column, for tables with so many rows that a value each would be
 * too slow. They are written while further rows are made.
 */
import { BIGINT, DOUBLE, TIMESTAMP, type DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { OverlappedWriter } from './overlapped-writer.ts';
import { BATCH_ROWS, BATCHES_A_ROW_GROUP, type WritePlan } from './overlapped-writer.ts';

export { BATCH_ROWS } from './overlapped-writer.ts';

export type NumberType = 'time' | 'bigint' | 'double';

/** A table that is filled with numbers. */
export interface ColumnTable {
  readonly target: string;
  /** What is filled in, in order. */
  readonly columns: readonly { readonly name: string; readonly type: NumberType }[];
  /** The select list that makes rows of the table out of these columns. */
  readonly select: string;
}

/** One column of a batch: the same memory as doubles, as 64-bit integers and as their 32-bit halves. */
export interface ColumnValues {
  readonly doubles: Float64Array<ArrayBuffer>;
  readonly integers: BigInt64Array<ArrayBuffer>;
  /** Half `2 * row + LOW_HALF` and `2 * row + HIGH_HALF` of an integer. */
  readonly halves: Uint32Array<ArrayBuffer>;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
export const LOW_HALF = LITTLE_ENDIAN ? 0 : 1;
export const HIGH_HALF = 1 - LOW_HALF;

/** Up to BATCH_ROWS rows. */
export interface ColumnBatch {
  rows: number;
  readonly columns: readonly ColumnValues[];
}

/** Fills `batch`; `next` when it has BATCH_ROWS rows. */
export type ColumnWriter = OverlappedWriter<ColumnBatch>;

const types: Readonly<Record<NumberType, DuckDBType>> = { time: TIMESTAMP, bigint: BIGINT, double: DOUBLE };

/** How a table of numbers is written. */
export function columnPlan({ target, columns, select }: ColumnTable): WritePlan<ColumnBatch> {
  return {
    target,
    columns: columns.map(({ name, type }) => ({ name, type: types[type] })),
    select,
    batchesAWrite: 8 * BATCHES_A_ROW_GROUP,
    threads: 2,
    newBatch: () => ({ rows: 0, columns: columns.map(newColumn) }),
    serve,
  };
}

function newColumn(): ColumnValues {
  const buffer = new ArrayBuffer(8 * BATCH_ROWS);
  return {
    doubles: new Float64Array(buffer),
    integers: new BigInt64Array(buffer),
    halves: new Uint32Array(buffer),
  };
}

function serve(batch: ColumnBatch, chunk: DuckDBDataChunk): void {
  batch.columns.forEach(({ doubles }, index) => {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    duckdb.copy_data_to_vector(vector, 0, doubles.buffer, 0, 8 * batch.rows);
  });
  batch.rows = 0;
}
