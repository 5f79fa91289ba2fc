/** What collectors say that they lost: counters that rise, and lines of their own logs. */
import type { UtcMicros } from '../../shared/time.ts';
import { lossMetrics } from '../evidence/sequence-counters.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { FoundGap } from './gap.ts';

/** Lines about losses that are nearer to each other than this are about one. */
const ONE_LOSS_S = 600;
/** A chunk that waited longer than this for its output has a name that is no time. */
const LONGEST_WAIT_DAYS = 30;

/**
 * Losses that collectors tell of themselves. `target` is the counter with the output, or the output that a line of the log
 * names. `missing` is how many records were lost, `null` where chunks were.
 */
export async function findDropped(database: CaseDatabase): Promise<readonly FoundGap[]> {
  return [...(await findRises(database)), ...(await findDroppedChunks(database))];
}

// One rise after the other is one loss, from the last sample before it to the sample after which it rose no more.
async function findRises(database: CaseDatabase): Promise<readonly FoundGap[]> {
  const metrics = lossMetrics.map(({ name, stream, counts }) => `('${name}', '${stream}', ${counts === 'records'})`);
  const rows = await database.query(
    `WITH counters(name, stream, counts_records) AS (VALUES ${metrics.join(', ')}),
     told AS (
       SELECT s.system, c.name, c.stream, c.counts_records, s.labels::VARCHAR AS labels, coalesce(s.labels['name'], '') AS output,
         s.source_id, s.record, m.time, m.value
       FROM metric_series s JOIN counters c USING (name) JOIN metric_samples m USING (series_id)
       WHERE s.system IS NOT NULL AND isfinite(m.value)),
     risen AS (
       SELECT *, lag(time) OVER w AS before, lag(source_id) OVER w AS before_source_id, lag(record) OVER w AS before_record,
         -- A counter begins again at 0 with its program.
         CASE WHEN value >= lag(value) OVER w THEN value - lag(value) OVER w ELSE value END AS rise, lag(value) OVER w IS NULL AS is_first
       FROM told WINDOW w AS (PARTITION BY system, name, labels ORDER BY time, source_id)),
     apart AS (
       SELECT *, count(*) FILTER (rise = 0 OR is_first) OVER (PARTITION BY system, name, labels ORDER BY time, source_id) AS loss
       FROM risen)
     SELECT system, stream, name, output, CASE WHEN counts_records THEN sum(rise) END AS missing, min(before) AS "from", max(time) AS "to",
       arg_min(before_source_id, time) AS before_source_id, arg_min(before_record, time) AS before_record,
       arg_max(source_id, time) AS after_source_id, arg_max(record, time) AS after_record
     FROM apart a WHERE rise > 0 AND NOT is_first
       -- Chunks say nothing more where the records in them are counted.
       AND (counts_records OR NOT EXISTS (
         SELECT 1 FROM told o WHERE o.system = a.system AND o.stream = a.stream AND o.counts_records))
     GROUP BY system, stream, name, labels, output, counts_records, loss ORDER BY system, name, output, "from"`,
  );
  return rows.map((row) => droppedOf(row, [row['name'], row['output']]));
}

// A chunk is named for the time at which it was begun: <pid>-<seconds>.<nanoseconds>.flb
async function findDroppedChunks(database: CaseDatabase): Promise<readonly FoundGap[]> {
  const rows = await database.query(
    `WITH told AS (
       SELECT system, target, time, source_id, record,
         TRY_CAST(regexp_extract(message, '[0-9]+-([0-9]{10})\\.[0-9]+\\.flb', 1) AS BIGINT) AS began_s
       FROM events WHERE stream = 'fluent-bit' AND activity = 'loss' AND time IS NOT NULL AND system IS NOT NULL),
     begun AS (
       SELECT t.* EXCLUDE (began_s), e.time AS line_before, e.source_id AS before_source_id, e.record AS before_record,
         CASE WHEN make_timestamp(t.began_s * 1000000) BETWEEN t.time - INTERVAL ${LONGEST_WAIT_DAYS} DAY AND t.time
           THEN make_timestamp(t.began_s * 1000000) END AS began
       FROM told t ASOF LEFT JOIN (
         SELECT system, time, source_id, record FROM events
         WHERE stream = 'fluent-bit' AND system IN (SELECT system FROM told)) e ON e.system = t.system AND e.time < t.time),
     apart AS (
       SELECT *, time - lag(time) OVER w > INTERVAL ${ONE_LOSS_S} SECOND AS is_next
       FROM begun WINDOW w AS (PARTITION BY system, target ORDER BY time, source_id, record)),
     placed AS (
       SELECT *, count(*) FILTER (is_next) OVER (PARTITION BY system, target ORDER BY time, source_id, record
         ROWS UNBOUNDED PRECEDING) AS loss
       FROM apart)
     SELECT system, 'fluent-bit' AS stream, target, NULL AS missing, min(coalesce(began, line_before, time)) AS "from", max(time) AS "to",
       arg_min(before_source_id, (time, source_id, record)) AS before_source_id, arg_min(before_record, (time, source_id, record)) AS before_record,
       arg_max(source_id, (time, source_id, record)) AS after_source_id, arg_max(record, (time, source_id, record)) AS after_record
     FROM placed GROUP BY system, target, loss ORDER BY system, target, "from"`,
  );
  return rows.map((row) => droppedOf(row, [row['target']]));
}

function droppedOf(row: SqlRow, target: readonly unknown[]): FoundGap {
  const cited = (end: 'before' | 'after') =>
    row[`${end}_source_id`] === null
      ? null
      : { sourceId: Number(row[`${end}_source_id`]), record: Number(row[`${end}_record`]) };
  const named = target.filter((part) => typeof part === 'string' && part !== '').join(' ');
  return {
    ...{ system: String(row['system']), stream: String(row['stream']), kind: 'sequence-loss' },
    ...(named === '' ? {} : { target: named }),
    ...{ from: row['from'] as UtcMicros, to: row['to'] as UtcMicros, before: cited('before'), after: cited('after') },
    ...{ usual: null, missing: row['missing'] === null ? null : Number(row['missing']) },
  };
}
