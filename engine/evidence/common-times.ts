/** Which earlier sources speak in the same stream of the same system at the same time as a source: what to compare it with. */
import type { ReadSource } from '../intake/database-recipe.ts';
import { rotatedSetOf } from '../intake/rotation-order.ts';
import type { Transaction } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';

/** Rows with a stream, a system and a time, and how they are found in the hourly roll-ups. */
export interface TimedRows {
  /** SQL of rows with `source_id`, `stream`, `system` and `time`. */
  readonly rows: string;
  /** SQL that is true for the streams of `stream_hours` that are made from them. */
  readonly streams: string;
}

/** Times in common with earlier sources. */
export interface CommonTimes {
  /** The sources to be compared, the new one last. Our own numbers: nothing to escape in SQL. */
  readonly sources: readonly number[];
  /** First and last instant that any of them has in common with the new one, as literals of SQL. */
  readonly from: string;
  readonly to: string;
  /** SQL of what each has in common with it: `source_id`, `stream`, `system`, `first`, `last`. */
  readonly spans: string;
  /** Those of them that are of one rotated set with the new one by path, the new one included. */
  readonly sameSet: readonly number[];
}

/**
 * Finds with which earlier sources a source has times in common, and gives what bounds them; `undefined` where there are
 * none. Rows that name no system are compared with rows of other sources that name none either.
 */
export async function findCommonTimes(
  transaction: Transaction,
  source: ReadSource,
  timed: TimedRows,
): Promise<CommonTimes | undefined> {
  // One question for all: thousands of small files come out of a bucket.
  const rows = await transaction.query(
    `SELECT source_id, min(first)::VARCHAR AS first, max(last)::VARCHAR AS last FROM (
       ${namedSpans(source, timed)} UNION ALL ${namelessOf(source, timed)})
     GROUP BY source_id ORDER BY source_id`,
  );
  const nameless = rows.find((row) => row['source_id'] === null);
  const named = rows.filter((row) => row !== nameless);
  if (!nameless) return commonTimes(transaction, source, { found: named, spans: namedSpans(source, timed) });
  const spans = `${namedSpans(source, timed)} UNION ALL ${namelessSpans(source, timed, nameless)}`;
  const found = await transaction.query(
    `SELECT source_id, min(first)::VARCHAR AS first, max(last)::VARCHAR AS last FROM (${spans})
     GROUP BY source_id ORDER BY source_id`,
  );
  return commonTimes(transaction, source, { found, spans });
}

async function commonTimes(
  transaction: Transaction,
  source: ReadSource,
  { found, spans }: { readonly found: readonly SqlRow[]; readonly spans: string },
): Promise<CommonTimes | undefined> {
  if (found.length === 0) return undefined;
  const sources = [...found.map((row) => Number(row['source_id'])), source.sourceId];
  const texts = (column: string): readonly string[] => found.map((row) => String(row[column])).sort();
  return {
    sources,
    from: `TIMESTAMP '${texts('first')[0]!}'`,
    to: `TIMESTAMP '${texts('last').at(-1)!}'`,
    spans,
    sameSet: await sourcesOfSet(transaction, source, sources),
  };
}

function mine({ sourceId }: ReadSource, { rows }: TimedRows): string {
  return `(SELECT stream, system, min(time) AS first, max(time) AS last FROM ${rows} e
    WHERE source_id = ${sourceId} AND time IS NOT NULL GROUP BY stream, system)`;
}

function namedSpans(source: ReadSource, timed: TimedRows): string {
  return `SELECT h.source_id, h.stream, h.system, greatest(min(h.first_time), min(m.first)) AS first,
      least(max(h.last_time), min(m.last)) AS last
    FROM evidence.stream_hours h JOIN ${mine(source, timed)} m ON m.stream = h.stream AND m.system = h.system
      AND h.last_time >= m.first AND h.first_time <= m.last
    WHERE h.source_id <> ${source.sourceId} AND ${timed.streams} GROUP BY h.source_id, h.stream, h.system`;
}

/** One row without a source for what of the source names no system. */
function namelessOf(source: ReadSource, timed: TimedRows): string {
  return `SELECT NULL AS source_id, stream, NULL AS system, first, last FROM ${mine(source, timed)} WHERE system IS NULL`;
}

/** The roll-ups know nothing of rows without a system: those are looked for in the sources themselves. */
function namelessSpans(source: ReadSource, timed: TimedRows, { first, last }: SqlRow): string {
  const time = (text: unknown): string => `TIMESTAMP '${String(text)}'`;
  return `SELECT e.source_id, e.stream, NULL AS system, greatest(min(e.time), min(m.first)) AS first,
      least(max(e.time), min(m.last)) AS last
    FROM ${timed.rows} e JOIN ${mine(source, timed)} m ON m.stream = e.stream AND m.system IS NULL
    WHERE e.system IS NULL AND e.source_id IN (
      SELECT source_id FROM sources WHERE source_id <> ${source.sourceId}
        AND last_time >= ${time(first)} AND first_time <= ${time(last)})
    GROUP BY e.source_id, e.stream HAVING max(e.time) >= min(m.first) AND min(e.time) <= min(m.last)`;
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
