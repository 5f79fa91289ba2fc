/** Presence, hours and samples of one series after the other, in one pass over its samples. */
import { FloatSamples } from './float-samples.ts';
import type { HistogramSample } from './histograms.ts';
import type { SampleTaker } from './merge-samples.ts';
import { PresenceBuilder } from './presence.ts';
import { RollupBuilder } from './rollups.ts';
import type { UnreadSpan } from './series-samples.ts';
import type { SeriesInfo, SnapshotSink } from './snapshot-sink.ts';

export class SeriesTaker implements SampleTaker {
  /** Samples given to this taker: values, and stale markers. */
  samples = 0;
  staleMarkers = 0;
  #id = 0;
  #picked = false;
  readonly #presence: PresenceBuilder;
  readonly #rollups: RollupBuilder;
  readonly #kept = new FloatSamples();
  readonly #oneTime = new Float64Array(1);
  readonly #oneValue = new Float64Array(1);

  constructor(
    private readonly sink: SnapshotSink,
    gapFactor: number,
  ) {
    this.#presence = new PresenceBuilder(gapFactor, (run) => sink.presence(this.#id, run));
    this.#rollups = new RollupBuilder((hour) => sink.rollup(this.#id, hour));
  }

  start(series: SeriesInfo): void {
    this.#id = series.id;
    this.#picked = series.picked;
    this.sink.series(series);
  }

  finish(): void {
    this.#presence.finish();
    this.#rollups.finish();
    this.sink.endOfSeries(this.#id);
  }

  unread(span: UnreadSpan): void {
    this.#presence.unread(span.fromMs, span.toMs);
    this.sink.unread(this.#id, span);
  }

  pause(): Promise<void> | undefined {
    return this.sink.pause?.();
  }

  floats(samples: FloatSamples): void {
    const firstStale = samples.firstStale();
    if (firstStale < 0) this.#presence.samples(samples.times, samples.count);
    const without = firstStale < 0 ? samples : this.#takeOutStale(samples, firstStale);
    if (without.count === 0) return;
    this.samples += without.count;
    this.#rollups.add(without.times, without.values, 0, without.count);
    if (this.#picked) this.sink.floats(this.#id, without);
  }

  // Markers are told from other NaNs by their bits, before anything looks at them as numbers.
  #takeOutStale(samples: FloatSamples, firstStale: number): FloatSamples {
    const { times, count } = samples;
    const kept = this.#copyOf(samples, firstStale);
    this.#presence.samples(times, firstStale);
    for (let i = firstStale; i < count; i++) {
      if (samples.isStale(i)) this.#staleMarker(times[i]!);
      else {
        this.#presence.sample(times[i]!);
        kept.copy(kept.count++, samples, i);
      }
    }
    return kept;
  }

  #copyOf(samples: FloatSamples, count: number): FloatSamples {
    this.#kept.reserve(samples.count);
    for (let i = 0; i < count; i++) this.#kept.copy(i, samples, i);
    this.#kept.count = count;
    return this.#kept;
  }

  #staleMarker(timeMs: number): void {
    this.staleMarkers++;
    this.#presence.stale(timeMs);
    if (this.#picked) this.sink.staleMarker(this.#id, timeMs);
  }

  histogram(sample: HistogramSample): void {
    if (sample.stale) return this.#staleMarker(sample.timeMs);
    this.samples++;
    this.#presence.sample(sample.timeMs);
    // The hours of a histogram are those of its number of observations.
    this.#oneTime[0] = sample.timeMs;
    this.#oneValue[0] = sample.count;
    this.#rollups.add(this.#oneTime, this.#oneValue, 0, 1);
    if (this.#picked) this.sink.histogram(this.#id, sample);
  }
}
