/**
 * What is made of the metrics of a source whose reader gave its samples in any order: presence and hours of every series,
 * and the samples that nobody asked for taken out. The reader of snapshots makes them itself.
 */
import type { Label } from '../formats/prometheus-tsdb/labels.ts';
import { PresenceBuilder, type PresenceRun } from '../formats/prometheus-tsdb/presence.ts';
import { RollupBuilder, type HourlyRollup } from '../formats/prometheus-tsdb/rollups.ts';
import { anySelector } from '../formats/prometheus-tsdb/selector.ts';
import type { BulkTable, BulkValue } from '../store/bulk-rows.ts';
import type { Transaction } from '../store/case-database.ts';
import { evidenceBulkTable } from '../store/evidence-bulk.ts';
import { TEXT_SAMPLES } from '../store/schema.ts';
import type { SqlRow } from '../store/sql-values.ts';

/** As for snapshots: a distance of more than this times the usual one ends a run of presence. */
const GAP_FACTOR = 4;
const ROWS_A_READ = 100_000;

export interface MetricSource {
  readonly sourceId: number;
  /** Selectors of the series whose samples are kept; null: of all. */
  readonly series: readonly string[] | null;
}

/** Does nothing for a source without metrics, and for one whose presence is there already. */
export async function rollUpMetrics(transaction: Transaction, { sourceId, series }: MetricSource): Promise<void> {
  const source = { source: sourceId };
  const [state] = await transaction.query(
    `SELECT (SELECT count(*) FROM evidence.metric_series WHERE source_id = $source::INTEGER) AS series,
       (SELECT count(*) FROM evidence.metric_presence WHERE source_id = $source::INTEGER) AS runs`,
    source,
  );
  if (Number(state?.['series']) === 0 || Number(state?.['runs']) > 0) return;
  await transaction.query(
    `CREATE OR REPLACE TEMP TABLE samples_by_time AS
     SELECT row_number() OVER (ORDER BY series_id, time) AS place, series_id, time, value FROM (
       SELECT series_id, time, value FROM evidence.metric_samples WHERE source_id = $source::INTEGER
       UNION ALL SELECT series_id, time, count FROM evidence.metric_histograms WHERE source_id = $source::INTEGER)`,
    source,
  );
  const builder = new SeriesByTime(transaction, sourceId);
  for (let from = 1; ; from += ROWS_A_READ) {
    const rows = await transaction.query(
      `SELECT series_id, time, value FROM samples_by_time WHERE place >= $from::BIGINT AND place < $to::BIGINT ORDER BY place`,
      { from, to: from + ROWS_A_READ },
    );
    rows.forEach((row) => builder.add(row));
    await transaction.flush();
    if (rows.length < ROWS_A_READ) break;
  }
  builder.endSeries();
  await transaction.flush();
  await transaction.query('DROP TABLE samples_by_time');
  if (series !== null) await dropOthers(transaction, sourceId, anySelector(series));
}

const presenceTable = evidenceBulkTable('metric_presence');
const hoursTable = evidenceBulkTable('metric_hours');

/** Takes samples in the order of series and time. */
class SeriesByTime {
  private id: bigint | undefined;
  private readonly presence: PresenceBuilder;
  private readonly hours: RollupBuilder;
  private readonly time = new Float64Array(1);
  private readonly value = new Float64Array(1);

  constructor(
    private readonly transaction: Transaction,
    private readonly sourceId: number,
  ) {
    this.presence = new PresenceBuilder(GAP_FACTOR, (run) => this.addRun(run));
    this.hours = new RollupBuilder((hour) => this.addHour(hour));
  }

  add(row: SqlRow): void {
    const id = BigInt(row['series_id'] as number | bigint);
    if (id !== this.id) this.endSeries();
    this.id = id;
    // Prometheus has milliseconds, and so have its text formats by the time they are here.
    const timeMs = Number(BigInt(row['time'] as number | bigint) / 1000n);
    this.time[0] = timeMs;
    this.value[0] = Number(row['value']);
    this.presence.sample(timeMs);
    this.hours.add(this.time, this.value, 0, 1);
  }

  endSeries(): void {
    if (this.id === undefined) return;
    this.presence.finish();
    this.hours.finish();
    this.id = undefined;
  }

  private addRun({ fromMs, toMs, samples, intervalMs, endedBy }: PresenceRun): void {
    this.insert(presenceTable, [microsOf(fromMs), microsOf(toMs), samples, intervalMs, endedBy, null]);
  }

  private addHour({ hourMs, samples, min, max, avg, first, last, resets }: HourlyRollup): void {
    this.insert(hoursTable, [microsOf(hourMs), samples, min, max, avg, first, last, resets]);
  }

  private insert(table: BulkTable, values: readonly BulkValue[]): void {
    const id = this.id!;
    this.transaction.add(table, [this.sourceId, BigInt.asUintN(32, id), id, ...values]);
  }
}

function microsOf(ms: number): bigint {
  return BigInt(ms) * 1000n;
}

async function dropOthers(
  transaction: Transaction,
  sourceId: number,
  picks: (labels: readonly Label[]) => boolean,
): Promise<void> {
  const rows = await transaction.query(
    `SELECT series_id, map_keys(labels) AS names, map_values(labels) AS texts FROM evidence.metric_series
     WHERE source_id = $source::INTEGER`,
    { source: sourceId },
  );
  const others = rows.filter((row) => !picks(labelsOf(row))).map((row) => String(row['series_id']));
  const which = 'series_id IN (SELECT unnest($others)::BIGINT)';
  for (const table of [TEXT_SAMPLES, 'evidence.metric_histograms'])
    await transaction.query(`DELETE FROM ${table} WHERE ${which}`, { others });
  await transaction.query(`UPDATE evidence.metric_series SET samples_kept = false WHERE ${which}`, { others });
}

function labelsOf(row: SqlRow): readonly Label[] {
  const texts = (row['texts'] ?? []) as readonly string[];
  return ((row['names'] ?? []) as readonly string[]).map((name, place): Label => [name, texts[place] ?? '']);
}
