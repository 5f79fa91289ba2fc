/** Who was scraped, and when, in the terms of all streams. */
import type { Transaction } from '../store/case-database.ts';
import { lossMetrics } from './sequence-counters.ts';
import { streamHoursSql } from './stream-hours.ts';

/**
 * Selectors of the series that the timeline rests on: whether a target answered, when its host was started, what is
 * known of its clock, and what collectors lost. Their samples are kept whatever else is.
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
  ...lossMetrics.map(({ name }) => name),
];

const series = `
  series AS (
    SELECT series_id, record, name, system, samples_kept, labels['job'] AS job, labels['instance'] AS instance
    FROM evidence.metric_series WHERE source_id = $source::INTEGER AND system IS NOT NULL)`;

/**
 * Fills `stream_hours` with the hours in which each system answered a scrape: for targets that have a series `up`, its
 * samples of 1; for series without such a target, any sample.
 */
export async function rollUpScrapes(transaction: Transaction, sourceId: number): Promise<void> {
  const answered = `
    WITH ${series}
    SELECT 'prometheus' AS stream, s.system, m.time, s.record FROM series s JOIN metric_samples m USING (series_id)
    WHERE s.name = 'up' AND m.value = 1 AND m.source_id = $source::INTEGER`;
  await transaction.query(`INSERT INTO evidence.stream_hours ${streamHoursSql({ rows: answered })}`, {
    source: sourceId,
  });
  await transaction.query(
    `INSERT INTO evidence.stream_hours BY NAME
     WITH ${series},
     targets AS (SELECT DISTINCT job, instance FROM series WHERE name = 'up' AND samples_kept),
     others AS (
       SELECT s.system, s.record, h.hour, h.samples FROM series s JOIN evidence.metric_hours h USING (series_id)
       WHERE h.source_id = $source::INTEGER AND s.name NOT LIKE '%:%' AND s.name NOT IN ('ALERTS', 'ALERTS_FOR_STATE')
         AND NOT EXISTS (
         SELECT 1 FROM targets t WHERE t.job IS NOT DISTINCT FROM s.job AND t.instance IS NOT DISTINCT FROM s.instance))
     SELECT $source::INTEGER AS source_id, 'prometheus' AS stream, system, hour, max(samples) AS records, hour AS first_time,
       hour + INTERVAL 59 MINUTE AS last_time, min(record) AS first_record, min(record) AS last_record
     FROM others GROUP BY system, hour`,
    { source: sourceId },
  );
}
