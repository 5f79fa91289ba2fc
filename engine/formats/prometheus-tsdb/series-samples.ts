/** The samples of one series of one block, chunk by chunk. */
import { decodeChunk } from './chunk-samples.ts';
import { problemOf, type ReportProblem } from './damage.ts';
import type { FloatSamples } from './float-samples.ts';
import type { HistogramSample } from './histograms.ts';
import type { ChunkBytes, Segments } from './segments.ts';
import type { DeletedInterval } from './tombstones.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ChunkEntry, SeriesEntry } from './series-entries.ts';

/** Samples that are not given although the index has them. Times are milliseconds since 1970, both included. */
export interface UnreadSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly because: 'damaged' | 'deleted';
}

/** What a series needs of the block that it is in. */
export interface SeriesBlock {
  readonly segments: Segments;
  readonly counts: { samples: number; deletedSamples: number };
  readonly report: ReportProblem;
  /** Something of the block is not given. */
  leaveOut(problem: Problem): void;
  /** What was asked to be deleted of a series. */
  deletedOf(ref: number): readonly DeletedInterval[];
}

/** Stands on one sample after the other of a series in a block. */
export class SeriesSamples {
  /** Time of the sample it stands on. */
  timeMs = NaN;
  /** Where the sample is, if it is a float. */
  index = -1;
  count = 0;
  #kind: 'floats' | 'histograms' = 'floats';
  #histograms: readonly HistogramSample[] = [];
  #nextChunk = 0;
  #nextDeleted = 0;

  constructor(
    private readonly block: SeriesBlock,
    private readonly entry: SeriesEntry,
    /** Where floats are decoded to; used again for each series of the block. */
    readonly floats: FloatSamples,
    private readonly onUnread: (span: UnreadSpan) => void,
  ) {}

  get fromMs(): number {
    return this.entry.chunks[0]?.minTimeMs ?? Infinity;
  }

  get toMs(): number {
    return this.entry.chunks.at(-1)?.maxTimeMs ?? -Infinity;
  }

  /** The histogram it stands on; `undefined` on a float. */
  get histogram(): HistogramSample | undefined {
    return this.#kind === 'histograms' ? this.#histograms[this.index] : undefined;
  }

  /** All histograms of the chunk; `undefined` for a chunk of floats. */
  get histograms(): readonly HistogramSample[] | undefined {
    return this.#kind === 'histograms' ? this.#histograms : undefined;
  }

  /** Goes on within the chunk; false at its end. */
  step(): boolean {
    if (this.index + 1 >= this.count) return false;
    this.index++;
    this.timeMs = this.#kind === 'floats' ? this.floats.times[this.index]! : this.#histograms[this.index]!.timeMs;
    return true;
  }

  /** Goes on, over the end of the chunk too; false at the end of the series. */
  async advance(): Promise<boolean> {
    return this.step() || ((await this.nextChunk()) && this.step());
  }

  /** Reads the next chunk that has samples, and stands before the first; false when there is none. */
  async nextChunk(): Promise<boolean> {
    while (!this.nextHeldChunk()) {
      const chunk = this.entry.chunks[this.#nextChunk];
      if (!chunk) return false;
      try {
        await this.block.segments.load(chunk.segment, chunk.offset);
      } catch (error) {
        this.#leaveOut(chunk, error);
      }
    }
    return true;
  }

  /**
   * As `nextChunk`, as far as chunks are in memory; false when the next one is not. Mostly it is, and to wait for it all
   * the same would take longer than to decode it.
   */
  nextHeldChunk(): boolean {
    this.index = -1;
    this.count = 0;
    while (this.count === 0) {
      const chunk = this.entry.chunks[this.#nextChunk];
      if (!chunk) return false;
      try {
        const bytes = this.block.segments.held(chunk.segment, chunk.offset);
        if (!bytes) return false;
        this.#decode(bytes, chunk);
        this.#nextChunk++;
      } catch (error) {
        this.#leaveOut(chunk, error);
      }
    }
    return true;
  }

  #leaveOut({ minTimeMs, maxTimeMs }: ChunkEntry, error: unknown): void {
    this.#nextChunk++;
    this.block.leaveOut(problemOf(error));
    this.onUnread({ fromMs: minTimeMs, toMs: maxTimeMs, because: 'damaged' });
  }

  #decode(bytes: ChunkBytes, chunk: ChunkEntry): void {
    const samples = decodeChunk(bytes, chunk, this.floats, this.block.report);
    this.#kind = samples.kind;
    this.#histograms = samples.kind === 'histograms' ? samples.histograms : [];
    this.count = samples.kind === 'floats' ? samples.floats.count : samples.histograms.length;
    this.block.counts.samples += this.count;
    this.#takeOutDeleted(chunk);
  }

  // Deletions and chunks are both in the order of time, so each is looked at once.
  #takeOutDeleted({ minTimeMs, maxTimeMs }: ChunkEntry): void {
    const deleted = this.block.deletedOf(this.entry.ref);
    while ((deleted[this.#nextDeleted]?.maxTimeMs ?? Infinity) < minTimeMs) this.#nextDeleted++;
    const inChunk: DeletedInterval[] = [];
    for (let i = this.#nextDeleted; i < deleted.length && deleted[i]!.minTimeMs <= maxTimeMs; i++)
      inChunk.push(deleted[i]!);
    if (inChunk.length === 0) return;
    const before = this.count;
    this.#keep(outsideOf(inChunk));
    this.block.counts.deletedSamples += before - this.count;
    for (const each of inChunk) {
      const fromMs = Math.max(each.minTimeMs, minTimeMs);
      this.onUnread({ fromMs, toMs: Math.min(each.maxTimeMs, maxTimeMs), because: 'deleted' });
    }
  }

  #keep(isKept: (timeMs: number) => boolean): void {
    if (this.#kind === 'floats') this.count = keepFloats(this.floats, isKept);
    else {
      this.#histograms = this.#histograms.filter(({ timeMs }) => isKept(timeMs));
      this.count = this.#histograms.length;
    }
  }
}

// To be asked for rising times.
function outsideOf(deleted: readonly DeletedInterval[]): (timeMs: number) => boolean {
  let next = 0;
  return (timeMs) => {
    while (next < deleted.length && deleted[next]!.maxTimeMs < timeMs) next++;
    return next === deleted.length || timeMs < deleted[next]!.minTimeMs;
  };
}

function keepFloats(floats: FloatSamples, isKept: (timeMs: number) => boolean): number {
  let kept = 0;
  for (let i = 0; i < floats.count; i++) if (isKept(floats.times[i]!)) floats.copy(kept++, floats, i);
  floats.count = kept;
  return kept;
}
