import type { JobContext } from './core/effects.ts';
import type { Engine } from './engine.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { LockedQueries } from './store/locked/locked-queries.ts';
import type { SqlRow } from './store/sql-values.ts';

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly SqlRow[];
}

/**
 * Runs a query that a person typed, on the locked connection.
 * Fails with `refused_query`, `limit_reached` or `cancelled`.
 */
export async function askCase(engine: Engine, target: EvidenceCase, sql: string, job: JobContext): Promise<Answer> {
  return target.database.lendReadOnly(async (path) => {
    const queries = new LockedQueries(engine.spawnLocked, path);
    try {
      const result = await queries.query({ sql, signal: job.signal });
      const rows: SqlRow[] = [];
      for await (const piece of result.rows) rows.push(...piece);
      return { columns: result.columns.map((column) => column.name), rows };
    } finally {
      await queries.close();
    }
  });
}
