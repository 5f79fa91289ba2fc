/** Configuration drift as people ask for it. */
import { formatInstant } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import type { SqlRow } from './store/sql-values.ts';

/** With what: how it was when it was looked at before, or what was approved. */
export const driftSides = ['previous', 'baseline'] as const;
export type DriftSide = (typeof driftSides)[number];

/** An attribute of a resource that differs. Times are RFC 3339; `old` and `new` are JSON. */
export interface DriftLine {
  readonly against: DriftSide;
  /** changed, added, removed; unapproved and absent are of the whole resource, and have no path. */
  readonly change: string;
  readonly provider: string | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly system: string | null;
  readonly resource_type: string;
  readonly resource: string;
  readonly captured: string;
  readonly since: string | null;
  readonly path: string | null;
  readonly old: string | null;
  readonly new: string | null;
  /** It changes by itself, without anybody changing a configuration. */
  readonly volatile: boolean;
  readonly source_id: number;
  readonly record: number;
  readonly of_source_id: number | null;
  readonly of_record: number | null;
}

export interface DriftQuestion {
  readonly against?: DriftSide | undefined;
  /** Only this resource, by its identity. */
  readonly resource?: string | undefined;
  /** What changes by itself too. */
  readonly withVolatile?: boolean | undefined;
}

/** What differs, in the order of time, resource and path. */
export async function readDrift(
  { database }: EvidenceCase,
  { against, resource, withVolatile }: DriftQuestion,
): Promise<readonly DriftLine[]> {
  const rows = await database.query(
    `SELECT against, change, provider, account, region, system, resource_type, resource, captured, since, path, old, new,
       volatile, source_id, record, of_source_id, of_record
     FROM config_drift
     WHERE coalesce(against = $against, true) AND coalesce(resource = $resource, true) AND ($volatile OR NOT volatile)
     ORDER BY captured, resource_type, resource, against, path, old, new, source_id, record`,
    { against: against ?? null, resource: resource ?? null, volatile: withVolatile === true },
  );
  return rows.map((row) => ({ ...row, captured: timeOf(row, 'captured'), since: timeOf(row, 'since') }) as DriftLine);
}

function timeOf(row: SqlRow, name: string): string | null {
  const time = row[name];
  return typeof time === 'bigint' ? formatInstant(time) : null;
}
