/** Measurements of clocks that exporters give, in the terms of `clock_samples`: positive when the clock is ahead. */

interface ClockMetric {
  readonly name: string;
  /** What the clock is measured against; a system can have several. */
  readonly reference: 'kernel' | 'ntp' | 'chrony';
  readonly gives: 'offset' | 'error' | 'half_error' | 'stratum' | 'synchronised';
  /** -1 where the metric says what is to be added to the clock, so that a positive value means a clock behind. */
  readonly sign: 1 | -1;
}

/**
 * Sources of the signs: adjtimex(2) gives the offset that is still to be slewed; node_exporter's ntp collector "the
 * offset to add to the local clock"; chronyc prints a negative system time as "fast of NTP time".
 */
export const clockMetrics: readonly ClockMetric[] = [
  { name: 'node_timex_offset_seconds', reference: 'kernel', gives: 'offset', sign: -1 },
  { name: 'node_timex_maxerror_seconds', reference: 'kernel', gives: 'error', sign: 1 },
  { name: 'node_timex_sync_status', reference: 'kernel', gives: 'synchronised', sign: 1 },
  { name: 'node_ntp_offset_seconds', reference: 'ntp', gives: 'offset', sign: -1 },
  { name: 'node_ntp_root_dispersion_seconds', reference: 'ntp', gives: 'error', sign: 1 },
  { name: 'node_ntp_root_delay_seconds', reference: 'ntp', gives: 'half_error', sign: 1 },
  { name: 'node_ntp_stratum', reference: 'ntp', gives: 'stratum', sign: 1 },
  { name: 'node_ntp_sanity', reference: 'ntp', gives: 'synchronised', sign: 1 },
  { name: 'chrony_tracking_system_time_seconds', reference: 'chrony', gives: 'offset', sign: -1 },
  { name: 'chrony_tracking_root_dispersion_seconds', reference: 'chrony', gives: 'error', sign: 1 },
  { name: 'chrony_tracking_root_delay_seconds', reference: 'chrony', gives: 'half_error', sign: 1 },
  { name: 'chrony_tracking_stratum', reference: 'chrony', gives: 'stratum', sign: 1 },
];

/** How long an offset keeps one value, at least, so that nobody takes it for one that is measured anew. */
const THROUGHOUT_S = 50 * 60;

/**
 * Hours in which an offset does not move, with its value: 0 in all samples, or any one value throughout the hour. A daemon
 * measures at the longest every 2048 s by default, while its exporter may be asked every 15 s, so that many equal samples
 * in a row are usual, and an hour of them is not. Where the hours beside begin or end with the same value, its samples
 * there belong to the same standstill.
 */
const STANDSTILLS = `
    offsets AS (
      SELECT s.series_id FROM kinds k JOIN evidence.metric_series s ON s.name = k.name WHERE k.gives = 'offset'),
    spans AS (
      SELECT series_id, date_trunc('hour', time) AS hour, epoch(max(time)) - epoch(min(time)) AS span_s
      FROM metric_samples WHERE series_id IN (SELECT series_id FROM offsets) GROUP BY ALL),
    hours AS (
      SELECT h.series_id, h.hour, h.first, h.last, h.min AS value,
        h.samples >= 2 AND h.min = h.max AND (h.min = 0 OR s.span_s >= ${THROUGHOUT_S}) AS is_still
      FROM spans s JOIN evidence.metric_hours h ON h.series_id = s.series_id AND h.hour = s.hour),
    standstills AS (
      SELECT series_id, hour, value FROM hours WHERE is_still
      UNION
      SELECT b.series_id, b.hour, h.value FROM hours h JOIN hours b ON b.series_id = h.series_id
        AND ((b.hour = h.hour + INTERVAL 1 HOUR AND b.first = h.value) OR (b.hour = h.hour - INTERVAL 1 HOUR AND b.last = h.value))
      WHERE h.is_still)`;

/**
 * SQL that gives rows of `clock_samples` from the samples of those metrics: those of one scrape are one row.
 *
 * An offset that keeps one value for a whole hour is no measurement: a disciplined clock moves with every update, while
 * the kernel goes on giving 0 where another daemon (chronyd) disciplines the clock without it. Such a row has no offset.
 */
export function metricClockSamples(): string {
  const metrics = clockMetrics.map(
    ({ name, reference, gives, sign }) => `('${name}', '${reference}', '${gives}', ${sign})`,
  );
  const of = (gives: ClockMetric['gives']): string => `max(value) FILTER (gives = '${gives}')`;
  return `
    WITH kinds(name, reference, gives, sign) AS (VALUES ${metrics.join(', ')}),${STANDSTILLS},
    measured AS (
      SELECT s.source_id, s.record, s.system, s.labels['job'] AS job, s.labels['instance'] AS instance, m.time,
        k.reference, k.gives, k.sign * m.value AS value, h.value IS NOT NULL AS is_still
      FROM kinds k JOIN evidence.metric_series s ON s.name = k.name
      JOIN metric_samples m ON m.series_id = s.series_id
      LEFT JOIN standstills h
        ON h.series_id = m.series_id AND h.hour = date_trunc('hour', m.time) AND h.value = m.value
      WHERE isfinite(m.value))
    SELECT source_id, coalesce(min(record) FILTER (gives = 'offset'), min(record)) AS record, time, system,
      max(value) FILTER (gives = 'offset' AND NOT is_still) AS offset_s,
      ${of('error')} + coalesce(${of('half_error')}, 0) / 2 AS error_s,
      ${of('stratum')}::INTEGER AS stratum, reference, ${of('synchronised')} = 1 AS synchronised
    FROM measured GROUP BY source_id, system, job, instance, reference, time`;
}
