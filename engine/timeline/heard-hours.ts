/** The hourly roll-ups of all sources as one: what silences are found in, and what is learned from. */
import { MICROS_PER_HOUR, type Interval } from '../../shared/time.ts';
import { SCRAPES } from './scrape-gaps.ts';

/**
 * One row for each hour in which a system was heard of in a stream, in SQL: rotated files and repeated deliveries are
 * one stream. `first`, `last` are instants, with the source and record of each.
 */
export function mergedHoursSql({ from, to }: Interval): string {
  return `SELECT stream, system, hour, min(first_time) AS first, max(last_time) AS last,
      arg_min({source: source_id, record: first_record}, (first_time, source_id, first_record)) AS first_cited,
      arg_max({source: source_id, record: last_record}, (last_time, source_id, last_record)) AS last_cited
    FROM stream_hours
    WHERE stream IS NOT NULL AND system IS NOT NULL AND stream <> '${SCRAPES}'
      AND hour >= make_timestamp(${from}) AND hour < make_timestamp(${to})
    GROUP BY stream, system, hour`;
}

/**
 * Every hour with records beside the one before it of the same stream and system: a silence that passes the end of an
 * hour lies between `before` and `first`, exactly. Silences within one hour are not seen.
 */
export function silencesSql(within: Interval): string {
  return `SELECT stream, system, hour, first, last, first_cited, last_cited,
      lag(last) OVER stream_order AS before, lag(hour) OVER stream_order AS before_hour,
      lag(last_cited) OVER stream_order AS before_cited
    FROM (${mergedHoursSql(within)})
    WINDOW stream_order AS (PARTITION BY stream, system ORDER BY hour)`;
}

/**
 * The silences longer than a fixed number of seconds, in one pass over the roll-ups: `stream`, `system`, `from`, `to`.
 * Exact for an hour and more.
 */
export function fixedSilencesSql(within: Interval, longerThanS: number): string {
  return `SELECT stream, system, before AS "from", first AS "to" FROM (${silencesSql(within)})
    WHERE epoch_us(first) - epoch_us(before) > ${Math.round(longerThanS * 1e6)}`;
}

/**
 * The longest staleness that was reached in each hour from the first record of a stream to its last, seconds, and whether
 * anything was heard in it.
 */
export function looksSql(within: Interval): string {
  return `SELECT stream, system, hour,
      greatest(coalesce(epoch_us(first) - epoch_us(before), 0), epoch_us(hour) + ${MICROS_PER_HOUR} - epoch_us(last)) / 1e6
        AS staleness_s, true AS is_heard
    FROM (${silencesSql(within)})
    UNION ALL
    SELECT stream, system, hour, (epoch_us(hour) + ${MICROS_PER_HOUR} - epoch_us(before)) / 1e6, false
    FROM (SELECT stream, system, before,
        unnest(generate_series(before_hour + INTERVAL 1 HOUR, hour - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS hour
      FROM (${silencesSql(within)}) WHERE hour > before_hour + INTERVAL 1 HOUR)`;
}
