/**
 * Batches of rows on their way into a table, written by `INSERT INTO ... SELECT` from a table function while further
 * batches are filled: DuckDB's threads take one full batch after the other whenever this thread comes to rest.
 */
import { DuckDBTableFunction, type DuckDBConnection, type DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';

/** DuckDB's vector size: rows of a full batch. */
export const BATCH_ROWS = 2048;
/** As many rows as DuckDB stores together: 122,880. */
export const BATCHES_A_ROW_GROUP = 60;

/** Batches that are kept for the next source: as many as a small one fills. */
const MOST_SPARE = 4;

/** What an overlapped writer writes, and how. */
export interface WritePlan<B> {
  readonly target: string;
  /** Columns of the table function, in order. */
  readonly columns: readonly { readonly name: string; readonly type: DuckDBType }[];
  /** The select list that makes rows of the table out of these columns. */
  readonly select: string;
  /** Batches a statement: whole row groups, and few enough to be held in memory twice. */
  readonly batchesAWrite: number;
  /**
   * Threads of DuckDB that take batches. Each makes row groups of its own: where they get fewer rows than a row group
   * has, the rows are kept in memory until the commit. So it is one where memory counts and one keeps up.
   */
  readonly threads: 1 | 2;
  newBatch(): B;
  /** Puts the rows of a batch into DuckDB's vectors and empties it. */
  serve(batch: B, chunk: DuckDBDataChunk): void;
}

/** Runs one statement at a time on the connection. */
export type Exclusively = (work: () => Promise<void>) => Promise<void>;

let functionsMade = 0;

/**
 * A table function that gives the batches of whichever writer has a statement under way. There is one for each table,
 * not for each source: every function costs something with every call of any of them.
 */
export class BatchFunction {
  readonly name = `batches_${++functionsMade}`;
  /** Empty batches of writers that have finished. Thousands of small sources come one after the other. */
  readonly spare: unknown[] = [];
  private server: ((chunk: DuckDBDataChunk) => void) | undefined;

  constructor(connection: DuckDBConnection, { columns, threads }: Pick<WritePlan<unknown>, 'columns' | 'threads'>) {
    connection.registerTableFunction(
      DuckDBTableFunction.create({
        name: this.name,
        bindFunction: (info) => {
          for (const { name, type } of columns) info.addResultColumn(name, type);
        },
        initFunction: (info) => info.setMaxThreads(threads),
        mainFunction: (_info, chunk) => {
          chunk.rowCount = 0;
          this.server?.(chunk);
        },
      }),
    );
  }

  /** Does `work`, a statement with this function in it; `server` sets the rows of each chunk, none at the end. */
  async serveWith(server: (chunk: DuckDBDataChunk) => void, work: () => Promise<void>): Promise<void> {
    if (this.server) throw new Error(`Two statements ask ${this.name} for rows`);
    this.server = server;
    try {
      await work();
    } finally {
      this.server = undefined;
    }
  }
}

/** What a writer needs of the transaction it writes in. */
export interface WriteContext {
  readonly connection: DuckDBConnection;
  readonly exclusively: Exclusively;
  /** To be called before a statement that so many threads work on. */
  useThreads(threads: 1 | 2): Promise<void>;
  functionFor(plan: Pick<WritePlan<unknown>, 'target' | 'columns' | 'threads'>): BatchFunction;
}

export class OverlappedWriter<B extends { rows: number }> {
  /** The batch to fill: there is room for at least one row. */
  batch: B;
  private readonly source: BatchFunction;
  private full: B[] = [];
  private serving: B[] = [];
  private served = 0;
  private readonly empty: B[] = [];
  private running: Promise<void> | undefined;
  private trouble: unknown;

  constructor(
    private readonly plan: WritePlan<B>,
    private readonly context: WriteContext,
  ) {
    this.source = context.functionFor(plan);
    this.batch = this.emptyBatch();
  }

  /** To be called when the batch is full. */
  next(): void {
    this.full.push(this.batch);
    this.batch = this.emptyBatch();
    if (this.full.length >= this.plan.batchesAWrite) this.start();
  }

  private emptyBatch(): B {
    // A function serves one table, so what is spare there is of its kind.
    return this.empty.pop() ?? (this.source.spare.pop() as B | undefined) ?? this.plan.newBatch();
  }

  /**
   * To be asked often, and waited for: lets what is being written go on, and holds back when too much waits.
   * Fails when writing failed.
   */
  pause(): Promise<void> | undefined {
    if (this.trouble !== undefined) return Promise.reject(this.trouble as Error);
    if (!this.running) return undefined;
    if (this.full.length >= this.plan.batchesAWrite) return this.running;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Writes all that is left. Nothing may be filled in any more. */
  async finish(): Promise<void> {
    if (this.batch.rows > 0) this.next();
    while (this.running || this.full.length > 0) {
      this.start();
      await this.running;
    }
    if (this.trouble !== undefined) throw this.trouble as Error;
    for (const batch of [this.batch, ...this.empty.splice(0)])
      if (this.source.spare.length < MOST_SPARE) this.source.spare.push(batch);
  }

  private start(): void {
    if (this.running || this.full.length === 0 || this.trouble !== undefined) return;
    this.serving = this.full.splice(0, this.plan.batchesAWrite);
    this.served = 0;
    const { target, select, threads } = this.plan;
    const { connection, exclusively, useThreads } = this.context;
    const write = async (): Promise<void> => {
      await useThreads(threads);
      await connection.run(`INSERT INTO ${target} SELECT ${select} FROM ${this.source.name}()`);
    };
    this.running = exclusively(() => this.source.serveWith((chunk) => this.serve(chunk), write))
      .catch((error: unknown) => {
        this.trouble = error ?? new Error('The rows could not be written.');
      })
      .then(() => {
        this.running = undefined;
        if (this.full.length >= this.plan.batchesAWrite) this.start();
      });
  }

  private serve(chunk: DuckDBDataChunk): void {
    const batch = this.serving[this.served];
    chunk.rowCount = batch?.rows ?? 0;
    if (!batch) return;
    this.served++;
    this.plan.serve(batch, chunk);
    this.empty.push(batch);
  }
}
