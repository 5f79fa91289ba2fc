/** Samples of metrics that two exports of text have in common: the later one gives way. */
import type { Transaction } from '../store/case-database.ts';
import { TEXT_SAMPLES } from '../store/schema.ts';

/**
 * Fills `evidence.repeated_samples` for a source: its samples from text formats that a series of an earlier source with
 * the same labels has at the same time with the same value. Where the values differ, both stay.
 * Samples of snapshots are not compared with each other. Gives how many there were, by the source that has them.
 */
export async function findRepeatedSamples(
  transaction: Transaction,
  sourceId: number,
): Promise<readonly { readonly ofSourceId: number; readonly samples: number }[]> {
  const source = { source: sourceId };
  await transaction.query(
    `INSERT INTO evidence.repeated_samples
     WITH series AS (
       SELECT source_id, series_id, name, system, to_json(labels)::VARCHAR AS labels FROM evidence.metric_series),
     pairs AS (
       SELECT m.series_id, o.series_id AS of_series_id, o.source_id AS of_source_id
       FROM series m JOIN series o ON o.name = m.name AND o.labels = m.labels AND o.system IS NOT DISTINCT FROM m.system
       WHERE m.source_id = $source::INTEGER AND o.source_id <> $source::INTEGER)
     SELECT s.source_id, s.record, s.series_id, s.time, o.source_id, o.record
     FROM pairs p JOIN ${TEXT_SAMPLES} s ON s.series_id = p.series_id
     JOIN evidence.metric_samples o ON o.series_id = p.of_series_id AND o.time = s.time AND o.value IS NOT DISTINCT FROM s.value
     WHERE s.source_id = $source::INTEGER AND NOT EXISTS (
       SELECT 1 FROM evidence.repeated_samples r WHERE r.series_id = o.series_id AND r.time = o.time AND r.record = o.record)
     QUALIFY row_number() OVER (PARTITION BY s.series_id, s.time, s.record ORDER BY o.source_id, o.record) = 1
     ORDER BY s.record, s.time`,
    source,
  );
  const found = await transaction.query(
    `SELECT of_source_id, count(*) AS n FROM evidence.repeated_samples WHERE source_id = $source::INTEGER
     GROUP BY of_source_id ORDER BY of_source_id`,
    source,
  );
  return found.map((row) => ({ ofSourceId: Number(row['of_source_id']), samples: Number(row['n']) }));
}
