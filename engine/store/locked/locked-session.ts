/**
 * The inside of the locked process: one read-only instance with everything turned off, one statement at a time.
 * The order matters: the time zone is set before the configuration is locked, and a statement is only prepared (which
 * binds table functions and folds constants) after its tree was allowed.
 */
import {
  DuckDBInstance,
  LIST,
  StatementType,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
} from '@duckdb/node-api';
import { fail, ProblemError, type Problem } from '../../../shared/problem.ts';
import { boundValues, plainValue, type SqlParameters, type SqlValue } from '../sql-values.ts';
import type { OpenRequest, QueryRequest, ResultColumn } from './messages.ts';
import { inspectTree, type Inspection } from './statement-gate.ts';

export interface RowSinks {
  readonly columns: (columns: readonly ResultColumn[]) => void;
  /** Waits until another piece may be sent. */
  readonly rows: (rows: readonly (readonly SqlValue[])[]) => Promise<void>;
}

export class LockedSession {
  private isStopped = false;

  private constructor(private readonly connection: DuckDBConnection) {}

  /** Opens the file read-only and locks the instance. */
  static async open(request: OpenRequest): Promise<LockedSession> {
    return new LockedSession(await openLockedConnection(request));
  }

  /** Reads the statement's tree and gives what it uses. Fails with `refused_query`. */
  async inspect(sql: string, tables: readonly string[]): Promise<Inspection> {
    const reader = await this.connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR) AS tree', { sql });
    return inspectTree(String(reader.getRows()[0]?.[0]), tables);
  }

  /** Runs one allowed statement and hands its rows on in pieces. */
  async query({ sql, parameters, tables, mostRows }: QueryRequest, sinks: RowSinks): Promise<void> {
    this.isStopped = false;
    const inspection = await this.inspect(sql, tables);
    const statement = await this.prepared(sql);
    const chosen = pick(parameters, inspection.parameters);
    statement.bind(boundValues(chosen), listTypes(chosen));
    const result = await statement.stream();
    sinks.columns(columnsOf(result.columnNames(), result.columnTypes().map(String)));
    let rows = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      rows += chunk.rowCount;
      if (rows > mostRows) failTooManyRows(mostRows);
      await sinks.rows(chunk.getRows().map((row) => row.map((value) => plainValue(value ?? null))));
      if (this.isStopped) throw new Error('INTERRUPT Error: Interrupted!');
    }
  }

  /** Asks the running statement to end. */
  stop(): void {
    this.isStopped = true;
    this.connection.interrupt();
  }

  // The count and the type are asked again of what will really run: two parsers must agree.
  private async prepared(sql: string): Promise<DuckDBPreparedStatement> {
    const extracted = await this.connection.extractStatements(sql);
    if (extracted.count !== 1) failNotOneSelect();
    const statement = await extracted.prepare(0);
    if (statement.statementType !== StatementType.SELECT) failNotOneSelect();
    return statement;
  }
}

/** A connection to an instance of its own with files, extensions and settings turned off for good. */
export async function openLockedConnection(request: OpenRequest): Promise<DuckDBConnection> {
  const { path, temporaryFolder, memoryMegabytes } = request;
  const instance = await DuckDBInstance.create(path, {
    ...(path === ':memory:' ? {} : { access_mode: 'READ_ONLY' }),
    memory_limit: `${memoryMegabytes}MB`,
    threads: '2',
    temp_directory: temporaryFolder,
    max_temp_directory_size: '4GB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
  return connection;
}

/** The problem to report for whatever a statement failed with. */
export function problemOfQuery(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500);
  if (/^Out of Memory/i.test(message) || message.includes('allocat')) {
    return {
      code: 'limit_reached',
      message: `The query needs more memory than it may use: ${message}`,
      remedy: 'Read fewer rows or columns at once.',
    };
  }
  return {
    code: 'refused_query',
    message: `The query could not be run: ${message}${message.endsWith('.') ? '' : '.'}`,
    remedy: 'Correct the statement; the tables and their columns are documented.',
  };
}

function pick(parameters: SqlParameters, names: readonly string[]): SqlParameters {
  const missing = names.filter((name) => !Object.hasOwn(parameters, name));
  if (missing.length > 0) {
    fail({
      code: 'refused_query',
      message: `The statement names the parameter ${missing.join(', ')}, which has no value.`,
      remedy: 'Declare the parameter, or leave it out of the statement.',
    });
  }
  return Object.fromEntries(names.map((name) => [name, parameters[name]!]));
}

/** Lists are of text, also where an empty one does not show it. */
function listTypes(parameters: SqlParameters): Record<string, DuckDBType> {
  const lists = Object.entries(parameters).filter(([, value]) => Array.isArray(value));
  return Object.fromEntries(lists.map(([name]) => [name, LIST(VARCHAR)]));
}

function columnsOf(names: readonly string[], types: readonly string[]): readonly ResultColumn[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    fail({
      code: 'refused_query',
      message: `The statement gives two columns named ${twice}.`,
      remedy: 'Give every column a name of its own.',
    });
  }
  return names.map((name, index) => ({ name, type: types[index]! }));
}

function failNotOneSelect(): never {
  return fail({
    code: 'refused_query',
    message: 'Only one SELECT statement is run here.',
    remedy: 'Use one SELECT statement.',
  });
}

function failTooManyRows(mostRows: number): never {
  return fail({
    code: 'limit_reached',
    message: `The query gives more than ${mostRows} rows.`,
    remedy: 'Add conditions or a LIMIT.',
  });
}
