/** Reads the blocks of a Prometheus snapshot as one. docs/formats/prometheus-tsdb/README.md */
import { Block, type BlockCounts, type BlockLimits } from './block.ts';
import type { BlockFiles } from './block-files.ts';
import { damaged, ProblemList, problemOf, type ReportProblem } from './damage.ts';
import { findBlocks, type NotRead } from './find-blocks.ts';
import { FloatSamples } from './float-samples.ts';
import { GoHeap } from './go-heap.ts';
import { compareLabels, labelValue, type Label } from './labels.ts';
import { mergeSamples, type Duplicates } from './merge-samples.ts';
import { readMeta, type BlockMeta } from './meta.ts';
import type { SeriesEntry } from './series-entries.ts';
import { SeriesSamples } from './series-samples.ts';
import { SeriesTaker } from './series-taker.ts';
import type { SnapshotSink } from './snapshot-sink.ts';
import type { Problem } from '../../../shared/problem.ts';

export interface SnapshotOptions {
  /** Which series give their samples; presence and hours are made of all. */
  readonly picks: (labels: readonly Label[]) => boolean;
  /** A distance of more than this times the usual one ends a run; more than 1. */
  readonly gapFactor: number;
  readonly limits: SnapshotLimits;
}

export interface SnapshotLimits extends BlockLimits {
  /** Problems that are kept in full; all are counted. */
  readonly mostProblems: number;
}

/** Memory while reading is about one slice and one symbol table for each block. */
export const usualLimits: SnapshotLimits = {
  sliceBytes: 1024 * 1024,
  mostSymbolBytes: 256 * 1024 * 1024,
  mostProblems: 1000,
};

export interface BlockReport extends Readonly<BlockCounts> {
  /** Path inside the snapshot, ending in `/`. */
  readonly path: string;
  readonly meta: BlockMeta;
  readonly tombstones: number;
  /** False when anything of the block could not be read. */
  readonly whole: boolean;
}

export interface SnapshotReport {
  readonly blocks: readonly BlockReport[];
  readonly series: number;
  /** Samples with a value, each time of a series once. */
  readonly samples: number;
  readonly staleMarkers: number;
  readonly duplicates: Readonly<Duplicates>;
  readonly notRead: readonly NotRead[];
  readonly problems: readonly Problem[];
  /** How many problems there were; more than are kept when the snapshot is badly damaged. */
  readonly problemCount: number;
  /** Of `problems`, those for which something was left out. */
  readonly losses: ReadonlySet<Problem>;
}

/**
 * Reads all blocks of a snapshot, or a single block, and gives every series to `sink`.
 *
 * Damage is reported and left out at the smallest unit there is: a chunk, a series, a file, a block. It never throws
 * for what is in the files; it fails when `files` or `sink` do.
 */
export async function readSnapshot(
  files: BlockFiles,
  sink: SnapshotSink,
  options: SnapshotOptions,
): Promise<SnapshotReport> {
  const problems = new ProblemList(options.limits.mostProblems);
  const { blocks: folders, notRead } = findBlocks(files);
  const blocks: Block[] = [];
  for (const folder of folders) {
    try {
      const meta = folder.files.find(({ name }) => name === `${folder.path}meta.json`);
      if (!meta) damaged(`${folder.path}meta.json`, undefined, 'The block has no meta.json.');
      const read = await readMeta(files, meta.name, meta.sizeBytes);
      const report: ReportProblem = (problem, isLoss) => problems.add(problem, isLoss);
      blocks.push(await Block.open(files, folder, read, options.limits, report));
    } catch (error) {
      problems.add(problemOf(error), true);
    }
  }
  // A server asks its blocks in this order; it decides which of two values of one time is given.
  blocks.sort((a, b) => a.meta.minTimeMs - b.meta.minTimeMs);
  const totals = await readAll(blocks, sink, options);
  blocks.forEach((block) => block.finish());
  return {
    blocks: blocks.map(reportOf),
    ...totals,
    notRead,
    problems: problems.kept,
    problemCount: problems.total,
    losses: problems.losses,
  };
}

function reportOf({ folder, meta, counts, tombstones, incomplete }: Block): BlockReport {
  return { path: folder.path, meta, ...counts, tombstones: tombstones.count, whole: !incomplete };
}

/** A block, and the series it has come to. */
interface BlockAtSeries {
  readonly block: Block;
  /** Floats of one chunk at a time, used again for every series. */
  readonly floats: FloatSamples;
  entry: SeriesEntry;
}

type Totals = Pick<SnapshotReport, 'series' | 'samples' | 'staleMarkers' | 'duplicates'>;

async function readAll(blocks: readonly Block[], sink: SnapshotSink, options: SnapshotOptions): Promise<Totals> {
  const heap = new GoHeap<BlockAtSeries>((a, b) => compareLabels(a.entry.labels, b.entry.labels) < 0);
  for (const block of blocks) {
    const entry = await block.nextSeries();
    if (entry) heap.push({ block, floats: new FloatSamples(), entry });
  }
  const taker = new SeriesTaker(sink, options.gapFactor);
  const duplicates: Duplicates = { count: 0, conflicts: 0 };
  let series = 0;
  for (; heap.size > 0; series++) {
    const same = popSameSeries(heap);
    const { labels } = same[0]!.entry;
    const places = same.map(({ block, entry }) => ({ block: block.folder.path, ref: entry.ref }));
    taker.start({ id: series, name: labelValue(labels, '__name__'), labels, picked: options.picks(labels), places });
    const sources = same.map(
      ({ block, entry, floats }) => new SeriesSamples(block, entry, floats, (span) => taker.unread(span)),
    );
    await mergeSamples(sources, taker, duplicates);
    taker.finish();
    for (const each of same) {
      const next = await each.block.nextSeries();
      if (next) heap.push({ ...each, entry: next });
    }
  }
  return { series, samples: taker.samples, staleMarkers: taker.staleMarkers, duplicates };
}

function popSameSeries(heap: GoHeap<BlockAtSeries>): BlockAtSeries[] {
  const same = [heap.pop()!];
  while (heap.top && compareLabels(heap.top.entry.labels, same[0]!.entry.labels) === 0) same.push(heap.pop()!);
  return same;
}
