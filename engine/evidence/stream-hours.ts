/** Hours in which a stream of a system was heard of: what coverage, silences and most controls rest on. */

/** The longest silence within an hour and how much of the hour was left after it, in one number: two times 32 bits. */
const KEY = 4_294_967_296n;
const HOUR = 'INTERVAL 1 HOUR';

/** Rows to be rolled up, and what was heard of their streams in slices of the same source before them. */
export interface Heard {
  /** SQL of `stream`, `system`, `time`, `record`, none of them NULL. */
  readonly rows: string;
  /** SQL of `stream`, `system`, `last`, `last_record`; of none where the rows are all that the source has. */
  readonly earlier?: string;
}

const nothingEarlier = `SELECT NULL::VARCHAR AS stream, NULL::VARCHAR AS system, NULL::TIMESTAMP AS last, NULL::BIGINT AS last_record
  WHERE false`;

/**
 * Rows of `stream_hours` of the source `$source`, in SQL: for each stream, system and UTC hour, how many records, the
 * first and the last, the last one before the hour, and the longest silence with both ends in the hour (of equals the
 * first). `longest_silence_s` is the longest that ended in the hour, wherever it began. The ends of a silence are the
 * last record of the moment at which it begins and the first of that at which it ends.
 */
export function streamHoursSql({ rows, earlier = nothingEarlier }: Heard): string {
  // Plain numbers all through: to compare structs row by row takes several times as long.
  return `WITH spoken AS (${rows}),
     earlier AS (${earlier}),
     placed AS (
       SELECT stream, system, time, record, date_trunc('hour', time) AS hour, lag(time) OVER in_order AS prior,
         lag(record) OVER in_order AS prior_record, lead(time) OVER in_order AS next
       FROM spoken WINDOW in_order AS (PARTITION BY stream, system ORDER BY time, record)),
     marked AS (
       SELECT *, prior IS NULL OR prior < hour AS is_first, next IS NULL OR next >= hour + ${HOUR} AS is_last,
         CASE WHEN prior >= hour AND prior < time THEN (epoch_us(time) - epoch_us(prior))::UBIGINT * ${KEY}
           + (epoch_us(hour + ${HOUR}) - epoch_us(time))::UBIGINT END AS inner_key
       FROM placed),
     hours AS (
       SELECT stream, system, hour, count(*) AS records, min(time) AS first_time, max(time) AS last_time,
         max(record) FILTER (WHERE is_first) AS first_record, max(record) FILTER (WHERE is_last) AS last_record,
         max(prior) FILTER (WHERE is_first) AS prior, max(prior_record) FILTER (WHERE is_first) AS prior_record,
         max(inner_key) AS inner_key, arg_max(prior_record, inner_key) AS inner_from_record,
         arg_max(record, inner_key) AS inner_to_record
       FROM marked GROUP BY stream, system, hour),
     joined AS (
       SELECT h.*, coalesce(h.prior, e.last) AS before_time, coalesce(h.prior_record, e.last_record) AS before_record,
         CASE WHEN records > 1 THEN coalesce((inner_key // ${KEY})::BIGINT, 0) END AS inner_us,
         make_timestamp(epoch_us(hour + ${HOUR}) - (inner_key % ${KEY})::BIGINT) AS inner_to
       FROM hours h LEFT JOIN earlier e ON e.stream = h.stream AND e.system = h.system)
     SELECT $source::INTEGER, stream, system, hour, records, first_time, last_time, first_record,
       greatest(epoch_us(first_time) - epoch_us(before_time), inner_us) / 1e6, last_record, before_time, before_record,
       make_timestamp(epoch_us(inner_to) - inner_us), inner_to, inner_from_record, inner_to_record
     FROM joined`;
}
