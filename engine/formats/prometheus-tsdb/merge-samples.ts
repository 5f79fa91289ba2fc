/**
 * The samples of one series from several blocks, as a server gives them: in the order of time, one for each time.
 * docs/formats/prometheus-tsdb/merging.md
 */
import { FloatSamples } from './float-samples.ts';
import { GoHeap } from './go-heap.ts';
import type { HistogramSample } from './histograms.ts';
import type { SeriesSamples } from './series-samples.ts';

/** Takes samples in the order of time. Floats are only there during the call. */
export interface SampleTaker {
  floats(samples: FloatSamples): void;
  histogram(sample: HistogramSample): void;
  /** Asked after each piece; reading waits for what is given. */
  pause(): Promise<void> | undefined;
}

/** Samples that more than one block has. */
export interface Duplicates {
  /** Left out, because another block had a sample of that time. */
  count: number;
  /** Of these, those with another value than the sample that was given. */
  conflicts: number;
}

const PIECE = 1024;

/** Gives all samples of a series to `taker`. `sources` are in the order in which a server would ask the blocks. */
export async function mergeSamples(
  sources: readonly SeriesSamples[],
  taker: SampleTaker,
  duplicates: Duplicates,
): Promise<void> {
  const inOrder = [...sources].sort((a, b) => a.fromMs - b.fromMs);
  const overlap = inOrder.some((each, i) => i > 0 && each.fromMs <= inOrder[i - 1]!.toMs);
  if (overlap) return new Chain(sources, taker, duplicates).run();
  for (const source of inOrder) await giveAll(source, taker);
}

// Nothing overlaps: whole chunks go through as they are.
async function giveAll(source: SeriesSamples, taker: SampleTaker): Promise<void> {
  while (source.nextHeldChunk() || (await source.nextChunk())) {
    if (source.histograms) source.histograms.forEach((each) => taker.histogram(each));
    else taker.floats(source.floats);
    const wait = taker.pause();
    if (wait) await wait;
  }
}

/** Follows the chained iterator of the server step by step, so that of two values of one time the same one is given. */
class Chain {
  readonly #heap = new GoHeap<SeriesSamples>((a, b) => a.timeMs < b.timeMs);
  readonly #piece = new FloatSamples();
  #current: SeriesSamples | undefined;
  #before: SeriesSamples | undefined;
  #lastMs = -Infinity;
  #lastHistogram: HistogramSample | undefined;
  #lastFirstHalf = -1;
  #lastSecondHalf = -1;

  constructor(
    private readonly sources: readonly SeriesSamples[],
    private readonly taker: SampleTaker,
    private readonly duplicates: Duplicates,
  ) {
    this.#piece.reserve(PIECE);
  }

  async run(): Promise<void> {
    this.#current = this.sources[0];
    for (const source of this.sources.slice(1)) if (await source.advance()) this.#heap.push(source);
    let next = await this.#next();
    while (next) {
      this.#give(next);
      if (this.#piece.count === PIECE) await this.#flush();
      next = await this.#next();
    }
    await this.#flush();
  }

  // The source that stands on the next sample to give.
  async #next(): Promise<SeriesSamples | undefined> {
    for (;;) {
      const current = this.#current;
      if (current && (current.step() || (await current.advance()))) {
        if (current.timeMs === this.#lastMs) {
          this.#countDuplicate(current);
          continue;
        }
        const top = this.#heap.top;
        if (!top || current.timeMs < top.timeMs) return current;
        this.#heap.push(current);
      }
      const least = this.#heap.pop();
      this.#current = least;
      if (!least || least.timeMs !== this.#lastMs) return least;
      this.#countDuplicate(least);
    }
  }

  #give(source: SeriesSamples): void {
    this.#lastMs = source.timeMs;
    const histogram = source.histogram;
    this.#lastHistogram = histogram;
    if (histogram) {
      this.#flushPiece();
      // With samples of another block in between, nothing is known about resets.
      const unsure = this.#before !== source && histogram.counterReset !== 'gauge';
      this.taker.histogram(unsure ? { ...histogram, counterReset: 'unknown' } : histogram);
    } else this.#piece.copy(this.#piece.count++, source.floats, source.index);
    this.#lastFirstHalf = histogram ? -1 : source.floats.bits[2 * source.index]!;
    this.#lastSecondHalf = histogram ? -1 : source.floats.bits[2 * source.index + 1]!;
    this.#before = source;
  }

  #countDuplicate(source: SeriesSamples): void {
    this.duplicates.count++;
    const { histogram, floats, index } = source;
    const last = this.#lastHistogram;
    const isSame = histogram
      ? last !== undefined && Object.is(last.sum, histogram.sum) && last.count === histogram.count
      : floats.bits[2 * index] === this.#lastFirstHalf && floats.bits[2 * index + 1] === this.#lastSecondHalf;
    if (!isSame) this.duplicates.conflicts++;
  }

  async #flush(): Promise<void> {
    this.#flushPiece();
    const wait = this.taker.pause();
    if (wait) await wait;
  }

  #flushPiece(): void {
    if (this.#piece.count > 0) this.taker.floats(this.#piece);
    this.#piece.count = 0;
  }
}
