/** Records of hosts and of their daemons that stop and start. */
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { Corroboration, FoundGap } from './gap.ts';
import { citedOf, gapsAsSql, MARGIN_S, stretchesOf, type Stretch } from './gap-ranges.ts';

/** A host that stops or starts, near or within a gap of one of its streams. */
export interface HostTurn extends Corroboration {
  readonly time: UtcMicros;
  readonly isBoot: boolean;
}

/** The turns of each gap, in the order of the gaps; none of what a turn cannot explain. */
export async function readHostTurns(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly (readonly HostTurn[])[]> {
  const found = new Map(gaps.map((gap): [FoundGap, HostTurn[]] => [gap, []]));
  // Of a system that never spoke there are no turns, and numbers are skipped while it runs.
  const asked = gaps.filter(({ kind }) => kind !== 'missing' && kind !== 'sequence-loss');
  for (const stretch of stretchesOf(asked)) {
    // Each gap lies in one stretch: what is asked does not grow with their number times the stretches.
    const here = asked.filter(({ from, to }) => from < stretch.to && to > stretch.from);
    for (const row of await database.query(loggedSql(gapsAsSql(here), stretch)))
      found.get(here[Number(row['place'])]!)!.push(loggedTurn(row));
  }
  if (asked.length === 0) return gaps.map(() => []);
  for (const row of await database.query(bootTimesSql(gapsAsSql(asked))))
    found.get(asked[Number(row['place'])]!)!.push(measuredTurn(row));
  return gaps.map((gap) => found.get(gap)!);
}

/**
 * The stretch of a gap in which the host was down by a turn: a boot ends it, a shutdown begins it. `undefined` where the
 * turn leaves no time.
 */
export function downBy({ time, isBoot }: HostTurn, { from, to }: Stretch): Stretch | undefined {
  const down = isBoot ? { from, to: time < to ? time : to } : { from: time > from ? time : from, to };
  return down.from < down.to ? down : undefined;
}

// audit(7); dmesg's first line; systemd's own messages, which syslog and the journal both have; sysvinit's and rsyslog's.
const BOOT = `(code = 'SYSTEM_BOOT'
  OR (stream IN ('syslog', 'journald', 'kernel') AND regexp_matches(message, '^(\\[ *[0-9.]+\\] )?Linux version [0-9]')))`;
const STOP = `(code = 'SYSTEM_SHUTDOWN' OR (stream IN ('syslog', 'journald') AND regexp_matches(message,
  '^(Reached target .*(Power[- ]?Off|Reboot|Shutdown|Halt)|System is (powering|power|rebooting|halting)|The system is going down|Shutting down\\.$|shutting down for system (halt|reboot))')))`;

function loggedSql(table: string, { from, to }: Stretch): string {
  const margin = `INTERVAL ${MARGIN_S} SECOND`;
  return `
    SELECT g.place, e.time, e.is_boot, e.source_id, e.record
    FROM ${table} g JOIN (
      SELECT system, time, source_id, record, coalesce(${BOOT}, false) AS is_boot FROM events
      WHERE time >= make_timestamp(${from}) AND time <= make_timestamp(${to})
        AND system IN (SELECT system FROM ${table}) AND (${BOOT} OR ${STOP})) e
    ON e.system = g.system AND ((e.is_boot AND e.time > g."from" AND e.time <= g."to" + ${margin})
      OR (NOT e.is_boot AND e.time >= g."from" - ${margin} AND e.time < g."to"))
    ORDER BY ALL`;
}

// The start of the host is computed from two clocks and moves by a second or two between samples: only the first of
// values near to each other is a turn, and only one that differs from what was measured before is a change.
function bootTimesSql(table: string): string {
  const margin = `INTERVAL ${MARGIN_S} SECOND`;
  return `
    WITH told AS (
      SELECT s.system, m.time, m.value, s.source_id, s.record, lag(m.value) OVER (PARTITION BY s.system ORDER BY m.time) AS value_before
      FROM metric_series s JOIN metric_samples m USING (series_id)
      WHERE s.name = 'node_boot_time_seconds' AND m.value BETWEEN 1 AND 1e11
        AND s.system IN (SELECT system FROM ${table})),
    booted AS (
      SELECT system, make_timestamp((value * 1000000)::BIGINT) AS time, value_before IS NOT NULL AS is_change, source_id, record
      FROM told WHERE value_before IS NULL OR value - value_before > ${BOOTS_APART_S})
    SELECT g.place, b.time, b.is_change, b.source_id, b.record
    FROM ${table} g JOIN booted b ON b.system = g.system AND b.time > g."from" AND b.time <= g."to" + ${margin}
    ORDER BY ALL`;
}

const BOOTS_APART_S = 60;

function loggedTurn(row: SqlRow): HostTurn {
  const time = row['time'] as UtcMicros;
  const isBoot = row['is_boot'] === true;
  const what = isBoot ? 'The host was started' : 'The host was shut down';
  return { time, isBoot, says: `${what} at ${formatInstant(time)}.`, cites: [citedOf(row)] };
}

function measuredTurn(row: SqlRow): HostTurn {
  const time = row['time'] as UtcMicros;
  const what = row['is_change'] === true ? 'node_boot_time_seconds changed: the' : 'By node_boot_time_seconds the';
  return { time, isBoot: true, says: `${what} host was started at ${formatInstant(time)}.`, cites: [citedOf(row)] };
}

/** What the daemon of a silent stream says itself of its stop and start, in the order of the gaps. */
export async function readDaemonTurns(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly (readonly Corroboration[])[]> {
  const margin = `INTERVAL ${MARGIN_S} SECOND`;
  const table = gapsAsSql(gaps);
  const rows = await database.query(
    `SELECT g.place, e.stream, e.time, e.activity, e.source_id, e.record
     FROM ${table} g JOIN (
       SELECT system, stream, time, activity, source_id, record FROM events
       WHERE class = 'event_log_activity' AND activity IN ('stop', 'start') AND system IN (SELECT system FROM ${table})
         AND time >= (SELECT min("from") - ${margin} FROM ${table}) AND time <= (SELECT max("to") + ${margin} FROM ${table})) e
     ON e.system = g.system AND e.stream = g.stream
       AND ((e.activity = 'stop' AND e.time >= g."from" - ${margin} AND e.time <= g."from")
         OR (e.activity = 'start' AND e.time >= g."to" AND e.time <= g."to" + ${margin}))
     ORDER BY g.place, e.time, e.source_id, e.record`,
  );
  const found = gaps.map((): Corroboration[] => []);
  for (const row of rows) {
    const did = row['activity'] === 'stop' ? 'stopped' : 'started';
    const says = `What writes ${String(row['stream'])} ${did} at ${formatInstant(row['time'] as UtcMicros)}, by its own record.`;
    found[Number(row['place'])]!.push({ says, cites: [citedOf(row)] });
  }
  return found;
}
