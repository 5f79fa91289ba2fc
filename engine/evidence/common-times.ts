/** Which earlier sources speak in the same stream of the same system at the same time as a source: what to compare it with. */
import type { ReadSource } from '../intake/database-recipe.ts';
import { rotatedSetOf } from '../intake/rotation-order.ts';
import type { Transaction } from '../store/case-database.ts';

/** Rows with a stream, a system and a time, and how they are found in the hourly roll-ups. */
export interface TimedRows {
  /** SQL of rows with `source_id`, `stream`, `system` and `time`. */
  readonly rows: string;
  /** SQL that is true for the streams of `stream_hours` that are made from them. */
  readonly streams: string;
}

/** Times in common with earlier sources; `times_in_common` has them for each source, stream and system. */
export interface CommonTimes {
  /** The sources to be compared, the new one last. Our own numbers: nothing to escape in SQL. */
  readonly sources: readonly number[];
  /** First and last instant that any of them has in common with the new one, as literals of SQL. */
  readonly from: string;
  readonly to: string;
  /** Those of them that are of one rotated set with the new one by path, the new one included. */
  readonly sameSet: readonly number[];
}

/**
 * Fills the temporary table `times_in_common` (`source_id`, `stream`, `system`, `first`, `last`) and gives what bounds
 * it; `undefined` where no earlier source overlaps, and then no table is left.
 *
 * Rows that name no system are compared with rows of other sources that name none either.
 */
export async function findCommonTimes(
  transaction: Transaction,
  source: ReadSource,
  { rows, streams }: TimedRows,
): Promise<CommonTimes | undefined> {
  const bound = { source: source.sourceId };
  const some = await transaction.query(`SELECT 1 FROM ${rows} e WHERE source_id = $source::INTEGER LIMIT 1`, bound);
  if (some.length === 0) return undefined;
  await transaction.query(
    `CREATE OR REPLACE TEMP TABLE mine AS
     SELECT stream, system, min(time) AS first, max(time) AS last FROM ${rows} e
     WHERE source_id = $source::INTEGER AND time IS NOT NULL GROUP BY stream, system`,
    bound,
  );
  await transaction.query(
    `CREATE OR REPLACE TEMP TABLE times_in_common AS
     SELECT h.source_id, h.stream, h.system, greatest(min(h.first_time), min(m.first)) AS first,
       least(max(h.last_time), min(m.last)) AS last
     FROM evidence.stream_hours h JOIN mine m ON m.stream = h.stream AND m.system = h.system
       AND h.last_time >= m.first AND h.first_time <= m.last
     WHERE h.source_id <> $source::INTEGER AND ${streams} GROUP BY h.source_id, h.stream, h.system`,
    bound,
  );
  await addNameless(transaction, source, rows);
  await transaction.query('DROP TABLE mine');
  const found = await transaction.query(
    `SELECT source_id, min(first)::VARCHAR AS first, max(last)::VARCHAR AS last FROM times_in_common
     GROUP BY source_id ORDER BY source_id`,
  );
  if (found.length === 0) {
    await dropCommonTimes(transaction);
    return undefined;
  }
  const sources = [...found.map((row) => Number(row['source_id'])), source.sourceId];
  const texts = (column: string): readonly string[] => found.map((row) => String(row[column])).sort();
  return {
    sources,
    from: `TIMESTAMP '${texts('first')[0]!}'`,
    to: `TIMESTAMP '${texts('last').at(-1)!}'`,
    sameSet: await sourcesOfSet(transaction, source, sources),
  };
}

/** To be called when the comparison is done. */
export async function dropCommonTimes(transaction: Transaction): Promise<void> {
  await transaction.query('DROP TABLE times_in_common');
}

/** The roll-ups know nothing of rows without a system: those are looked for in the sources themselves. */
async function addNameless(transaction: Transaction, { sourceId }: ReadSource, rows: string): Promise<void> {
  const [none] = await transaction.query(
    `SELECT min(first)::VARCHAR AS first, max(last)::VARCHAR AS last FROM mine WHERE system IS NULL`,
  );
  if (!none || none['first'] === null) return;
  await transaction.query(
    `INSERT INTO times_in_common
     SELECT e.source_id, e.stream, NULL, greatest(min(e.time), min(m.first)), least(max(e.time), min(m.last))
     FROM ${rows} e JOIN mine m ON m.stream = e.stream AND m.system IS NULL
     WHERE e.system IS NULL AND e.source_id IN (
       SELECT source_id FROM sources WHERE source_id <> $source::INTEGER
         AND last_time >= $first::TIMESTAMP AND first_time <= $last::TIMESTAMP)
     GROUP BY e.source_id, e.stream HAVING max(e.time) >= min(m.first) AND min(e.time) <= min(m.last)`,
    { source: sourceId, first: String(none['first']), last: String(none['last']) },
  );
}

async function sourcesOfSet(
  transaction: Transaction,
  { sourceId, originalPath, member }: ReadSource,
  sources: readonly number[],
): Promise<readonly number[]> {
  if (originalPath === undefined) return [sourceId];
  const set = rotatedSetOf(pathOf(originalPath, member ?? null));
  const rows = await transaction.query(
    `SELECT source_id, original_path, member FROM sources WHERE source_id IN (${sources.join(', ')}) ORDER BY source_id`,
  );
  const others = rows.filter(
    (row) => rotatedSetOf(pathOf(String(row['original_path']), row['member'] as string | null)) === set,
  );
  return [...others.map((row) => Number(row['source_id'])), sourceId];
}

/** Where a source lay, the place in its archive included. */
export function pathOf(originalPath: string, member: string | null): string {
  return member === null ? originalPath : `${originalPath}!${member}`;
}
