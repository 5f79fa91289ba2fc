/**
 * The engine's end of the locked connection: starts the process when it is first needed, runs one query at a time in
 * it, and ends it when a query takes too long, too much memory, or the machine's patience.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ProblemError } from '../../../shared/problem.ts';
import type { SpawnLocked } from '../../core/locked-child.ts';
import type { SqlParameters, SqlRow, SqlValue } from '../sql-values.ts';
import { readableTables } from './allowed-tables.ts';
import { LockedLine } from './locked-line.ts';
import type { ResultColumn } from './messages.ts';
import type { Inspection } from './statement-gate.ts';

export interface LockedLimits {
  /** Time the process may work on one query; time that the reader of the rows takes is not counted. */
  readonly seconds: number;
  /** For DuckDB's buffers. The process is ended when it holds PROCESS_MEGABYTES more than this. */
  readonly memoryMegabytes: number;
  readonly rows: number;
}

export const defaultLimits: LockedLimits = { seconds: 60, memoryMegabytes: 1024, rows: 5_000_000 };

export interface LockedQuery {
  readonly sql: string;
  readonly parameters?: SqlParameters;
  /** The tables it may read; all documented ones where left out. */
  readonly tables?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A result under way. Its rows must be read to the end, or the iteration ended, before the next query. */
export interface LockedResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: AsyncGenerator<readonly SqlRow[]>;
}

/** What the process itself needs: Node, the rows on their way, one chunk of wide strings. */
const PROCESS_MEGABYTES = 768;
/** How long a query that was asked to end may take to do so. */
const GRACE_MS = 1000;

export class LockedQueries {
  private line: LockedLine | undefined;
  private folder: string | undefined;
  private isBusy = false;

  /** `path` is the database file, which nobody may have open for writing; `:memory:` only reads statements. */
  constructor(
    private readonly spawn: SpawnLocked,
    private readonly path: string,
    private readonly limits: LockedLimits = defaultLimits,
  ) {}

  /**
   * Gives what a statement uses, without running it.
   * Fails with `refused_query` on anything that is not one SELECT of allowed functions and tables.
   */
  async inspect(sql: string, tables: readonly string[] = readableTables): Promise<Inspection> {
    const line = await this.begin();
    try {
      line.send({ kind: 'inspect', sql, tables });
      const answer = await this.answer(line, new Budget(this.limits.seconds), undefined);
      if (answer.kind !== 'inspected') throw new Error(`Unexpected ${answer.kind}`);
      return answer.inspection;
    } finally {
      this.isBusy = false;
    }
  }

  /**
   * Runs one SELECT. Resolves once it gives its columns; rows follow in pieces of at most 2048.
   * Fails, here or while rows are read, with `refused_query`, `limit_reached` or `cancelled`.
   */
  async query({ sql, parameters = {}, tables = readableTables, signal }: LockedQuery): Promise<LockedResult> {
    const line = await this.begin();
    const budget = new Budget(this.limits.seconds);
    try {
      line.send({ kind: 'query', sql, parameters, tables, mostRows: this.limits.rows });
      const answer = await this.answer(line, budget, signal);
      if (answer.kind !== 'columns') throw new Error(`Unexpected ${answer.kind}`);
      return { columns: answer.columns, rows: this.rows(line, { columns: answer.columns, budget, signal }) };
    } catch (error) {
      this.isBusy = false;
      throw error;
    }
  }

  /** Runs one SELECT and gives all its rows; for results that are known to be small. */
  async all(query: LockedQuery): Promise<readonly SqlRow[]> {
    const rows: SqlRow[] = [];
    for await (const piece of (await this.query(query)).rows) rows.push(...piece);
    return rows;
  }

  /** Ends the process and removes its folder. */
  async close(): Promise<void> {
    await this.end();
  }

  private async *rows(
    line: LockedLine,
    { columns, budget, signal }: Reading,
  ): AsyncGenerator<readonly SqlRow[], void, undefined> {
    const names = columns.map(({ name }) => name);
    let isDone = false;
    try {
      while (!isDone) {
        const answer = await this.answer(line, budget, signal);
        isDone = answer.kind === 'done';
        if (answer.kind !== 'rows') continue;
        yield answer.rows.map((row) => rowOf(names, row));
        line.send({ kind: 'more' });
      }
    } catch (error) {
      isDone = true;
      throw error;
    } finally {
      // A reader that went away early, or that failed itself: the query is asked to end.
      if (!isDone) await this.stop(line);
      this.isBusy = false;
    }
  }

  private async begin(): Promise<LockedLine> {
    if (this.isBusy) throw new Error('The locked connection runs one query at a time');
    this.isBusy = true;
    try {
      return this.line && !this.line.isEnded ? this.line : await this.open();
    } catch (error) {
      this.isBusy = false;
      throw error;
    }
  }

  private async open(): Promise<LockedLine> {
    await this.end();
    this.folder = await mkdtemp(join(tmpdir(), 'fieldwork-locked-'));
    const line = new LockedLine(await this.spawn());
    this.line = line;
    const { memoryMegabytes, seconds } = this.limits;
    line.send({ kind: 'open', path: this.path, temporaryFolder: this.folder, memoryMegabytes });
    const answer = await this.answer(line, new Budget(seconds), undefined);
    if (answer.kind !== 'opened') throw new Error(`Unexpected ${answer.kind}`);
    return line;
  }

  private async end(): Promise<void> {
    this.line?.kill();
    await this.line?.ended;
    this.line = undefined;
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  /** The next answer; the process is ended when it does not come in time or the process grows too large. */
  private async answer(line: LockedLine, budget: Budget, signal: AbortSignal | undefined) {
    const mostMegabytes = this.limits.memoryMegabytes + PROCESS_MEGABYTES;
    const answer = await budget.spend(() => line.next({ milliseconds: budget.left, mostMegabytes, signal }));
    switch (answer.kind) {
      case 'failed':
        throw new ProblemError(answer.problem);
      case 'ended':
        return failEnded(answer.reason);
      case 'late':
        await this.stop(line);
        return failLate(this.limits.seconds);
      case 'large':
        await this.end();
        return failLarge(answer.megabytes, mostMegabytes);
      case 'cancelled':
        await this.stop(line);
        return fail({
          code: 'cancelled',
          message: 'The query was cancelled.',
          remedy: 'Start it again when you wish.',
        });
      default:
        return answer;
    }
  }

  /** Asks the query to end, then makes it end. */
  private async stop(line: LockedLine): Promise<void> {
    line.send({ kind: 'stop' });
    if (!(await line.settled(GRACE_MS))) await this.end();
  }
}

interface Reading {
  readonly columns: readonly ResultColumn[];
  readonly budget: Budget;
  readonly signal: AbortSignal | undefined;
}

/** Time that may still be spent waiting for the process. */
class Budget {
  private milliseconds: number;

  constructor(seconds: number) {
    this.milliseconds = seconds * 1000;
  }

  get left(): number {
    return Math.max(0, this.milliseconds);
  }

  async spend<T>(wait: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await wait();
    } finally {
      this.milliseconds -= performance.now() - from;
    }
  }
}

function rowOf(names: readonly string[], values: readonly SqlValue[]): SqlRow {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

function failEnded(reason: string): never {
  return fail({
    code: 'limit_reached',
    message: `The query ended with its process. ${reason}`,
    remedy: 'Read fewer rows or columns at once, then run it again.',
  });
}

function failLate(seconds: number): never {
  return fail({
    code: 'limit_reached',
    message: `The query took longer than ${seconds} s and was ended.`,
    remedy: 'Narrow it, or allow it more time.',
  });
}

function failLarge(megabytes: number, most: number): never {
  return fail({
    code: 'limit_reached',
    message: `The process of the query held ${megabytes} MB, more than the ${most} MB it may hold, and was ended.`,
    remedy: 'Read fewer rows or build shorter texts.',
  });
}
