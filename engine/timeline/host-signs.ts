/** What the other streams of a host say while one of them is silent: that it was down, or that it spoke. */
import { formatInstant, MICROS_PER_SECOND, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { CitedRecord, Corroboration, FoundGap } from './gap.ts';
import { findScrapedTargets, findScrapeGaps, SCRAPES, type ScrapeGap } from './scrape-gaps.ts';

export interface HostSigns {
  /** Why the host is taken to have been down; empty where nothing says so, or where it spoke meanwhile. */
  readonly down: readonly Corroboration[];
  /** Which other streams of the host spoke within the gap. */
  readonly spoke: readonly Corroboration[];
}

/** Records this near to an end say nothing: the streams of a host do not fall silent in the same second. */
const MARGIN_S = 600;
/** Of shorter gaps the hours do not show whether another stream spoke within them: records are looked at. */
const HOURS_SHOW_S = 3 * 3600;

/** A record of another stream within a gap. */
interface Spoken {
  readonly stream: string;
  readonly time: UtcMicros;
  readonly cites: CitedRecord;
}

/** A host that stops or starts. */
interface Turn {
  readonly time: UtcMicros;
  readonly isBoot: boolean;
  readonly says: string;
  readonly cites: CitedRecord;
}

/** The signs of each gap, in the order of the gaps. Asks only for what lies in their ranges. */
export async function readHostSigns(database: CaseDatabase, gaps: readonly FoundGap[]): Promise<readonly HostSigns[]> {
  if (gaps.length === 0) return [];
  const table = gapsAsSql(gaps);
  const spoken = byGap(gaps, await database.query(spokenSql(table)), spokenOf);
  const turns = byGap(gaps, await database.query(turnsSql(table)), turnOf);
  const outages = await readOutages(database, gaps);
  return gaps.map((gap, place) => {
    const inside = spoken[place]!.filter(({ time }) => isWithin(time, gap));
    const down = [...downByScrapes(gap, outages[place]!, inside), ...downByTurns(gap, turns[place]!, inside)];
    return { down, spoke: describeSpoken(inside) };
  });
}

/** Well within, and not at an end. */
function isWithin(time: UtcMicros, { from, to }: Pick<FoundGap, 'from' | 'to'>): boolean {
  const margin = marginOf({ from, to });
  return time > from + margin && time < to - margin;
}

function marginOf({ from, to }: Pick<FoundGap, 'from' | 'to'>): bigint {
  const most = BigInt(MARGIN_S) * MICROS_PER_SECOND;
  const quarter = (to - from) / 4n;
  return quarter < most ? quarter : most;
}

function describeSpoken(inside: readonly Spoken[]): readonly Corroboration[] {
  const streams = [...new Set(inside.map(({ stream }) => stream))].sort();
  return streams.map((stream) => {
    const own = inside.filter((one) => one.stream === stream).sort((a, b) => Number(a.time - b.time));
    const [first, last] = [own[0]!, own.at(-1)!];
    const what = stream === SCRAPES ? 'Its exporter answered Prometheus' : `Its ${stream} spoke`;
    const times =
      first.time === last.time
        ? `at ${formatInstant(first.time)}`
        : `between ${formatInstant(first.time)} and ${formatInstant(last.time)}`;
    return {
      says: `${what} within the gap, ${times}.`,
      cites: first === last ? [first.cites] : [first.cites, last.cites],
    };
  });
}

interface Outage {
  readonly from: UtcMicros;
  readonly to: UtcMicros;
  readonly says: string;
  readonly cites: readonly CitedRecord[];
}

function downByScrapes(gap: FoundGap, outages: readonly Outage[], inside: readonly Spoken[]): readonly Corroboration[] {
  const lasting = outages.filter(({ from, to }) => (to - from) * 2n >= gap.to - gap.from);
  return lasting.filter((outage) => !inside.some(({ time }) => isWithin(time, outage))).slice(0, 1);
}

/** A boot ends the time for which the host was down, a shutdown begins it; it counts when most of the gap is in it. */
function downByTurns(gap: FoundGap, turns: readonly Turn[], inside: readonly Spoken[]): readonly Corroboration[] {
  // Numbers that are skipped while the host starts are no proof that it was down.
  if (gap.kind === 'sequence-loss') return [];
  const found = turns.filter(({ isBoot, time }) => {
    const down = { from: isBoot ? gap.from : later(time, gap.from), to: isBoot ? earlier(time, gap.to) : gap.to };
    return (down.to - down.from) * 2n >= gap.to - gap.from && !inside.some((one) => isWithin(one.time, down));
  });
  return found.map(({ says, cites }) => ({ says, cites: [cites] }));
}

function later(a: UtcMicros, b: UtcMicros): UtcMicros {
  return a > b ? a : b;
}

function earlier(a: UtcMicros, b: UtcMicros): UtcMicros {
  return a < b ? a : b;
}

/** Stretches in which no target of the host answered Prometheus, as far as they lie in the gap. */
async function readOutages(database: CaseDatabase, gaps: readonly FoundGap[]): Promise<readonly (readonly Outage[])[]> {
  const targets = await findScrapedTargets(database);
  if (targets.length === 0) return gaps.map(() => []);
  const scrapes = await findScrapeGaps(database);
  const series = await database.query(
    `SELECT system, min_by(source_id, series_id) AS source_id, min_by(record, series_id) AS record
     FROM metric_series WHERE name = 'up' AND system IS NOT NULL GROUP BY system ORDER BY system`,
  );
  const cited = new Map(series.map((row) => [String(row['system']), citedOf(row)]));
  return gaps.map((gap) => {
    const own = scrapes.filter(({ system, from, to }) => system === gap.system && from < gap.to && to > gap.from);
    const owned = targets.filter(({ system }) => system === gap.system).length;
    if (gap.stream === SCRAPES) return silentWithScrapes(gap, gaps);
    return sharedBy(owned, own, gap).map(({ from, to }) => ({
      ...{ from, to, cites: [cited.get(gap.system)].filter((one) => one !== undefined) },
      says: `No exporter of the host answered Prometheus from ${formatInstant(from)} to ${formatInstant(to)}.`,
    }));
  });
}

/** A target that does not answer is a host that is down where its logs are silent too. */
function silentWithScrapes(gap: FoundGap, gaps: readonly FoundGap[]): readonly Outage[] {
  return gaps
    .filter(({ system, stream, kind }) => system === gap.system && stream !== SCRAPES && kind === 'silence')
    .map((one) => ({
      ...{ from: later(one.from, gap.from), to: earlier(one.to, gap.to) },
      says: `Its ${one.stream} was silent too, from ${formatInstant(one.from)} to ${formatInstant(one.to)}.`,
      cites: [one.before, one.after].filter((cite) => cite !== null),
    }))
    .filter(({ from, to }) => from < to);
}

/** The time that the gaps of all targets have in common; where a host has one target that is its gaps. */
function sharedBy(owned: number, scrapes: readonly ScrapeGap[], gap: FoundGap): readonly Pick<Outage, 'from' | 'to'>[] {
  const targets = new Set(scrapes.map(({ job, instance }) => `${job} ${instance}`));
  if (targets.size < owned) return [];
  let shared: readonly Pick<Outage, 'from' | 'to'>[] = [{ from: gap.from, to: gap.to }];
  for (const target of targets) {
    const own = scrapes.filter(({ job, instance }) => `${job} ${instance}` === target);
    shared = shared.flatMap((one) =>
      own
        .map(({ from, to }) => ({ from: later(from, one.from), to: earlier(to, one.to) }))
        .filter(({ from, to }) => from < to),
    );
  }
  return shared;
}

/** Gaps as a table expression: `place`, system, stream, "from", "to". */
function gapsAsSql(gaps: readonly FoundGap[]): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const rows = gaps.map(
    ({ system, stream, from, to }, place) =>
      `(${place}, ${text(system)}, ${text(stream)}, make_timestamp(${from}), make_timestamp(${to}))`,
  );
  return `(SELECT * FROM (VALUES ${rows.join(', ')}) AS g(place, system, stream, "from", "to"))`;
}

// First and last record of each hour: enough for gaps of hours; records themselves for what is shorter.
function spokenSql(table: string): string {
  return `
    WITH ends AS (
      SELECT system, stream, source_id, hour, unnest([first_time, last_time]) AS time, unnest([first_record, last_record]) AS record
      FROM stream_hours h WHERE EXISTS (
        SELECT 1 FROM ${table} g WHERE g.system = h.system AND h.hour < g."to" AND h.hour >= g."from" - INTERVAL 1 HOUR))
    SELECT g.place, e.stream, e.time, e.source_id, e.record
    FROM ${table} g JOIN ends e ON e.system = g.system AND e.stream <> g.stream AND e.time > g."from" AND e.time < g."to"
    WHERE e.record IS NOT NULL
    UNION ALL
    SELECT g.place, e.stream, e.time, e.source_id, e.record
    FROM ${table} g JOIN events e ON e.system = g.system AND e.stream <> g.stream AND e.time > g."from" AND e.time < g."to"
    WHERE g."to" - g."from" < INTERVAL ${HOURS_SHOW_S} SECOND
    ORDER BY ALL`;
}

// What the audit daemon, systemd and the kernel write when a host stops and starts.
function turnsSql(table: string): string {
  const margin = `INTERVAL ${MARGIN_S} SECOND`;
  const boots = `code = 'SYSTEM_BOOT' OR (code IS DISTINCT FROM 'SYSTEM_SHUTDOWN' AND regexp_matches(message, '^(\\[ *[0-9.]+\\] )?Linux version [0-9]'))`;
  const stops = `code = 'SYSTEM_SHUTDOWN' OR regexp_matches(message, '^(Reached target .*(Power-?Off|Reboot|Shutdown)|System is (powering|rebooting)|Shutting down\\.$)')`;
  return `
    SELECT g.place, e.time, e.is_boot, false AS is_metric, e.source_id, e.record
    FROM ${table} g JOIN (
      SELECT system, time, source_id, record, coalesce(${boots}, false) AS is_boot FROM events WHERE system IN (SELECT system FROM ${table}) AND ((${boots}) OR (${stops}))
        AND time >= (SELECT min("from") - ${margin} FROM ${table}) AND time <= (SELECT max("to") + ${margin} FROM ${table})) e
    ON e.system = g.system AND ((e.is_boot AND e.time > g."from" AND e.time <= g."to" + ${margin})
      OR (NOT e.is_boot AND e.time >= g."from" - ${margin} AND e.time < g."to"))
    UNION ALL
    SELECT DISTINCT g.place, b.booted, true, true, b.source_id, b.record
    FROM ${table} g JOIN (
      SELECT s.system, make_timestamp((m.value * 1000000)::BIGINT) AS booted, s.source_id, s.record
      FROM metric_series s JOIN metric_samples m USING (series_id)
      WHERE s.name = 'node_boot_time_seconds' AND m.value BETWEEN 1 AND 1e11) b
    ON b.system = g.system AND b.booted > g."from" AND b.booted <= g."to" + ${margin}
    ORDER BY ALL`;
}

function byGap<T>(gaps: readonly FoundGap[], rows: readonly SqlRow[], make: (row: SqlRow) => T): readonly T[][] {
  const found = gaps.map((): T[] => []);
  for (const row of rows) found[Number(row['place'])]!.push(make(row));
  return found;
}

function spokenOf(row: SqlRow): Spoken {
  return { stream: String(row['stream']), time: row['time'] as UtcMicros, cites: citedOf(row) };
}

function turnOf(row: SqlRow): Turn {
  const time = row['time'] as UtcMicros;
  const isBoot = row['is_boot'] === true;
  const what =
    row['is_metric'] === true
      ? 'By node_boot_time_seconds the host was started'
      : isBoot
        ? 'The host was started'
        : 'The host was shut down';
  return { time, isBoot, says: `${what} at ${formatInstant(time)}.`, cites: citedOf(row) };
}

function citedOf(row: SqlRow): CitedRecord {
  return { sourceId: Number(row['source_id']), record: Number(row['record']) };
}
