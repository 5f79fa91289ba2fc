/** Clocks that are wrong by when a collector received their records. */
import type { CaseDatabase } from '../../store/case-database.ts';
import type { SqlRow } from '../../store/sql-values.ts';
import { MICROS_PER_HOUR } from '../../../shared/time.ts';
import { spokenSeconds, type ClockMark } from './clock-mark.ts';

/** Records that usually take longer than this to arrive are gathered before they are sent; they say nothing of a clock. */
const LIVE_S = 2;
/** Fewer records in an hour do not show that all of them are late by as much. */
const LEAST_RECORDS = 20;
/** So many clocks that are wrong by as much at once are one wrong collector. */
const COLLECTOR_FROM = 3;

/**
 * Looks at the least of received minus time of each hour, as nothing arrives before it is written. Below 0 the clock is
 * ahead by at least as much. Above what is usual in a stream that arrives at once the clock is behind, when all records of
 * the hour are late by nearly the same; records that waited are not. Neither counts below the resolution of the stamps.
 *
 * An hour in which most systems, and at least 3, are off by the same is one of the collector, and marks nobody.
 */
export async function receivedMarks(database: CaseDatabase, thresholdS: number): Promise<readonly ClockMark[]> {
  const rows = await database.query(`
    WITH hours AS (
      SELECT system, stream, date_trunc('hour', time) AS hour, count(*) AS records,
        min(epoch_us(received) - epoch_us(time)) / 1e6 AS least, max(epoch_us(received) - epoch_us(time)) / 1e6 AS most,
        CASE WHEN bool_and(epoch_us(time) % 1000000 = 0) OR bool_and(epoch_us(received) % 1000000 = 0) THEN 1.0
          WHEN bool_and(epoch_us(time) % 1000 = 0) OR bool_and(epoch_us(received) % 1000 = 0) THEN 0.001 ELSE 1e-6 END AS resolution,
        arg_min({source_id: source_id, record: record},
          {lag: epoch_us(received) - epoch_us(time), source_id: source_id, record: record}) AS cites
      FROM events WHERE received IS NOT NULL AND time IS NOT NULL AND system IS NOT NULL GROUP BY ALL),
    usual AS (
      SELECT *, median(least) OVER (PARTITION BY system, stream) AS usual FROM hours),
    judged AS (
      SELECT *, CASE WHEN least < -greatest(${thresholdS}, resolution) THEN -least
          WHEN usual BETWEEN -${LIVE_S} AND ${LIVE_S} AND records >= ${LEAST_RECORDS}
            AND least - greatest(usual, 0) > greatest(${thresholdS}, resolution) + resolution
            AND most - least <= (least - greatest(usual, 0)) / 2 THEN -(least - greatest(usual, 0)) END AS offset_s
      FROM usual),
    -- Systems that are off by the same at the same time, of all that were received then.
    counted AS (
      SELECT j.*, (SELECT count(DISTINCT o.system) FROM judged o WHERE o.hour = j.hour) AS heard,
        (SELECT count(DISTINCT o.system) FROM judged o
         WHERE o.hour = j.hour AND abs(o.offset_s - j.offset_s) <= 2 * greatest(o.resolution, j.resolution, ${thresholdS})) AS alike
      FROM judged j WHERE j.offset_s IS NOT NULL)
    SELECT system, hour, offset_s, resolution, cites.source_id AS source_id, cites.record AS record
    FROM counted WHERE NOT (alike >= ${COLLECTOR_FROM} AND alike * 2 > heard)
    ORDER BY system, hour, stream`);
  return rows.map(markOf);
}

function markOf(row: SqlRow): ClockMark {
  const from = row['hour'] as bigint;
  const offsetS = Number(row['offset_s']);
  const where = offsetS > 0 ? 'at least' : 'about';
  return {
    system: String(row['system']),
    state: 'out',
    basis: 'received',
    from,
    to: from + MICROS_PER_HOUR,
    offsetS,
    errorS: Number(row['resolution']),
    maxAbsOffsetS: Math.abs(offsetS),
    because:
      offsetS > 0
        ? `A record was received ${spokenSeconds(offsetS)} before the time that it bears, so the clock is ${where} that much ahead.`
        : `All records of the hour were received ${spokenSeconds(offsetS)} later than usual, so the clock is ${where} that much behind.`,
    cites: { sourceId: Number(row['source_id']), record: Number(row['record']) },
  };
}
