/** One block: its files opened and checked, and its series one after the other. */
import type { BlockFile, BlockFiles, FileWindow } from './block-files.ts';
import { damaged, problemOf, type ReportProblem } from './damage.ts';
import { IndexFile } from './index-sections.ts';
import { checkLabelIndex } from './label-index.ts';
import { compareLabels, type Label } from './labels.ts';
import type { BlockMeta } from './meta.ts';
import { Postings, walkOffsetTable } from './postings.ts';
import { Segments } from './segments.ts';
import { readSeries, type SeriesEntry } from './series-entries.ts';
import { readSymbols, type Symbols } from './symbols.ts';
import { readTombstones, type DeletedInterval, type Tombstones } from './tombstones.ts';
import type { Problem } from '../../../shared/problem.ts';

export interface BlockLimits {
  /** How much of a segment file is read at once. */
  readonly sliceBytes: number;
  /** Largest symbol table; it is kept in memory while the block is read. */
  readonly mostSymbolBytes: number;
}

/** A folder of a snapshot that has a meta.json, and what is in it. */
export interface BlockFolder {
  /** Path inside the snapshot, ending in `/`, or empty when the snapshot is the block itself. */
  readonly path: string;
  readonly files: readonly BlockFile[];
}

/** Counted while reading, to be compared with what the writer counted. */
export interface BlockCounts {
  series: number;
  chunks: number;
  /** Samples in chunks, deleted ones included. */
  samples: number;
  deletedSamples: number;
}

export class Block {
  readonly counts: BlockCounts = { series: 0, chunks: 0, samples: 0, deletedSamples: 0 };
  /** Something was left out, so that counts say nothing. */
  incomplete = false;
  #refs: Uint32Array = new Uint32Array(0);
  #next = 0;
  #before: readonly Label[] | undefined;
  #tombstonesUsed = 0;

  private constructor(
    readonly folder: BlockFolder,
    readonly meta: BlockMeta,
    readonly segments: Segments,
    private readonly index: IndexFile,
    private readonly window: FileWindow,
    private readonly symbols: Symbols,
    private readonly postings: Postings,
    readonly tombstones: Tombstones,
    /** Says that something is wrong without leaving it out. */
    readonly report: ReportProblem,
  ) {}

  /**
   * Opens a block. Fails with a `ProblemError` when nothing of it can be read; what can be left out is reported, and
   * the block is then `incomplete`.
   */
  static async open(
    files: BlockFiles,
    folder: BlockFolder,
    meta: BlockMeta,
    limits: BlockLimits,
    report: ReportProblem,
  ): Promise<Block> {
    const indexFile = folder.files.find(({ name }) => name === `${folder.path}index`);
    if (!indexFile) damaged(`${folder.path}index`, undefined, 'The block has no index.');
    const index = await IndexFile.open(files, indexFile.name, indexFile.sizeBytes);
    const symbols = await readSymbols(index, limits.mostSymbolBytes);
    const chunks = `${folder.path}chunks/`;
    const inChunks = folder.files.filter(({ name }) => name.startsWith(chunks));
    const { segments, problems } = await Segments.open(files, chunks, inChunks, limits.sliceBytes);
    for (const problem of problems) report(problem, true);
    const postings = await openAllPostings(index, report);
    const tombstones = await openTombstones(files, folder, meta);
    await checkLabelIndex(index).catch((error: unknown) => report(problemOf(error)));
    const window = index.window();
    const block = new Block(folder, meta, segments, index, window, symbols, postings, tombstones, report);
    block.incomplete = problems.length > 0;
    return block;
  }

  /** The next series, in the order of labels; `undefined` after the last. Series that are damaged are reported. */
  async nextSeries(): Promise<SeriesEntry | undefined> {
    for (;;) {
      const ref = await this.#nextRef();
      if (ref === undefined) return undefined;
      try {
        return this.#accept(await readSeries(this.index, this.window, this.symbols, ref));
      } catch (error) {
        this.leaveOut(problemOf(error));
      }
    }
  }

  async #nextRef(): Promise<number | undefined> {
    if (this.#next === this.#refs.length) {
      try {
        this.#refs = await this.postings.next();
      } catch (error) {
        this.leaveOut(problemOf(error));
        this.#refs = new Uint32Array(0);
      }
      this.#next = 0;
    }
    return this.#refs[this.#next++];
  }

  #accept(entry: SeriesEntry): SeriesEntry {
    const { ref, labels } = entry;
    const at = this.index.version === 1 ? ref : ref * 16;
    for (let i = 1; i < labels.length; i++)
      if (compareLabels([labels[i - 1]!], [labels[i]!]) >= 0 || labels[i - 1]![0] === labels[i]![0])
        damaged(this.index.name, at, `Series ${ref} has the label "${labels[i]![0]}" after "${labels[i - 1]![0]}".`);
    if (this.#before && compareLabels(this.#before, labels) >= 0)
      damaged(this.index.name, at, `Series ${ref} does not come after the series before it in the order of labels.`);
    this.#before = labels;
    this.counts.series++;
    this.counts.chunks += entry.chunks.length;
    this.#checkTimes(entry, at);
    return entry;
  }

  #checkTimes({ ref, chunks }: SeriesEntry, at: number): void {
    const { minTimeMs, maxTimeMs } = this.meta;
    const first = chunks[0]?.minTimeMs ?? minTimeMs;
    const last = chunks.at(-1)?.maxTimeMs ?? minTimeMs;
    if (first < minTimeMs || last > maxTimeMs)
      damaged(
        this.index.name,
        at,
        `Series ${ref} is from ${first} to ${last} ms, but meta.json says that the block is from ${minTimeMs} to ${maxTimeMs} ms.`,
      );
    const deleted = this.tombstones.bySeries.get(ref);
    if (deleted) this.#tombstonesUsed++;
    if (deleted?.some((each) => each.minTimeMs < first || each.maxTimeMs > last))
      this.report({
        code: 'damaged_file',
        message: `Series ${ref} is from ${first} to ${last} ms, but is deleted at times outside of it.`,
        where: { file: `${this.folder.path}tombstones` },
        remedy: 'Check that the tombstones belong to this block.',
      });
  }

  /** What was asked to be deleted of a series. */
  deletedOf(ref: number): readonly DeletedInterval[] {
    return this.tombstones.bySeries.get(ref) ?? [];
  }

  /** Something of this block is not given. */
  leaveOut(problem: Problem): void {
    this.incomplete = true;
    this.report(problem, true);
  }

  /** After the last series: compares what was read with what meta.json says, and reports what differs. */
  finish(): void {
    const { counts, meta, tombstones } = this;
    if (this.#tombstonesUsed !== tombstones.bySeries.size && !this.incomplete)
      this.#reportCount('tombstones', 'series with deletions', this.#tombstonesUsed, tombstones.bySeries.size);
    if (!meta.stats) return;
    if (tombstones.count !== meta.stats.tombstones)
      this.#reportCount('meta.json', 'tombstones', tombstones.count, meta.stats.tombstones);
    if (this.incomplete) return;
    for (const what of ['series', 'chunks', 'samples'] as const)
      if (counts[what] !== meta.stats[what]) this.#reportCount('meta.json', what, counts[what], meta.stats[what]);
  }

  #reportCount(file: string, what: string, found: number, said: number): void {
    this.report({
      code: 'damaged_file',
      message: `${found} ${what} were found, but ${said} are named here.`,
      where: { file: `${this.folder.path}${file}` },
      remedy: 'Check that all files are of the same block and that none is missing.',
    });
  }
}

// The list of all series stands under the label with an empty name and value. The other lists are only checked.
async function openAllPostings(index: IndexFile, report: ReportProblem): Promise<Postings> {
  const window = index.window();
  const table = await index.section(window, index.toc.postingsTable, 'Postings offset table');
  let all: number | undefined;
  await walkOffsetTable(index, table, 2, async ({ keys: [name, value], offset }) => {
    if (name === '' && value === '') all = offset;
    else await checkPostings(index, offset, `Postings of ${name}=${JSON.stringify(value)}`, report);
  });
  if (all === undefined)
    damaged(index.name, table.from, 'The postings offset table does not name the list of all series.');
  return Postings.open(index, all, 'Postings of all series');
}

async function checkPostings(index: IndexFile, offset: number, what: string, report: ReportProblem): Promise<void> {
  try {
    await Postings.open(index, offset, what);
  } catch (error) {
    report(problemOf(error));
  }
}

async function openTombstones(files: BlockFiles, folder: BlockFolder, meta: BlockMeta): Promise<Tombstones> {
  const name = `${folder.path}tombstones`;
  const file = folder.files.find((each) => each.name === name);
  if (file) return readTombstones(files, file.name, file.sizeBytes);
  // A block without the file has no deletions; servers write an empty one, but do not insist. Where deletions are
  // announced, nothing is given: it would be given as if it had never been deleted.
  const announced = meta.stats?.tombstones ?? 0;
  if (announced > 0) damaged(name, undefined, `The file is not there, but meta.json counts ${announced} deletions.`);
  return { count: 0, bySeries: new Map() };
}
