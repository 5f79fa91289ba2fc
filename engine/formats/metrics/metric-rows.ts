/** Rows of metrics from formats that give one sample after the other, in whatever order of series and time. */
import { fail } from '../../../shared/problem.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { compareText, labelValue, type Label } from '../prometheus-tsdb/labels.ts';
import { seriesSystem } from './instance-host.ts';

/** Series of one source that are remembered; a source has its labels in memory while it is read. */
const MOST_SERIES = 2_000_000;

/** A native histogram as a text format has it. What it does not say is left out. */
export interface TextHistogram {
  readonly counts: 'integer' | 'float';
  readonly count: number;
  readonly sum: number;
  /** As the source writes them. */
  readonly buckets: unknown;
}

/**
 * Puts samples into `metric_series` and `metric_samples`. Presence and hours are made when the source has been read.
 * A series cites the record in which it is first seen, a sample its own. A record may begin one series only, as its
 * number is the identity of the series.
 */
export class MetricRows {
  readonly #ids = new Map<string, bigint>();
  #lastLabels: readonly Label[] | undefined;
  #lastId = 0n;

  constructor(
    private readonly sink: RowSink,
    private readonly context: Pick<ReadContext, 'system'>,
  ) {}

  /** Adds a sample of record `record`. Labels include `__name__`, each once, in any order; empty values are dropped. */
  sample(record: number, labels: readonly Label[], timeMicros: bigint, value: number): void {
    const series_id = this.#idOf(record, labels);
    this.sink.row('metric_samples', { series_id, time: timeMicros, value }, record);
  }

  /** Adds a native histogram of record `record`. */
  histogram(record: number, labels: readonly Label[], timeMicros: bigint, histogram: TextHistogram): void {
    const { counts, count, sum, buckets } = histogram;
    const row = { counts, counter_reset: 'unknown', count, sum, buckets: JSON.stringify(buckets) };
    this.sink.row('metric_histograms', { series_id: this.#idOf(record, labels), time: timeMicros, ...row }, record);
  }

  // Readers give the same list again for the next sample of a series.
  #idOf(record: number, labels: readonly Label[]): bigint {
    if (labels !== this.#lastLabels) this.#lastId = this.#find(record, labels);
    this.#lastLabels = labels;
    return this.#lastId;
  }

  #find(record: number, given: readonly Label[]): bigint {
    const labels = given.filter(([, value]) => value !== '').sort(([a], [b]) => compareText(a, b));
    const key = JSON.stringify(labels);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#ids.size >= MOST_SERIES) failTooMany();
    const series_id = this.sink.seriesId(record);
    this.#ids.set(key, series_id);
    this.sink.row(
      'metric_series',
      {
        series_id,
        name: labelValue(labels, '__name__'),
        labels: labels.flat(),
        system: seriesSystem(labels, this.context.system),
        samples_kept: true,
      },
      record,
    );
    return series_id;
  }
}

function failTooMany(): never {
  return fail({
    code: 'limit_reached',
    message: `The file has more than ${MOST_SERIES} series.`,
    remedy: 'Split it by metric and import the parts.',
  });
}
