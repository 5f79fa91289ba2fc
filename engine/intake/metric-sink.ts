/** Takes what a snapshot gives, series by series, and puts it into the case's tables. */
import { stopIfCancelled } from '../core/cancelled.ts';
import { seriesId } from '../core/series-id.ts';
import type { EvidenceTableName } from '../core/tables.ts';
import { seriesSystem } from '../formats/metrics/instance-host.ts';
import type { HistogramSample } from '../formats/prometheus-tsdb/histograms.ts';
import type { PresenceRun } from '../formats/prometheus-tsdb/presence.ts';
import type { HourlyRollup } from '../formats/prometheus-tsdb/rollups.ts';
import type { UnreadSpan } from '../formats/prometheus-tsdb/series-samples.ts';
import type { FloatPiece, SeriesInfo, SnapshotSink } from '../formats/prometheus-tsdb/snapshot-sink.ts';
import type { BulkTable, BulkValue } from '../store/bulk-rows.ts';
import type { Transaction } from '../store/case-database.ts';
import {
  BATCH_ROWS,
  HIGH_HALF,
  LOW_HALF,
  type ColumnTable,
  type ColumnWriter,
  type NumberType,
} from '../store/column-rows.ts';
import { evidenceBulkTable } from '../store/evidence-bulk.ts';
import { SNAPSHOT_SAMPLES } from '../store/schema.ts';

/** Rows with text are written in groups of about this many. */
const ROWS_A_WRITE = 20_000;
const TWO_32 = 4_294_967_296;
/** Milliseconds below this are exact as microseconds in a double. */
const EXACT_MS = 9e12;

const seriesPlaces: BulkTable = {
  target: 'metric_places',
  columns: [
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'place', type: 'integer' },
    { name: 'block', type: 'text' },
    { name: 'ref', type: 'bigint' },
  ],
};

const textTables: readonly EvidenceTableName[] = [
  'metric_series',
  'metric_presence',
  'metric_unread',
  'metric_histograms',
];

const samplesTable: ColumnTable = {
  target: SNAPSHOT_SAMPLES,
  columns: [
    { name: 'series_id', type: 'bigint' },
    { name: 'time', type: 'time' },
    { name: 'value', type: 'double' },
  ],
  select: 'series_id, time, value',
};

/** What is filled in is the identity of the series and the numbers; the citation is in the identity. */
function hoursTable(sourceId: number): ColumnTable {
  const { target, columns } = evidenceBulkTable('metric_hours');
  const numbers = columns.slice(2).map(({ name, type }) => ({ name, type: type as NumberType }));
  const citation = `${sourceId}::INTEGER, series_id & ${TWO_32 - 1}`;
  return { target, columns: numbers, select: `${citation}, ${numbers.map(({ name }) => `"${name}"`).join(', ')}` };
}

export interface MetricSinkOptions {
  readonly sourceId: number;
  /** The system that the snapshot is known to be of. */
  readonly system: string | undefined;
  readonly signal: AbortSignal;
  /** Hears how many series there were so far. */
  readonly onSeries: (count: number) => void;
}

export class MetricSink implements SnapshotSink {
  firstTime: bigint | null = null;
  lastTime: bigint | null = null;
  seriesKept = 0;
  readonly rows = new Map<EvidenceTableName, number>();
  private readonly samples: ColumnWriter;
  private readonly hours: ColumnWriter;
  private waiting = 0;
  private batchesAsked = 0;

  private readonly sourceId: number;

  constructor(
    private readonly transaction: Transaction,
    private readonly options: MetricSinkOptions,
  ) {
    const { sourceId } = options;
    this.sourceId = sourceId;
    // Nothing can be registered while a statement runs, and from the first batch on one mostly does.
    for (const table of [...textTables.map(evidenceBulkTable), seriesPlaces]) transaction.prepare(table);
    this.samples = transaction.columns(samplesTable);
    this.hours = transaction.columns(hoursTable(sourceId));
  }

  series({ id, name, labels, picked, places }: SeriesInfo): void {
    if (picked) this.seriesKept++;
    const system = seriesSystem(labels, this.options.system) ?? null;
    this.add('metric_series', id, [name, labels.flat(), system, picked]);
    places.forEach(({ block, ref }, place) => {
      this.transaction.add(seriesPlaces, [this.sourceId, id + 1, place, block, ref]);
    });
  }

  floats(id: number, { times, values, count }: FloatPiece): void {
    this.count('metric_samples', count);
    const series = seriesId(this.sourceId, id + 1);
    for (let from = 0; from < count;) {
      const { batch } = this.samples;
      const taken = Math.min(count - from, BATCH_ROWS - batch.rows);
      const [ids, micros, numbers] = batch.columns;
      ids!.integers.fill(series, batch.rows, batch.rows + taken);
      fillMicros(micros!, batch.rows, times.subarray(from, from + taken));
      // Copied as memory, so that every NaN keeps its bits.
      numbers!.doubles.set(values.subarray(from, from + taken), batch.rows);
      batch.rows += taken;
      from += taken;
      if (batch.rows === BATCH_ROWS) this.samples.next();
    }
  }

  histogram(id: number, sample: HistogramSample): void {
    const { layout } = sample;
    const spans = (list: typeof layout.positiveSpans): readonly number[][] => list.map((s) => [s.offset, s.length]);
    const buckets = {
      positive_spans: spans(layout.positiveSpans),
      positive: [...sample.positiveBuckets],
      negative_spans: spans(layout.negativeSpans),
      negative: [...sample.negativeBuckets],
      custom_bounds: layout.customBounds,
    };
    this.add('metric_histograms', id, [
      microsOf(sample.timeMs),
      sample.counts,
      sample.counterReset,
      layout.schema,
      layout.zeroThreshold,
      sample.zeroCount,
      sample.count,
      sample.sum,
      JSON.stringify(buckets),
    ]);
  }

  staleMarker(): void {
    // The run of presence that it ends has it.
  }

  presence(id: number, { fromMs, toMs, samples, intervalMs, endedBy, staleAtMs }: PresenceRun): void {
    const from = microsOf(fromMs);
    const to = microsOf(toMs);
    const stale = staleAtMs === undefined ? null : microsOf(staleAtMs);
    this.add('metric_presence', id, [from, to, samples, intervalMs, endedBy, stale]);
    if (this.firstTime === null || from < this.firstTime) this.firstTime = from;
    const last = to - 1000n;
    if (this.lastTime === null || last > this.lastTime) this.lastTime = last;
  }

  rollup(id: number, { hourMs, samples, min, max, avg, first, last, resets }: HourlyRollup): void {
    this.count('metric_hours', 1);
    const { batch } = this.hours;
    const { rows, columns } = batch;
    columns[0]!.integers[rows] = seriesId(this.sourceId, id + 1);
    columns[1]!.integers[rows] = microsOf(hourMs);
    columns[2]!.integers[rows] = BigInt(samples);
    columns[3]!.doubles[rows] = min;
    columns[4]!.doubles[rows] = max;
    columns[5]!.doubles[rows] = avg;
    columns[6]!.doubles[rows] = first;
    columns[7]!.doubles[rows] = last;
    columns[8]!.integers[rows] = BigInt(resets);
    if (++batch.rows === BATCH_ROWS) this.hours.next();
  }

  unread(id: number, { fromMs, toMs, because }: UnreadSpan): void {
    this.add('metric_unread', id, [microsOf(fromMs), microsOf(toMs + 1), because]);
  }

  endOfSeries(id: number): void {
    this.options.onSeries(id + 1);
  }

  pause(): Promise<void> | undefined {
    if (++this.batchesAsked % 64 === 0) stopIfCancelled(this.options.signal, CANCELLED);
    if (this.waiting >= ROWS_A_WRITE) return this.flush();
    return this.samples.pause() ?? this.hours.pause();
  }

  /** Writes all that is left. */
  async finish(): Promise<void> {
    await this.samples.finish();
    await this.hours.finish();
    await this.flush();
  }

  private async flush(): Promise<void> {
    this.waiting = 0;
    await this.transaction.flush();
  }

  private add(table: EvidenceTableName, id: number, values: readonly BulkValue[]): void {
    const record = id + 1;
    const citation = [this.sourceId, record, seriesId(this.sourceId, record)];
    this.transaction.add(evidenceBulkTable(table), [...citation, ...values]);
    this.waiting++;
    this.count(table, 1);
  }

  private count(table: EvidenceTableName, rows: number): void {
    this.rows.set(table, (this.rows.get(table) ?? 0) + rows);
  }
}

const CANCELLED =
  'The import was cancelled; nothing of the snapshot under way was kept, and sources that were finished before stay.';

// 64-bit integers by their halves: a BigInt for each sample would take longer than all the rest.
function fillMicros(
  { halves, integers }: { halves: Uint32Array; integers: BigInt64Array },
  row: number,
  times: Float64Array,
): void {
  for (let i = 0; i < times.length; i++) {
    const ms = times[i]!;
    if (ms > EXACT_MS || ms < -EXACT_MS) {
      integers[row + i] = microsOf(ms);
      continue;
    }
    const micros = ms * 1000;
    const high = Math.floor(micros / TWO_32);
    halves[2 * (row + i) + HIGH_HALF] = high;
    halves[2 * (row + i) + LOW_HALF] = micros - high * TWO_32;
  }
}

function microsOf(ms: number): bigint {
  return BigInt(ms) * 1000n;
}
