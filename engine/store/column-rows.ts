/**
 * Rows of numbers on their way into a table, column by column, for tables with so many rows that a value each would be
 * too slow. They are written by `INSERT INTO ... SELECT` while further rows are made: DuckDB's threads take one full
 * batch after the other whenever this thread comes to rest.
 */
import {
  BIGINT,
  DOUBLE,
  DuckDBTableFunction,
  TIMESTAMP,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** DuckDB's vector size. */
export const BATCH_ROWS = 2048;
/** Batches a statement: enough for some row groups of 122,880 rows, few enough to be held in memory twice. */
const BATCHES_A_WRITE = 480;
const MOST_WAITING = 2 * BATCHES_A_WRITE;

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

const types: Readonly<Record<NumberType, DuckDBType>> = { time: TIMESTAMP, bigint: BIGINT, double: DOUBLE };

let functionsMade = 0;

export class ColumnWriter {
  /** The batch to fill: there is room for at least one row. */
  batch: ColumnBatch;
  private readonly functionName = `columns_${++functionsMade}`;
  private full: ColumnBatch[] = [];
  private serving: ColumnBatch[] = [];
  private readonly empty: ColumnBatch[] = [];
  private running: Promise<void> | undefined;
  private trouble: unknown;

  /** `exclusively` runs one statement at a time on the connection. */
  constructor(
    private readonly table: ColumnTable,
    private readonly connection: DuckDBConnection,
    private readonly exclusively: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.batch = this.newBatch();
    this.register();
  }

  /** To be called when the batch has BATCH_ROWS rows. */
  next(): void {
    this.full.push(this.batch);
    this.batch = this.empty.pop() ?? this.newBatch();
    if (this.full.length >= BATCHES_A_WRITE) this.start();
  }

  /**
   * To be asked after each batch, and waited for: lets what is being written go on, and holds back when too much waits.
   * Fails when writing failed.
   */
  pause(): Promise<void> | undefined {
    if (this.trouble !== undefined) return Promise.reject(this.trouble as Error);
    if (!this.running) return undefined;
    if (this.full.length >= MOST_WAITING) return this.running;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Writes all that is left. */
  async finish(): Promise<void> {
    if (this.batch.rows > 0) this.next();
    while (this.running || this.full.length > 0) {
      this.start();
      await this.running;
    }
    if (this.trouble !== undefined) throw this.trouble as Error;
  }

  private start(): void {
    if (this.running || this.full.length === 0 || this.trouble !== undefined) return;
    this.serving = this.full;
    this.full = [];
    const { target, select } = this.table;
    const write = async (): Promise<void> => {
      await this.connection.run(`INSERT INTO ${target} SELECT ${select} FROM ${this.functionName}()`);
    };
    this.running = this.exclusively(write)
      .catch((error: unknown) => {
        this.trouble = error ?? new Error('The rows could not be written.');
      })
      .then(() => {
        this.running = undefined;
        if (this.full.length >= BATCHES_A_WRITE) this.start();
      });
  }

  private newBatch(): ColumnBatch {
    const columns = this.table.columns.map(() => {
      const buffer = new ArrayBuffer(8 * BATCH_ROWS);
      return {
        doubles: new Float64Array(buffer),
        integers: new BigInt64Array(buffer),
        halves: new Uint32Array(buffer),
      };
    });
    return { rows: 0, columns };
  }

  private register(): void {
    this.connection.registerTableFunction(
      DuckDBTableFunction.create({
        name: this.functionName,
        bindFunction: (info) => {
          for (const { name, type } of this.table.columns) info.addResultColumn(name, types[type]);
        },
        initFunction: (info) => info.setMaxThreads(2),
        mainFunction: (_info, chunk) => {
          const batch = this.serving.pop();
          chunk.rowCount = batch?.rows ?? 0;
          if (!batch) return;
          batch.columns.forEach(({ doubles }, index) => {
            const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
            duckdb.copy_data_to_vector(vector, 0, doubles.buffer, 0, 8 * batch.rows);
          });
          batch.rows = 0;
          this.empty.push(batch);
        },
      }),
    );
  }
}
