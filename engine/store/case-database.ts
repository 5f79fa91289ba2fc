/**
 * The one owner of a case's database file. DuckDB loses committed rows without an error when the same file is opened
 * twice in one process, so an instance is only ever made here, and the files in use are kept in one register.
 */
import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance, version as duckdbVersion, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { fail, ProblemError } from '../../shared/problem.ts';
import { failCancelled } from '../core/cancelled.ts';
import { BulkQueue, type BulkTable, type BulkValue } from './bulk-rows.ts';
import type { EvidenceTableName } from '../core/tables.ts';
import { columnPlan, type ColumnTable, type ColumnWriter } from './column-rows.ts';
import { FeedingSettings } from './feeding-settings.ts';
import { BatchFunction, OverlappedWriter, type WriteContext } from './overlapped-writer.ts';
import { RowWriter } from './row-writer.ts';
import { boundTypes, boundValues, plainValue, type SqlParameters, type SqlRow } from './sql-values.ts';

const openFiles = new Set<string>();

// Together five seconds.
const ATTEMPTS = 50;
const ATTEMPT_PAUSE_MS = 100;

// Each running query holds a libuv thread; more than this at once would starve file reads.
const MOST_QUERIES_AT_ONCE = 3;

export interface DatabaseOptions {
  /** `:memory:` or the path of the file; its folder must exist. */
  readonly path: string;
  readonly readOnly?: boolean;
  /** We hold the lock of the case: another process that has the file is on its way out, and is waited for. */
  readonly isOwner?: boolean;
  /** Mebibytes for DuckDB's buffers; below 2048, so that a giant allocation is an error and not a trap. */
  readonly memoryLimitMb?: number;
}

const USUAL_MEMORY_MB = 1536;
const SMALL_SOURCES_MEMORY_MB = 512;

function memoryLimitOf({ memoryLimitMb }: DatabaseOptions): number {
  return memoryLimitMb ?? USUAL_MEMORY_MB;
}

/** The version of the DuckDB library, as it gives it. */
export function databaseVersion(): string {
  return duckdbVersion();
}

export class CaseDatabase {
  private running = 0;
  private isBarred = false;
  private lending: Promise<unknown> = Promise.resolve();
  private readonly waiting: (() => void)[] = [];
  private readonly queues = new Map<string, BulkQueue>();
  private readonly functions = new Map<string, BatchFunction>();
  /** What DuckDB may use now, in mebibytes. */
  private memoryMb: number;

  private constructor(
    private instance: DuckDBInstance,
    private readonly options: DatabaseOptions,
    private readonly registered: string | undefined,
    private readonly scratch: string,
  ) {
    this.memoryMb = memoryLimitOf(options);
  }

  /**
   * Opens or makes the database file.
   * Fails with `case_in_use` when this process has it open already, or another process does.
   */
  static async open(options: DatabaseOptions): Promise<CaseDatabase> {
    const registered = options.path === ':memory:' ? undefined : canonicalPath(options.path);
    if (registered !== undefined && openFiles.has(registered)) failInUse(options.path, 'this process');
    if (registered !== undefined) openFiles.add(registered);
    // Spilled evidence stays on the disk of the case, where whoever opens it next clears up after a crash.
    const scratch = await mkdtemp(join(registered === undefined ? tmpdir() : dirname(registered), 'scratch-'));
    try {
      const open = options.isOwner === true ? openWhenFree : openInstance;
      return new CaseDatabase(await open(options, scratch), options, registered, scratch);
    } catch (error) {
      if (registered !== undefined) openFiles.delete(registered);
      await rm(scratch, { recursive: true, force: true });
      throw error;
    }
  }

  get path(): string {
    return this.options.path;
  }

  /** Runs one statement and gives all rows. Ends early, with `cancelled`, when the signal says so. */
  async query(sql: string, parameters: SqlParameters = {}, signal?: AbortSignal): Promise<readonly SqlRow[]> {
    return this.withConnection((connection) => queryOn(connection, sql, parameters, signal));
  }

  /** Runs one statement and streams its rows in pieces, so that memory does not follow the size of the result. */
  async *stream(sql: string, parameters: SqlParameters = {}): AsyncGenerator<readonly SqlRow[]> {
    await this.enter();
    let connection: DuckDBConnection | undefined;
    try {
      connection = await this.instance.connect();
      const result = await connection.stream(sql, boundValues(parameters), boundTypes(parameters));
      const names = result.columnNames();
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        yield chunk.getRows().map((row) => rowObject(names, row));
      }
    } finally {
      connection?.closeSync();
      this.leave();
    }
  }

  /** Does everything in `work` in one transaction: all of it, or (when it throws) nothing. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.withConnection(async (connection) => {
      await connection.run('BEGIN TRANSACTION');
      const transaction = new Transaction(connection, this.queues, this.functions, this.memoryMb);
      try {
        const result = await work(transaction);
        await transaction.flush();
        await transaction.settled();
        await connection.run('COMMIT');
        return result;
      } catch (error) {
        await transaction.settled().catch(() => undefined); // nothing may run on the connection any more
        this.forgetFunctions(); // they went with the transaction, and the rows that wait go too
        await connection.run('ROLLBACK').catch(() => undefined); // a failed COMMIT has rolled back already
        throw error;
      } finally {
        // A database that refuses this is broken, and what broke it is being told.
        await transaction.restoreSettings().catch(() => undefined);
      }
    });
  }

  /**
   * Does `work`, which writes many small sources one after the other. Statements run on one thread each meanwhile:
   * threads of DuckDB that wait for rows of ours ask for them over and over, which costs more than they bring where a
   * source has few rows. Nor is so much kept in memory of what was written, for it is not read again soon.
   */
  async forSmallSources<T>(work: () => Promise<T>): Promise<T> {
    await this.limit(1, Math.min(SMALL_SOURCES_MEMORY_MB, memoryLimitOf(this.options)));
    try {
      return await work();
    } finally {
      await this.limit(undefined, memoryLimitOf(this.options));
    }
  }

  /**
   * Lends the file: it is reopened read-only meanwhile, so that other processes may open it read-only too.
   * Lends come one after the other; queries of this process wait only for the two moments of reopening.
   */
  async lendReadOnly<T>(work: (path: string) => Promise<T>): Promise<T> {
    if (this.options.readOnly === true || this.registered === undefined) return work(this.options.path);
    const lend = this.lending.then(async () => {
      await this.reopen(true);
      try {
        return await work(this.options.path);
      } finally {
        await this.reopen(false);
      }
    });
    this.lending = lend.catch(() => undefined);
    return lend;
  }

  async close(): Promise<void> {
    await this.lending;
    await this.alone(async () => this.instance.closeSync());
    if (this.registered !== undefined) openFiles.delete(this.registered);
    await rm(this.scratch, { recursive: true, force: true });
  }

  /** How many threads statements may use (as many as there are processors when left out), and how much memory. */
  private async limit(threads: number | undefined, memoryMb: number): Promise<void> {
    this.memoryMb = memoryMb;
    await this.withConnection(async (connection) => {
      await connection.run(threads === undefined ? 'RESET GLOBAL threads' : `SET GLOBAL threads = ${threads}`);
      await connection.run(`SET GLOBAL memory_limit = '${memoryMb}MB'`);
    });
  }

  private async reopen(readOnly: boolean): Promise<void> {
    await this.alone(async () => {
      if (readOnly) await withPlainConnection(this.instance, (connection) => connection.run('CHECKPOINT'));
      this.instance.closeSync();
      this.forgetFunctions();
      this.instance = await openWhenFree({ ...this.options, readOnly }, this.scratch);
    });
  }

  private forgetFunctions(): void {
    this.queues.clear();
    this.functions.clear();
  }

  /** Does work while nobody has a connection: waits for those who have one, and keeps others out. */
  private async alone(work: () => Promise<void>): Promise<void> {
    while (this.isBarred) await this.woken();
    this.isBarred = true; // before the first await, so that nobody slips in
    try {
      while (this.running > 0) await this.woken();
      await work();
    } finally {
      this.isBarred = false;
      this.wakeAll();
    }
  }

  private async withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await withPlainConnection(this.instance, work);
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    while (this.isBarred || this.running >= MOST_QUERIES_AT_ONCE) await this.woken();
    this.running++;
  }

  private leave(): void {
    this.running--;
    this.wakeAll();
  }

  private woken(): Promise<void> {
    return new Promise((wake) => this.waiting.push(wake));
  }

  private wakeAll(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

/** A transaction under way: statements, and rows in bulk. One statement runs at a time, whoever asks for it. */
export class Transaction {
  private last: Promise<unknown> = Promise.resolve();
  private readonly settings: FeedingSettings;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly queues: Map<string, BulkQueue>,
    private readonly functions: Map<string, BatchFunction>,
    memoryLimitMb: number,
  ) {
    this.settings = new FeedingSettings(connection, memoryLimitMb);
  }

  async query(sql: string, parameters: SqlParameters = {}, signal?: AbortSignal): Promise<readonly SqlRow[]> {
    return this.exclusively(async () => {
      await this.settings.useThreads(2);
      return queryOn(this.connection, sql, parameters, signal);
    });
  }

  /** Adds a row to a table; it is written by the next `flush`. Values in the order of the table's columns. */
  add(table: BulkTable, values: readonly BulkValue[]): void {
    this.queueOf(table).add(values);
  }

  /** Gets a table ready for rows. Without it that happens with the first row, when no statement may be running. */
  prepare(table: BulkTable): void {
    this.queueOf(table);
  }

  private queueOf(table: BulkTable): BulkQueue {
    let queue = this.queues.get(table.target);
    if (!queue) {
      queue = new BulkQueue(table);
      queue.register(this.connection);
      this.queues.set(table.target, queue);
    }
    return queue;
  }

  /** Writes the tables with at least `atLeast` rows waiting. */
  async flush(atLeast = 1): Promise<void> {
    for (const queue of this.queues.values()) {
      if (queue.waitingRows >= atLeast) await this.exclusively(() => queue.flush(this.connection));
    }
  }

  /** Begins to fill a table with numbers; whoever does must `finish` it within the transaction. */
  columns(table: ColumnTable): ColumnWriter {
    return new OverlappedWriter(columnPlan(table), this.writeContext);
  }

  /**
   * Begins to fill an evidence table value by value with rows of a source; whoever does must `finish` it within the
   * transaction. `ended` is told the record that each row cites.
   */
  rows<N extends EvidenceTableName>(table: N, sourceId: number, ended: (record: number) => void): RowWriter<N> {
    return new RowWriter(table, sourceId, this.writeContext, ended);
  }

  /** Gives DuckDB what it has outside of imports; to be called when everything is over. */
  async restoreSettings(): Promise<void> {
    await this.settings.restore();
  }

  private get writeContext(): WriteContext {
    const { connection, functions } = this;
    return {
      connection,
      exclusively: (work) => this.exclusively(work),
      useThreads: (threads) => this.settings.useThreads(threads),
      functionFor(plan) {
        const known = functions.get(plan.target);
        if (known) return known;
        const made = new BatchFunction(connection, plan);
        functions.set(plan.target, made);
        return made;
      },
    };
  }

  /** Resolves when no statement runs any more. */
  async settled(): Promise<void> {
    await this.last;
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

async function queryOn(
  connection: DuckDBConnection,
  sql: string,
  parameters: SqlParameters,
  signal?: AbortSignal,
): Promise<readonly SqlRow[]> {
  const stop = (): void => connection.interrupt();
  if (signal?.aborted) failCancelled();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const reader = await connection.runAndReadAll(sql, boundValues(parameters), boundTypes(parameters));
    const names = reader.columnNames();
    return reader.getRows().map((row) => rowObject(names, row));
  } catch (error) {
    if (signal?.aborted) failCancelled();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function rowObject(names: readonly string[], row: readonly DuckDBValue[]): SqlRow {
  return Object.fromEntries(names.map((name, i) => [name, plainValue(row[i] ?? null)]));
}

async function withPlainConnection<T>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/**
 * Opens a file whose owner we are. Another process may have it for a moment longer: one for queries that was told to end,
 * or whose engine was killed. It is waited for.
 */
async function openWhenFree(options: DatabaseOptions, scratch: string): Promise<DuckDBInstance> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openInstance(options, scratch);
    } catch (error) {
      const inUse = error instanceof ProblemError && error.problem.code === 'case_in_use';
      if (!inUse || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS));
    }
  }
}

async function openInstance(options: DatabaseOptions, scratch: string): Promise<DuckDBInstance> {
  try {
    const instance = await DuckDBInstance.create(options.path, {
      ...(options.readOnly === true ? { access_mode: 'READ_ONLY' } : {}),
      memory_limit: `${memoryLimitOf(options)}MB`,
      temp_directory: scratch,
      // Without this, zstd columns are silently stored as they are.
      storage_compatibility_version: 'latest',
      // Lets several threads write; row order is kept by the record numbers.
      preserve_insertion_order: 'false',
      // Each source is a transaction; writing the file itself after every few of them would take most of the time.
      checkpoint_threshold: '64MB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    await withPlainConnection(instance, (connection) =>
      connection.run(`SET GLOBAL TimeZone = 'UTC'`).catch(() => undefined),
    );
    await withPlainConnection(instance, (connection) => connection.run('SET GLOBAL enable_external_access = false'));
    return instance;
  } catch (error) {
    if (String(error).includes('Could not set lock on file')) failInUse(options.path, 'another process');
    throw error;
  }
}

function canonicalPath(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}

function failInUse(path: string, who: string): never {
  return fail({
    code: 'case_in_use',
    message: `The case is open already in ${who}.`,
    where: { file: path },
    remedy: 'Close it there, then open it here again.',
  });
}
