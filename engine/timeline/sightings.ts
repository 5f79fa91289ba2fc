/** When each system was heard of in each stream: what coverage and gaps are made from. */
import type { UtcMicros, WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import { daysAsSql } from './window-table.ts';

/** A day on which a system was heard of in a stream. */
export interface SeenDay {
  /** First and last record of that day. */
  readonly first: UtcMicros;
  readonly last: UtcMicros;
}

export interface Sighting {
  readonly stream: string;
  readonly system: string;
  /** A stream of scans: a day is seen when a completed scan looked at the system and found it up. */
  readonly isScan: boolean;
  /** By place of the day in the window; `undefined` where nothing was seen. */
  readonly days: readonly (SeenDay | undefined)[];
  /** Records in the window; for scans, how often the system was looked at. */
  readonly records: number;
}

/** A system of the inventory, as far as the timeline needs it. */
export interface InventorySystem {
  readonly system: string;
  readonly needs: readonly string[];
  /** `null`: from the start, or to the end. */
  readonly scopeFrom: UtcMicros | null;
  readonly scopeTo: UtcMicros | null;
}

/**
 * Finds every stream and system with at least one record in the case, in one pass over the hourly roll-ups.
 *
 * An hour may straddle two days, in zones whose days begin on the half hour; then both its first and its last record
 * decide, and as an hour touches two days at most, they decide exactly.
 * Shape: ordered by stream and system; `days` as long as the window. What was only seen outside the window is there
 * with no day, so that a silent system differs from one that never spoke.
 */
export async function findSightings(database: CaseDatabase, days: readonly WindowDay[]): Promise<readonly Sighting[]> {
  const rows = await database.query(`
    WITH heard AS (
      SELECT stream, system, false AS is_scan, hour, first_time, last_time, records FROM stream_hours
      UNION ALL
      SELECT stream, system, true, date_trunc('hour', time), time, time, 1 FROM (${scanLooks})),
    known AS (SELECT stream, system, bool_or(is_scan) AS is_scan FROM heard
      WHERE stream IS NOT NULL AND system IS NOT NULL GROUP BY stream, system),
    -- Joined by their hours: by their bounds alone, every hour is held against every day.
    hours AS (
      SELECT *, unnest(generate_series(date_trunc('hour', day_from), day_to - INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR)) AS hour
      FROM ${daysAsSql(days)}),
    daily AS (
      SELECT h.stream, h.system, d.place, min(h.first_time) AS first, max(h.last_time) AS last,
        sum(h.records) FILTER (WHERE h.first_time >= d.day_from) AS records
      FROM heard h JOIN hours d ON h.hour = d.hour AND h.first_time < d.day_to AND h.last_time >= d.day_from
      GROUP BY h.stream, h.system, d.place)
    SELECT k.stream, k.system, k.is_scan,
      list(d.place ORDER BY d.place) FILTER (WHERE d.place IS NOT NULL) AS places,
      list(d.first ORDER BY d.place) FILTER (WHERE d.place IS NOT NULL) AS firsts,
      list(d.last ORDER BY d.place) FILTER (WHERE d.place IS NOT NULL) AS lasts,
      coalesce(sum(d.records), 0)::BIGINT AS records
    FROM known k LEFT JOIN daily d ON d.stream = k.stream AND d.system = k.system
    GROUP BY k.stream, k.system, k.is_scan ORDER BY k.stream, k.system`);
  return rows.map((row) => sightingOf(row, days.length));
}

/**
 * True, in SQL, for a scan `s` that looked at what its tool is for. For those that write nmap's XML that is ports, as
 * the scope says (`tcp/syn 1-1024`): a scan that only asks who is there has no scope, one of protocols has `ip`; neither
 * can have seen a port.
 */
const looksAtWhatItIsFor = `(lower(s.tool) NOT IN ('nmap', 'masscan', 'rustscan', 'zmap')
  OR regexp_matches(lower(s.scope), '(^|; )(tcp|udp|sctp)\\b'))`;

/** SQL of every time that a completed scan found a system up: `stream`, `system`, `time`, `source_id`, `record`. */
export const scanLooks = `
  SELECT lower(s.tool) AS stream, t.system, coalesce(t.time, s.finished, s.started) AS time, t.source_id, t.record
  FROM scan_targets t JOIN scans s ON s.source_id = t.source_id AND s.scan_id = t.scan_id
  WHERE s.completed AND lower(t.state) = 'up' AND ${looksAtWhatItIsFor}`;

function sightingOf(row: SqlRow, dayCount: number): Sighting {
  const days = new Array<SeenDay | undefined>(dayCount).fill(undefined);
  const firsts = (row['firsts'] ?? []) as readonly bigint[];
  const lasts = (row['lasts'] ?? []) as readonly bigint[];
  ((row['places'] ?? []) as readonly number[]).forEach((place, index) => {
    days[place] = { first: firsts[index]!, last: lasts[index]! };
  });
  return {
    stream: String(row['stream']),
    system: String(row['system']),
    isScan: row['is_scan'] === true,
    days,
    records: Number(row['records']),
  };
}

/** The inventory; a system that stands in it more than once has the needs and scopes of each row. */
export async function readInventory(database: CaseDatabase): Promise<readonly InventorySystem[]> {
  const rows = await database.query(
    `SELECT system, needs, scope_from, scope_to FROM systems WHERE system IS NOT NULL ORDER BY system, source_id, record`,
  );
  return rows.map((row) => ({
    system: String(row['system']),
    needs: ((row['needs'] ?? []) as readonly string[]).map((need) => need.trim().toLowerCase()),
    scopeFrom: row['scope_from'] as bigint | null,
    scopeTo: row['scope_to'] as bigint | null,
  }));
}
