/**
 * The one owner of a case's database file. DuckDB loses committed rows without an error when the same file is opened
 * twice in one process, so an instance is only ever made here, and the files in use are kept in one register.
 */
import { realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance, version as duckdbVersion, type DuckDBConnection } from '@duckdb/node-api';
import { fail } from '../../shared/problem.ts';
import { failCancelled } from '../core/cancelled.ts';
import { BulkQueue, type BulkTable, type BulkValue } from './bulk-rows.ts';
import { boundTypes, boundValues, plainValue, type SqlParameters, type SqlRow } from './sql-values.ts';

const openFiles = new Set<string>();

// Each running query holds a libuv thread; more than this at once would starve file reads.
const MOST_QUERIES_AT_ONCE = 3;

export interface DatabaseOptions {
  /** `:memory:` or the path of the file; its folder must exist. */
  readonly path: string;
  readonly readOnly?: boolean;
  /** Mebibytes for DuckDB's buffers; below 2048, so that a giant allocation is an error and not a trap. */
  readonly memoryLimitMb?: number;
}

/** The version of the DuckDB library, as it gives it. */
export function databaseVersion(): string {
  return duckdbVersion();
}

export class CaseDatabase {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly queues = new Map<string, BulkQueue>();

  private constructor(
    private instance: DuckDBInstance,
    private readonly options: DatabaseOptions,
    private readonly registered: string | undefined,
    private readonly scratch: string,
  ) {}

  /**
   * Opens or makes the database file.
   * Fails with `case_in_use` when this process has it open already, or another process does.
   */
  static async open(options: DatabaseOptions): Promise<CaseDatabase> {
    const registered = options.path === ':memory:' ? undefined : canonicalPath(options.path);
    if (registered !== undefined && openFiles.has(registered)) failInUse(options.path, 'this process');
    if (registered !== undefined) openFiles.add(registered);
    const scratch = await mkdtemp(join(tmpdir(), 'fieldwork-db-'));
    try {
      return new CaseDatabase(await openInstance(options, scratch), options, registered, scratch);
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
    const connection = await this.instance.connect();
    try {
      const result = await connection.stream(sql, boundValues(parameters), boundTypes(parameters));
      const names = result.columnNames();
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        yield chunk
          .getRows()
          .map((row) => Object.fromEntries(names.map((name, i) => [name, plainValue(row[i] ?? null)])));
      }
    } finally {
      connection.closeSync();
    }
  }

  /** Does everything in `work` in one transaction: all of it, or (when it throws) nothing. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.withConnection(async (connection) => {
      await connection.run('BEGIN TRANSACTION');
      const transaction = new Transaction(connection, this.queues);
      try {
        const result = await work(transaction);
        await transaction.flush();
        await connection.run('COMMIT');
        return result;
      } catch (error) {
        this.queues.clear(); // the rows that wait, and the functions that went with the transaction
        await connection.run('ROLLBACK').catch(() => undefined); // a failed COMMIT has rolled back already
        throw error;
      }
    });
  }

  /**
   * Lends the file: it is reopened read-only meanwhile, so that other processes may open it read-only too.
   * Queries of this process wait only for the two moments of reopening.
   */
  async lendReadOnly<T>(work: (path: string) => Promise<T>): Promise<T> {
    if (this.options.readOnly === true || this.registered === undefined) return work(this.options.path);
    await this.reopen(true);
    try {
      return await work(this.options.path);
    } finally {
      await this.reopen(false);
    }
  }

  async close(): Promise<void> {
    await this.drained();
    this.instance.closeSync();
    if (this.registered !== undefined) openFiles.delete(this.registered);
    await rm(this.scratch, { recursive: true, force: true });
  }

  private async reopen(readOnly: boolean): Promise<void> {
    await this.drained();
    this.running = MOST_QUERIES_AT_ONCE; // nobody else until the file is open again
    try {
      if (readOnly) await withPlainConnection(this.instance, (connection) => connection.run('CHECKPOINT'));
      this.instance.closeSync();
      this.queues.clear();
      this.instance = await openInstance({ ...this.options, readOnly }, this.scratch);
    } finally {
      this.running = 0;
      for (const wake of this.waiting.splice(0)) wake();
    }
  }

  private async drained(): Promise<void> {
    while (this.running > 0) await new Promise<void>((wake) => this.waiting.push(wake));
  }

  private async withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    while (this.running >= MOST_QUERIES_AT_ONCE) await new Promise<void>((wake) => this.waiting.push(wake));
    this.running++;
    try {
      return await withPlainConnection(this.instance, work);
    } finally {
      this.running--;
      for (const wake of this.waiting.splice(0)) wake();
    }
  }
}

/** A transaction under way: statements, and rows in bulk. */
export class Transaction {
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly queues: Map<string, BulkQueue>,
  ) {}

  async query(sql: string, parameters: SqlParameters = {}, signal?: AbortSignal): Promise<readonly SqlRow[]> {
    return queryOn(this.connection, sql, parameters, signal);
  }

  /** Adds a row to a table; it is written by the next `flush`. Values in the order of the table's columns. */
  add(table: BulkTable, values: readonly BulkValue[]): void {
    let queue = this.queues.get(table.target);
    if (!queue) {
      queue = new BulkQueue(table);
      queue.register(this.connection);
      this.queues.set(table.target, queue);
    }
    queue.add(values);
  }

  /** Writes the tables with at least `atLeast` rows waiting. */
  async flush(atLeast = 1): Promise<void> {
    for (const queue of this.queues.values()) if (queue.waitingRows >= atLeast) await queue.flush(this.connection);
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
    return reader
      .getRows()
      .map((row) => Object.fromEntries(names.map((name, i) => [name, plainValue(row[i] ?? null)])));
  } catch (error) {
    if (signal?.aborted) failCancelled();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
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

async function openInstance(options: DatabaseOptions, scratch: string): Promise<DuckDBInstance> {
  try {
    const instance = await DuckDBInstance.create(options.path, {
      ...(options.readOnly === true ? { access_mode: 'READ_ONLY' } : {}),
      memory_limit: `${options.memoryLimitMb ?? 1536}MB`,
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

/** Makes the folder that is to hold a database file. */
export async function makeDatabaseFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
}
