/** Reads one series of a snapshot again, for a stretch of time, without reading the rest. docs/…/on-demand.md */
import type { BlockFiles } from './block-files.ts';
import { damaged, problemOf } from './damage.ts';
import { FloatSamples } from './float-samples.ts';
import { IndexFile } from './index-sections.ts';
import { mergeSamples, type Duplicates, type SampleTaker } from './merge-samples.ts';
import { Segments } from './segments.ts';
import { readSeries, type SeriesEntry } from './series-entries.ts';
import { SeriesSamples, type SeriesBlock } from './series-samples.ts';
import type { SeriesPlace } from './snapshot-sink.ts';
import { readTombstones } from './tombstones.ts';
import type { Problem } from '../../../shared/problem.ts';

/** Milliseconds since 1970, `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A series as one block has it. */
export interface SeriesInBlock {
  readonly place: SeriesPlace;
  readonly entry: SeriesEntry;
  /** Name of the index, and offset of the series in it. */
  readonly index: string;
  readonly byte: number;
}

const SLICE_BYTES = 64 * 1024;

/** Finds a series in the index of one of its blocks. Labels are left empty. Fails with a `ProblemError`. */
export async function findSeries(files: BlockFiles, place: SeriesPlace): Promise<SeriesInBlock> {
  const name = `${place.block}index`;
  const file = files.list().find((each) => each.name === name);
  if (!file) damaged(name, undefined, 'The block has no index.');
  const index = await IndexFile.open(files, name, file.sizeBytes);
  const entry = await readSeries(index, index.window(), undefined, place.ref);
  return { place, entry, index: name, byte: index.version === 1 ? place.ref : place.ref * 16 };
}

/**
 * Gives the samples of a series in a stretch of time, as a server asked for that stretch would. Checksums are checked on
 * the way; what is damaged is left out, and `taker` is told. `places` are in the order in which a server asks its blocks.
 */
export async function readSeriesRange(
  files: BlockFiles,
  places: readonly SeriesPlace[],
  range: TimeRange,
  taker: SampleTaker & { problem(problem: Problem): void },
): Promise<void> {
  const duplicates: Duplicates = { count: 0, conflicts: 0 };
  const sources: SeriesSamples[] = [];
  for (const place of places) {
    try {
      const { entry } = await findSeries(files, place);
      const chunks = entry.chunks.filter((each) => each.maxTimeMs >= range.fromMs && each.minTimeMs < range.toMs);
      if (chunks.length === 0) continue;
      const block = await openBlock(files, place, (problem) => taker.problem(problem));
      sources.push(new SeriesSamples(block, { ...entry, chunks }, new FloatSamples(), () => undefined));
    } catch (error) {
      taker.problem(problemOf(error));
    }
  }
  await mergeSamples(sources, new WithinRange(range, taker), duplicates);
}

async function openBlock(
  files: BlockFiles,
  { block }: SeriesPlace,
  report: (problem: Problem) => void,
): Promise<SeriesBlock> {
  const list = files.list();
  const folder = `${block}chunks/`;
  const inFolder = list.filter(({ name }) => name.startsWith(folder));
  const opened = await Segments.open(files, folder, inFolder, SLICE_BYTES);
  const stones = list.find(({ name }) => name === `${block}tombstones`);
  const tombstones = stones && (await readTombstones(files, stones.name, stones.sizeBytes));
  return {
    segments: opened.segments,
    counts: { samples: 0, deletedSamples: 0 },
    report,
    leaveOut: report,
    deletedOf: (ref) => tombstones?.bySeries.get(ref) ?? [],
  };
}

/** Passes on what lies within a stretch of time: chunks begin before it and end after it. */
class WithinRange implements SampleTaker {
  readonly #kept = new FloatSamples();

  constructor(
    private readonly range: TimeRange,
    private readonly taker: SampleTaker,
  ) {}

  floats(samples: FloatSamples): void {
    this.#kept.reserve(samples.count);
    for (let i = 0; i < samples.count; i++)
      if (this.#isWithin(samples.times[i]!)) this.#kept.copy(this.#kept.count++, samples, i);
    if (this.#kept.count > 0) this.taker.floats(this.#kept);
  }

  histogram(sample: Parameters<SampleTaker['histogram']>[0]): void {
    if (this.#isWithin(sample.timeMs)) this.taker.histogram(sample);
  }

  pause(): Promise<void> | undefined {
    return this.taker.pause();
  }

  #isWithin(timeMs: number): boolean {
    return timeMs >= this.range.fromMs && timeMs < this.range.toMs;
  }
}
