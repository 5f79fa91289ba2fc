import { formatInstant } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import type { SqlRow } from './store/sql-values.ts';

/** A chain of CloudTrail digests. Times are RFC 3339; `summary` says everything in a sentence. */
export interface TrailChain {
  readonly account: string | null;
  readonly region: string | null;
  readonly chain: string;
  readonly backfilled: boolean;
  readonly from: string;
  readonly until: string;
  readonly digests: number;
  readonly linked: number;
  readonly missing: number;
  readonly differing: number;
  readonly restarts: number;
  readonly signatures: { readonly valid: number; readonly invalid: number; readonly unchecked: number };
  readonly summary: string;
}

/** What is not as it should be: a digest, or a log file of a digest. */
export interface TrailFinding {
  readonly kind: 'digest' | 'log file';
  readonly status: string;
  readonly object: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The digest that says so, or the file. */
  readonly source_id: number;
  readonly record: number | null;
}

export interface TrailReport {
  readonly chains: readonly TrailChain[];
  /** How many log files there are of each status. */
  readonly log_files: Readonly<Record<string, number>>;
  readonly findings: readonly TrailFinding[];
  /** Findings that there are beyond those. */
  readonly more_findings: number;
}

const MOST_FINDINGS = 1000;

/** What the digests of CloudTrail say of the logs in a case. Without a digest there are no chains, and nothing is proved. */
export async function readTrails({ database }: EvidenceCase): Promise<TrailReport> {
  const chains = await database.query('SELECT * FROM digest_chains ORDER BY account, region, chain, backfilled');
  const files = await database.query(
    'SELECT status, count(*) AS n FROM trail_log_files GROUP BY status ORDER BY status',
  );
  const findings = await database.query(
    `SELECT 'digest' AS kind, CASE WHEN status IN ('linked', 'starting', 'first') THEN 'time_missing' ELSE status END AS status,
       object, coalesce(gap_from, from_time) AS "from", coalesce(gap_to, time) AS "to", source_id, record
     FROM digest_links WHERE status NOT IN ('linked', 'starting', 'first') OR gap_from IS NOT NULL
     UNION ALL
     SELECT 'log file', status, object, NULL, NULL, source_id, record FROM trail_log_files WHERE status <> 'present'
     ORDER BY kind, "from", object, source_id`,
  );
  return {
    chains: chains.map(chainOf),
    log_files: Object.fromEntries(files.map(({ status, n }) => [String(status), Number(n)])),
    findings: findings.slice(0, MOST_FINDINGS).map(findingOf),
    more_findings: Math.max(0, findings.length - MOST_FINDINGS),
  };
}

function chainOf(row: SqlRow): TrailChain {
  return {
    account: textOf(row['account']),
    region: textOf(row['region']),
    chain: String(row['chain']),
    backfilled: row['backfilled'] === true,
    from: formatInstant(row['from_time'] as bigint),
    until: formatInstant(row['until'] as bigint),
    digests: Number(row['digests']),
    linked: Number(row['linked']),
    missing: Number(row['missing']),
    differing: Number(row['differing']) + Number(row['in_two_versions']),
    restarts: Number(row['restarts']),
    signatures: {
      valid: Number(row['signatures_valid']),
      invalid: Number(row['signatures_invalid']),
      unchecked: Number(row['signatures_unchecked']),
    },
    summary: String(row['summary']),
  };
}

function findingOf(row: SqlRow): TrailFinding {
  return {
    kind: row['kind'] === 'digest' ? 'digest' : 'log file',
    status: String(row['status']),
    object: String(row['object']),
    from: timeOf(row['from']),
    to: timeOf(row['to']),
    source_id: Number(row['source_id']),
    record: row['record'] === null ? null : Number(row['record']),
  };
}

function textOf(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function timeOf(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'bigint' ? formatInstant(value) : null;
}
