/** What comes out of a snapshot, series by series. */
import type { FloatSamples } from './float-samples.ts';
import type { HistogramSample } from './histograms.ts';
import type { Label } from './labels.ts';
import type { PresenceRun } from './presence.ts';
import type { HourlyRollup } from './rollups.ts';
import type { UnreadSpan } from './series-samples.ts';

export interface SeriesInfo {
  /** Number of the series in this reading, from 0, in the order of labels. */
  readonly id: number;
  /** The label `__name__`; empty when there is none. */
  readonly name: string;
  /** All labels, `__name__` included, sorted by name. */
  readonly labels: readonly Label[];
  /** A selector picks it, so its samples follow. */
  readonly picked: boolean;
  /** Where it is: the blocks that have it, in the order in which a server would ask them. */
  readonly places: readonly SeriesPlace[];
}

export interface SeriesPlace {
  /** Path of the block inside the snapshot, ending in `/`. */
  readonly block: string;
  /** Reference of the series in the index of the block. */
  readonly ref: number;
}

/** Floats of a picked series, without stale markers. They are only there during the call. */
export type FloatPiece = Pick<FloatSamples, 'times' | 'values' | 'bits' | 'count'>;

/**
 * Where a reading puts what it finds. All calls about a series come between its `series` and its `endOfSeries`; series
 * come in the order of labels, everything within one in the order of time.
 */
export interface SnapshotSink {
  series(series: SeriesInfo): void;
  /** Only for picked series. */
  floats(id: number, piece: FloatPiece): void;
  /** Only for picked series; stale markers left out. */
  histogram(id: number, sample: HistogramSample): void;
  /** Only for picked series: the times of stale markers, milliseconds since 1970. */
  staleMarker(id: number, timeMs: number): void;
  presence(id: number, run: PresenceRun): void;
  rollup(id: number, hour: HourlyRollup): void;
  /** Samples that the index names and that are not given. Nothing can be said about this time. */
  unread(id: number, span: UnreadSpan): void;
  endOfSeries(id: number): void;
  /** Asked after each piece of samples. Reading goes on when what is given is settled, and fails when it fails. */
  pause?(): Promise<void> | undefined;
}
