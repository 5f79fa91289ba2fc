/** What was measured of clocks, as stretches of one state, made in one pass of SQL. */
import type { CaseDatabase } from '../../store/case-database.ts';
import type { SqlRow } from '../../store/sql-values.ts';
import type { Interval } from '../../../shared/time.ts';
import type { ClockState } from '../clock-interval.ts';
import type { CitedRecord } from '../gap.ts';

/** Why a measurement has its state: it counts, or it is none. */
export type Measured = 'measured' | 'unsynchronised' | 'no-offset' | 'no-moving-offset' | 'zero' | 'frozen';

/** A stretch over which one kind of measurement of one clock says the same. */
export interface MeasuredStretch extends Interval {
  readonly system: string;
  /** 1 is preferred to 2. */
  readonly rank: number;
  readonly basis: string;
  readonly state: ClockState;
  readonly measured: Measured;
  readonly samples: number;
  readonly offsetS: number | null;
  readonly errorS: number | null;
  readonly maxAbsOffsetS: number | null;
  readonly cites: CitedRecord;
}

/** A measurement speaks for this many times the usual distance of the measurements. */
const HOLDS = 4;
/**
 * As many equal offsets in a row are no measurement. A line of a daemon's log is a measurement each. An exporter may be asked
 * many times between two measurements, so its equal samples must also span so long: the samples that `clock_samples` has
 * without an offset, as they stood still for an hour (engine/evidence/metric-clocks.ts), are the same rule for dense samples.
 */
const FROZEN_FROM = 5;
const FROZEN_EXPORTER_S = 3600;
/** For how long a single measurement speaks: as one of a daemon that asks as seldom as it does by default, every 1024 s. */
const SINGLE_HOLD_S = HOLDS * 1024;

/**
 * Whose offset a row of `clock_samples` is, in the order of preference. What chronyd says of its sources is against its own
 * estimate of the time and not the clock, so it is nobody's offset; of ntpd's peers the one that it follows counts.
 */
const bases = `CASE
    WHEN kind = 'tracking' THEN {rank: 1, basis: 'chrony'}
    WHEN kind IN ('loopstats', 'system variables') THEN {rank: 3, basis: 'ntpd'}
    WHEN kind IN ('show-timesync', 'timesync-status') THEN {rank: 4, basis: 'timesyncd'}
    WHEN kind IN ('measurements', 'statistics', 'refclocks', 'sources', 'sourcestats', 'ntpdata') THEN NULL
    WHEN kind IN ('peerstats', 'peers', 'peer variables') THEN
      CASE WHEN synchronised THEN {rank: 8, basis: 'ntpd peer'} END
    WHEN kind IN ('clockstats', 'associations') THEN NULL
    WHEN kind IS NULL AND reference = 'chrony' THEN {rank: 2, basis: 'chrony'}
    WHEN kind IS NULL AND reference = 'ntp' THEN {rank: 6, basis: 'ntp'}
    WHEN kind IS NULL AND reference = 'kernel' THEN {rank: 7, basis: 'kernel'}
    ELSE {rank: 5, basis: 'measured'} END`;
/** Those of exporters. */
const EXPORTERS = [2, 6, 7];

function stretchesSql(thresholdS: number): string {
  return `
    WITH kinds AS (
      SELECT source_id, record, coalesce(fields->>'log', fields->>'report', 'other') AS kind
      FROM event_fields WHERE stream = 'clock'),
    named AS (
      SELECT c.source_id, c.record, c.time, c.system, c.offset_s, c.error_s, c.synchronised, ${bases} AS whose
      FROM clock_samples c LEFT JOIN kinds k ON k.source_id = c.source_id AND k.record = c.record
      WHERE c.system IS NOT NULL AND c.time IS NOT NULL),
    once AS (
      SELECT system, whose.rank AS rank, whose.basis AS basis, time,
        arg_max({offset_s: offset_s, error_s: error_s, synchronised: synchronised, source_id: source_id, record: record},
          {far: coalesce(abs(offset_s), -1), source_id: -source_id, record: -record}) AS kept
      FROM named WHERE whose IS NOT NULL GROUP BY ALL),
    -- Zero until the end of its days is what a program writes that does not measure.
    samples AS (
      SELECT system, rank, basis, time, kept.offset_s AS offset_s, kept.error_s AS error_s,
        kept.synchronised AS synchronised, kept.source_id AS source_id, kept.record AS record,
        bool_and(coalesce(kept.offset_s, 0) = 0) OVER whole AS is_zero,
        coalesce(kept.offset_s IS DISTINCT FROM lag(kept.offset_s) OVER series, true) AS moved,
        lead(time) OVER series AS next, epoch_us(lead(time) OVER series) - epoch_us(time) AS distance
      FROM once WINDOW whole AS (PARTITION BY system, rank), series AS (PARTITION BY system, rank ORDER BY time)),
    runs AS (
      SELECT *, count(*) FILTER (moved) OVER (PARTITION BY system, rank ORDER BY time) AS run,
        coalesce(${HOLDS} * median(distance) OVER (PARTITION BY system, rank), ${SINGLE_HOLD_S} * 1e6)::BIGINT AS hold
      FROM samples),
    judged AS (
      SELECT *, CASE WHEN synchronised IS FALSE THEN 'unsynchronised' WHEN offset_s IS NULL AND is_exporter THEN 'no-moving-offset'
          WHEN offset_s IS NULL THEN 'no-offset' WHEN is_zero THEN 'zero'
          WHEN count(*) OVER run >= ${FROZEN_FROM} AND (NOT is_exporter
            OR epoch(max(time) OVER run) - epoch(min(time) OVER run) >= ${FROZEN_EXPORTER_S}) THEN 'frozen'
          ELSE 'measured' END AS measured
      FROM (SELECT *, rank IN (${EXPORTERS.join(', ')}) AS is_exporter FROM runs)
      WINDOW run AS (PARTITION BY system, rank, run)),
    stated AS (
      SELECT *, CASE WHEN measured <> 'measured' THEN 'unknown' WHEN abs(offset_s) > ${thresholdS} THEN 'out' ELSE 'within' END AS own,
        lead(CASE WHEN measured = 'measured' THEN offset_s END) OVER (PARTITION BY system, rank ORDER BY time) AS next_offset
      FROM judged),
    -- Between two measurements of which one is out, nobody knows when the clock crossed.
    pieces AS (
      SELECT *, time AS piece_from, least(coalesce(next, 'infinity'), time + to_microseconds(hold)) AS piece_to,
        CASE WHEN own = 'within' AND abs(next_offset) > ${thresholdS} THEN 'out' ELSE own END AS state,
        CASE WHEN own = 'within' AND abs(next_offset) > ${thresholdS} THEN next_offset
          WHEN own <> 'unknown' THEN offset_s END AS said
      FROM stated),
    breaks AS (
      SELECT *, coalesce(state = lag(state) OVER series AND measured = lag(measured) OVER series
        AND piece_from = lag(piece_to) OVER series, false) AS goes_on
      FROM pieces WINDOW series AS (PARTITION BY system, rank ORDER BY time)),
    islands AS (
      SELECT *, count(*) FILTER (NOT goes_on) OVER (PARTITION BY system, rank ORDER BY time) AS island FROM breaks)
    SELECT system, rank, any_value(basis ORDER BY time) AS basis, state, measured, min(piece_from) AS "from",
      max(piece_to) AS "to", count(*) AS samples, arg_max(said, {far: abs(said), early: -epoch_us(time)}) AS offset_s,
      nullif(coalesce(max(error_s) FILTER (own <> 'unknown'), 0) + coalesce(greatest(max(said), max(offset_s))
        - least(min(said), min(offset_s)), 0), 0) AS error_s,
      max(abs(said)) AS max_abs,
      arg_max({source_id: source_id, record: record}, {far: coalesce(abs(offset_s), -1), early: -epoch_us(time)}) AS cites
    FROM islands GROUP BY system, rank, island, state, measured
    ORDER BY system, rank, "from"`;
}

/** Gives all stretches that were measured, ordered by system, preference and time; those of one rank do not overlap. */
export async function measuredStretches(
  database: CaseDatabase,
  thresholdS: number,
): Promise<readonly MeasuredStretch[]> {
  const rows = await database.query(
    `SELECT * EXCLUDE (cites), cites.source_id AS source_id, cites.record AS record FROM (${stretchesSql(thresholdS)})
     ORDER BY system, rank, "from"`,
  );
  return rows.map(stretchOf);
}

function stretchOf(row: SqlRow): MeasuredStretch {
  const number = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    system: String(row['system']),
    rank: Number(row['rank']),
    basis: String(row['basis']),
    state: row['state'] as ClockState,
    measured: row['measured'] as Measured,
    from: row['from'] as bigint,
    to: row['to'] as bigint,
    samples: Number(row['samples']),
    offsetS: number('offset_s'),
    errorS: number('error_s'),
    maxAbsOffsetS: number('max_abs'),
    cites: { sourceId: Number(row['source_id']), record: Number(row['record']) },
  };
}
