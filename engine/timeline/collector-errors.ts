/** What collectors and scanners say of themselves while several systems are silent together. */
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { Corroboration, FoundGap } from './gap.ts';
import { citedOf, gapsAsSql, MARGIN_S } from './gap-ranges.ts';

/**
 * For each gap, in their order: failures in the log of Fluent Bit, whichever host wrote it, for a silence; scans of the same
 * tool that began and did not finish, for scans that are missing.
 */
export async function readCollectorErrors(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly (readonly Corroboration[])[]> {
  const found = gaps.map((): Corroboration[] => []);
  if (gaps.length === 0) return found;
  const table = gapsAsSql(gaps);
  for (const row of await database.query(failuresSql(table))) found[Number(row['place'])]!.push(failures(row));
  for (const row of await database.query(cutScansSql(table))) found[Number(row['place'])]!.push(cutScan(row));
  return found;
}

function failuresSql(table: string): string {
  const margin = `INTERVAL ${MARGIN_S} SECOND`;
  return `
    SELECT g.place, e.system AS wrote, e.code, count(*) AS times, min(e.time) AS first, arg_min(e.source_id, (e.time, e.source_id, e.record)) AS source_id,
      arg_min(e.record, (e.time, e.source_id, e.record)) AS record
    FROM ${table} g JOIN events e ON e.stream = 'fluent-bit' AND e.class = 'event_log_activity' AND e.outcome = 'failure'
      AND e.time >= g."from" - ${margin} AND e.time <= g."to" + ${margin}
    WHERE g.stream NOT IN (SELECT tool FROM scans WHERE tool IS NOT NULL)
    GROUP BY ALL ORDER BY g.place, first, wrote, e.code`;
}

function cutScansSql(table: string): string {
  return `
    SELECT g.place, s.started AS first, s.source_id, s.record
    FROM ${table} g JOIN scans s ON s.tool = g.stream AND NOT coalesce(s.completed, false) AND s.started >= g."from" AND s.started < g."to"
    ORDER BY g.place, first, s.source_id, s.record`;
}

function failures(row: SqlRow): Corroboration {
  const times = Number(row['times']) === 1 ? 'once' : `${String(row['times'])} times`;
  const wrote = row['wrote'] === null ? 'Fluent Bit' : `Fluent Bit of ${String(row['wrote'])}`;
  return {
    says: `${wrote} wrote ${String(row['code'])} ${times}, first at ${formatInstant(row['first'] as UtcMicros)}.`,
    cites: [citedOf(row)],
  };
}

function cutScan(row: SqlRow): Corroboration {
  return {
    says: `A scan began at ${formatInstant(row['first'] as UtcMicros)} and did not finish.`,
    cites: [citedOf(row)],
  };
}
