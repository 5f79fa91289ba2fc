/** Who was scraped, and when, in the terms of all streams. */
import type { Transaction } from '../store/case-database.ts';

/**
 * Selectors of the series that the timeline rests on: whether a target answered, when its host was started, and what is
 * known of its clock. Their samples are kept whatever else is.
 */
export const timelineSeries: readonly string[] = [
  'up',
  'scrape_duration_seconds',
  'node_boot_time_seconds',
  'node_time_seconds',
  'node_uname_info',
  '{__name__=~"node_timex_(offset_seconds|sync_status|maxerror_seconds|estimated_error_seconds|status|tai_offset_seconds)"}',
  '{__name__=~"node_ntp_.+"}',
  '{__name__=~"chrony_.+|ntpd?_.+|ntp_.+"}',
];

/**
 * Fills `stream_hours` with the hours in which each system answered a scrape: for targets that have a series `up`, its
 * samples of 1; for series without such a target, any sample.
 */
export async function rollUpScrapes(transaction: Transaction, sourceId: number): Promise<void> {
  await transaction.query(
    `INSERT INTO evidence.stream_hours
     WITH series AS (
       SELECT series_id, record, name, system, samples_kept, labels['job'] AS job, labels['instance'] AS instance
       FROM evidence.metric_series WHERE source_id = $source::INTEGER AND system IS NOT NULL),
     targets AS (SELECT DISTINCT job, instance FROM series WHERE name = 'up' AND samples_kept),
     answered AS (
       SELECT s.system, s.record, m.time FROM series s JOIN metric_samples m USING (series_id)
       WHERE s.name = 'up' AND m.value = 1 AND m.source_id = $source::INTEGER),
     others AS (
       SELECT s.system, s.record, h.hour, h.samples FROM series s JOIN evidence.metric_hours h USING (series_id)
       WHERE h.source_id = $source::INTEGER AND s.name NOT LIKE '%:%' AND s.name NOT IN ('ALERTS', 'ALERTS_FOR_STATE')
         AND NOT EXISTS (
         SELECT 1 FROM targets t WHERE t.job IS NOT DISTINCT FROM s.job AND t.instance IS NOT DISTINCT FROM s.instance)),
     spoken AS (
       SELECT system, record, time,
         epoch(time) - epoch(lag(time) OVER (PARTITION BY system ORDER BY time, record)) AS silence_s
       FROM answered)
     SELECT $source::INTEGER, 'prometheus', system, date_trunc('hour', time), count(*), min(time), max(time),
       arg_min(record, (time, record)), max(silence_s), arg_max(record, (time, record))
     FROM spoken GROUP BY ALL
     UNION ALL
     SELECT $source::INTEGER, 'prometheus', system, hour, max(samples), hour, hour + INTERVAL 59 MINUTE, min(record), NULL, min(record)
     FROM others GROUP BY ALL`,
    { source: sourceId },
  );
}
