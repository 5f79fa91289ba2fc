/**
 * The hourly roll-ups of all sources as one: what silences are found in, and what is learned from.
 *
 * A *part* is what one source has of one name of a system in one stream; parts of the same stream and system, as the
 * inventory names it, are a *pair*. Mostly its parts follow each other in time, as rotated files do: then the rows of
 * `stream_hours` are taken as they are. Where parts overlap (a *tangled* pair) hours are merged, and of those that several
 * parts share the times themselves are read.
 */
import { MICROS_PER_HOUR, type Interval } from '../../shared/time.ts';
import { SCRAPES } from './scrape-gaps.ts';

/** Names of the tables, or common table expressions, that the SQL of this file is about. */
export const HEARD_PARTS = 'heard_parts';
export const HEARD_HOURS = 'heard_hours';
export const DOUBTFUL_HOURS = 'doubtful_hours';

const HOUR = 'INTERVAL 1 HOUR';
/** See engine/evidence/stream-hours.ts: a silence within an hour and its place in one number. */
const KEY = 4_294_967_296n;

const firstHour = ({ from }: Interval): bigint =>
  from - (((from % MICROS_PER_HOUR) + MICROS_PER_HOUR) % MICROS_PER_HOUR);

function inHours(hours: string, within: Interval): string {
  return `${hours}.hour >= make_timestamp(${firstHour(within)}) AND ${hours}.hour < make_timestamp(${within.to})`;
}

/**
 * SQL of the parts: `pair` (from 1), `stream`, `system`, `said` (as the source names it), `source_id`, `first` and `last`
 * with their records, the end of the part before (`reached`, with its source and record) and the beginning of the `next`
 * one, `hours`, `fingerprint`, `is_tangled`.
 */
export function heardPartsSql(within: Interval): string {
  return `
    WITH spans AS (
      SELECT source_id, stream, system AS said, min(first_time) AS first, max(last_time) AS last,
        arg_min(first_record, first_time) AS first_record, arg_max(last_record, last_time) AS last_record,
        count(*) AS hours, bit_xor(hash(first_time, last_time, first_record, last_record, before_time, inner_from, inner_to)) AS h
      FROM evidence.stream_hours s
      WHERE stream IS NOT NULL AND system IS NOT NULL AND stream <> '${SCRAPES}' AND ${inHours('s', within)}
      GROUP BY source_id, stream, system),
    named AS (
      SELECT p.* EXCLUDE (h), hash(h, source_id, said) AS fingerprint, coalesce(n.system, p.said) AS system
      FROM spans p LEFT JOIN system_names n ON n.name = lower(p.said)),
    placed AS (
      SELECT *, dense_rank() OVER (ORDER BY stream, system)::INTEGER AS pair, lag(last) OVER in_order AS reached,
        lag(source_id) OVER in_order AS reached_source, lag(last_record) OVER in_order AS reached_record,
        lead(first) OVER in_order AS next, max(last) OVER (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS furthest
      FROM named WINDOW in_order AS (PARTITION BY stream, system ORDER BY first, last, source_id, said))
    SELECT * EXCLUDE (furthest), coalesce(bool_or(first < furthest) OVER (PARTITION BY pair), false) AS is_tangled FROM placed`;
}

const columns = `pair, hour, first, last, first_source, first_record, last_source, last_record, before, before_source, before_record,
  inner_from, inner_to, inner_from_source, inner_from_record, inner_to_source, inner_to_record, until`;

/** Rows of `stream_hours` with their parts, as a FROM clause. */
function rowsOf(within: Interval, which: string): string {
  return `evidence.stream_hours h JOIN ${HEARD_PARTS} p ON p.source_id = h.source_id AND p.stream = h.stream AND p.said = h.system
    WHERE ${inHours('h', within)} AND ${which}`;
}

/**
 * SQL of the hours in which the pairs that are asked for (`which`, of parts `p`) were heard: the first and the last record,
 * the last one `before`, the longest silence within the hour, and `until` when nothing came after the last. An hour in
 * which one part ends and the next begins has a row of each.
 */
export function heardHoursSql(within: Interval, which: string): string {
  return `${simpleHours(within, which)} UNION ALL ${tangledHours(within, which)}`;
}

function simpleHours(within: Interval, which: string): string {
  const isOwn = `h.before_time >= make_timestamp(${firstHour(within)})`;
  return `SELECT p.pair, h.hour, h.first_time AS first, h.last_time AS last, h.source_id AS first_source, h.first_record,
      h.source_id AS last_source, h.last_record,
      CASE WHEN ${isOwn} THEN h.before_time ELSE p.reached END AS before,
      CASE WHEN ${isOwn} THEN h.source_id ELSE p.reached_source END AS before_source,
      CASE WHEN ${isOwn} THEN h.before_record ELSE p.reached_record END AS before_record,
      h.inner_from, h.inner_to, h.source_id AS inner_from_source, h.inner_from_record, h.source_id AS inner_to_source, h.inner_to_record,
      least(h.hour + ${HOUR}, CASE WHEN h.last_time = p.last THEN p.next END) AS until
    FROM ${rowsOf(within, `NOT p.is_tangled AND ${which}`)}`;
}

function tangledHours(within: Interval, which: string): string {
  return `SELECT ${columns} FROM (
    WITH parts AS MATERIALIZED (
      SELECT p.pair, p.stream, p.said, h.* EXCLUDE (stream, system), count(*) OVER (PARTITION BY p.pair, h.hour) AS sharing
      FROM ${rowsOf(within, `p.is_tangled AND ${which}`)}),
    shared AS MATERIALIZED (SELECT pair, source_id, stream, said, hour FROM parts WHERE sharing > 1),
    marked AS (
      SELECT pair, hour, {source: source, record: record} AS cited, time, prior, prior_cited,
        CASE WHEN prior < time THEN (epoch_us(time) - epoch_us(prior))::UBIGINT * ${KEY}
          + (epoch_us(hour + ${HOUR}) - epoch_us(time))::UBIGINT END AS inner_key,
        prior IS NULL AS is_first, next IS NULL AS is_last
      FROM (SELECT *, lag(time) OVER in_order AS prior, lag({source: source, record: record}) OVER in_order AS prior_cited,
          lead(time) OVER in_order AS next
        FROM (${timesSql('shared')}) WINDOW in_order AS (PARTITION BY pair, hour ORDER BY time, source, record))),
    merged AS (
      SELECT pair, hour, min(time) AS first, max(time) AS last,
        max(cited) FILTER (WHERE is_first) AS first_cited, max(cited) FILTER (WHERE is_last) AS last_cited,
        arg_max(prior, inner_key) AS inner_from, arg_max(time, inner_key) AS inner_to,
        arg_max(prior_cited, inner_key) AS inner_from_cited, arg_max(cited, inner_key) AS inner_to_cited
      FROM marked GROUP BY pair, hour
      UNION ALL
      SELECT pair, hour, first_time, last_time, {source: source_id, record: first_record}, {source: source_id, record: last_record},
        inner_from, inner_to, {source: source_id, record: inner_from_record}, {source: source_id, record: inner_to_record}
      FROM parts WHERE sharing = 1)
    SELECT *, first_cited.source AS first_source, first_cited.record AS first_record, last_cited.source AS last_source,
      last_cited.record AS last_record, inner_from_cited.source AS inner_from_source, inner_from_cited.record AS inner_from_record,
      inner_to_cited.source AS inner_to_source, inner_to_cited.record AS inner_to_record,
      lag(last) OVER in_order AS before, lag(last_cited.source) OVER in_order AS before_source,
      lag(last_cited.record) OVER in_order AS before_record, hour + ${HOUR} AS until
    FROM merged WINDOW in_order AS (PARTITION BY pair ORDER BY hour))`;
}

/**
 * SQL of every time in some hours: `pair`, `hour`, `time`, `source`, `record`. `hours` names a table of `pair`, `source_id`,
 * `stream`, `said`, `hour`; rows without anything in the hour do no harm.
 */
export function timesSql(hours: string): string {
  const from = (table: string, stream: string): string => `
    SELECT s.pair, s.hour, e.time, e.source_id AS source, e.record
    FROM evidence.${table} e JOIN ${hours} s ON s.source_id = e.source_id AND s.said = e.system AND s.stream = ${stream}
      AND s.hour = date_trunc('hour', e.time)
    WHERE NOT EXISTS (SELECT 1 FROM evidence.repeats r WHERE r.source_id = e.source_id AND r.record = e.record)`;
  return `${from('events', 'e.stream')} UNION ALL ${from('clock_samples', "'clock'")}`;
}

const micros = (from: string, to: string): string => `(epoch_us(${to}) - epoch_us(${from}))`;
const INNER = micros('inner_from', 'inner_to');
const REST = `(${micros('first', 'last')} - ${INNER})`;

/**
 * SQL of the silences in `heard_hours` that are longer than `limits` (SQL of a table `limits` of `pair` and `least`,
 * microseconds) allow: `pair`, "from", "to" and the records before and after. Of an hour that may have two of them the
 * longest only: `doubtfulHoursSql` says which.
 */
export function silencesSql(limits: string): string {
  return `
    SELECT pair, before AS "from", first AS "to", before_source, before_record, first_source AS after_source, first_record AS after_record
    FROM ${HEARD_HOURS} JOIN ${limits} USING (pair) WHERE ${micros('before', 'first')} > least
    UNION ALL
    SELECT pair, inner_from, inner_to, inner_from_source, inner_from_record, inner_to_source, inner_to_record
    FROM ${HEARD_HOURS} JOIN ${limits} USING (pair) WHERE ${INNER} > least`;
}

/** SQL of the hours, `pair`, `hour` and `least`, that have a silence that is too long and may have another. */
export function doubtfulHoursSql(limits: string): string {
  return `SELECT DISTINCT pair, hour, least FROM ${HEARD_HOURS} JOIN ${limits} USING (pair)
    WHERE ${INNER} > least AND ${REST} > least`;
}

/** SQL of all silences that are too long in `doubtful_hours`, as `silencesSql` gives them: the longest of each hour are among them. */
export function doubtfulSilencesSql(): string {
  return `WITH hours_of_parts AS (
      SELECT d.pair, d.hour, p.source_id, p.stream, p.said FROM ${DOUBTFUL_HOURS} d JOIN ${HEARD_PARTS} p USING (pair))
    SELECT pair, "from", "to", before_source, before_record, after_source, after_record FROM (
      SELECT pair, hour, time AS "to", lag(time) OVER in_order AS "from", source AS after_source, record AS after_record,
        lag(source) OVER in_order AS before_source, lag(record) OVER in_order AS before_record
      FROM (${timesSql('hours_of_parts')}) WINDOW in_order AS (PARTITION BY pair, hour ORDER BY time, source, record))
    JOIN ${DOUBTFUL_HOURS} USING (pair, hour) WHERE ${micros('"from"', '"to"')} > least`;
}

/**
 * SQL of the longest staleness that was reached in each hour of `heard_hours`, from the first record of a pair to its
 * last: `pair`, `hour`, seconds, and whether anything was heard in it.
 */
export function looksSql(): string {
  const reached = `coalesce(${INNER}, 0), coalesce(${micros('before', 'first')}, 0), ${micros('last', 'until')}`;
  return `SELECT pair, hour, max(greatest(${reached})) / 1e6 AS staleness_s, true AS is_heard FROM ${HEARD_HOURS} GROUP BY pair, hour
    UNION ALL
    SELECT pair, hour, (epoch_us(hour) + ${MICROS_PER_HOUR} - epoch_us(before)) / 1e6, false
    FROM (SELECT pair, before, unnest(generate_series(date_trunc('hour', before) + ${HOUR}, hour - ${HOUR}, ${HOUR})) AS hour
      FROM ${HEARD_HOURS} WHERE hour > date_trunc('hour', before) + ${HOUR})`;
}

/**
 * One statement for the silences that are longer than a fixed number of seconds: `stream`, `system`, "from", "to". Of pairs
 * that are not tangled it is a plain scan of the roll-ups, and only hours that may have two such silences are read anew.
 */
export function fixedSilencesSql(within: Interval, longerThanS: number): string {
  const least = String(Math.round(longerThanS * 1e6));
  const ownBefore = `h.before_time >= make_timestamp(${firstHour(within)})`;
  const isLong = `${ownBefore} AND ${micros('before_time', 'first_time')} > ${least}`;
  return `WITH ${HEARD_PARTS} AS MATERIALIZED (${heardPartsSql(within)}),
    long AS (SELECT * FROM evidence.stream_hours h WHERE ${inHours('h', within)} AND ((${isLong}) OR ${INNER} > ${least})),
    simple AS MATERIALIZED (
      SELECT p.pair, h.* FROM long h JOIN ${HEARD_PARTS} p ON p.source_id = h.source_id AND p.stream = h.stream AND p.said = h.system
      WHERE NOT p.is_tangled),
    ${HEARD_HOURS} AS MATERIALIZED (
      SELECT pair, hour, first_time AS first, last_time AS last, NULL::TIMESTAMP AS before, inner_from, inner_to FROM simple
      UNION ALL SELECT pair, hour, first, last, before, inner_from, inner_to FROM (${tangledHours(within, 'true')})),
    limits AS (SELECT DISTINCT pair, ${least}::BIGINT AS least FROM ${HEARD_PARTS}),
    ${DOUBTFUL_HOURS} AS MATERIALIZED (${doubtfulHoursSql('limits')}),
    found AS (
      SELECT pair, before AS "from", first AS "to" FROM ${HEARD_HOURS} WHERE ${micros('before', 'first')} > ${least}
      UNION SELECT pair, before_time, first_time FROM simple h WHERE ${isLong}
      UNION SELECT pair, reached, first FROM ${HEARD_PARTS} WHERE NOT is_tangled AND ${micros('reached', 'first')} > ${least}
      UNION SELECT pair, inner_from, inner_to FROM ${HEARD_HOURS} WHERE ${INNER} > ${least}
      UNION SELECT pair, "from", "to" FROM (${doubtfulSilencesSql()}))
    SELECT p.stream, p.system, f."from", f."to"
    FROM found f JOIN (SELECT DISTINCT pair, stream, system FROM ${HEARD_PARTS}) p USING (pair)`;
}
