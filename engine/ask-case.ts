import { formatInstant } from '../shared/time.ts';
import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { LockedQueries } from './store/locked/locked-queries.ts';
import type { ResultColumn } from './store/locked/messages.ts';
import type { SqlRow, SqlValue } from './store/sql-values.ts';

export interface Answer {
  readonly columns: readonly ResultColumn[];
  /** Pieces of rows, to be read once. Instants are RFC 3339 text, bytes are hexadecimal. */
  readonly rows: AsyncIterable<readonly SqlRow[]>;
}

export interface Question<T> {
  readonly sql: string;
  readonly job: JobContext;
  /** Reads the answer, which is gone when this resolves. */
  readonly use: (answer: Answer) => Promise<T>;
}

/**
 * Runs a query that a person typed, on the locked connection, and gives what `use` makes of the answer. Memory does not
 * follow the number of rows. Fails, before or in the middle of the rows, with `refused_query`, `limit_reached` or
 * `cancelled`.
 */
export async function askCase<T>(engine: Engine, target: EvidenceCase, { sql, job, use }: Question<T>): Promise<T> {
  return target.database.lendReadOnly(async (path) => {
    const queries = new LockedQueries(engine.spawnLocked, path);
    try {
      const { columns, rows } = await queries.query({ sql, signal: job.signal });
      return await use({ columns, rows: shownRows(columns, rows) });
    } finally {
      await queries.close();
    }
  });
}

async function* shownRows(
  columns: readonly ResultColumn[],
  pieces: AsyncIterable<readonly SqlRow[]>,
): AsyncGenerator<readonly SqlRow[]> {
  const shown = columns.map(({ name, type }) => ({ name, isInstant: INSTANTS.test(type) }));
  for await (const piece of pieces) {
    yield piece.map((row) =>
      Object.fromEntries(shown.map(({ name, isInstant }) => [name, shownValue(row[name] ?? null, isInstant)])),
    );
  }
}

// A column of instants, or of lists of them: those are the ones that come as microseconds.
const INSTANTS = /^TIMESTAMP( WITH TIME ZONE)?(\[\])*$/;

function shownValue(value: SqlValue, isInstant: boolean): SqlValue {
  if (Array.isArray(value)) return value.map((item: SqlValue) => shownValue(item, isInstant));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (isInstant && (typeof value === 'bigint' || typeof value === 'number')) return shownInstant(BigInt(value));
  // JSON has no word for these, and would make them null.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

// 0000-01-01 and 10000-01-01: RFC 3339 has four digits for the year, and DuckDB has more.
const FIRST_MICROS = -62_167_219_200_000_000n;
const END_MICROS = 253_402_300_800_000_000n;
const INFINITY_MICROS = 2n ** 63n - 1n;

function shownInstant(micros: bigint): string {
  if (micros >= FIRST_MICROS && micros < END_MICROS) return formatInstant(micros);
  if (micros === INFINITY_MICROS) return 'infinity';
  if (micros === -INFINITY_MICROS) return '-infinity';
  return `${micros} microseconds from 1970-01-01T00:00:00Z`;
}
