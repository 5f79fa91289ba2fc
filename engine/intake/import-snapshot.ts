/** Reads a Prometheus snapshot into the tables as one source, whose records are its series. */
import { describeProblem, fail, type Problem } from '../../shared/problem.ts';
import type { JobContext } from '../core/effects.ts';
import type { BlockFiles } from '../formats/prometheus-tsdb/block-files.ts';
import { readSnapshot, usualLimits, type SnapshotReport } from '../formats/prometheus-tsdb/read-snapshot.ts';
import { anySelector } from '../formats/prometheus-tsdb/selector.ts';
import type { Transaction } from '../store/case-database.ts';
import { rejectsTable, type SourceAccount } from './database-sink.ts';
import { DiskFiles, type PlacedPart } from './folder-source.ts';
import type { SourceContent, SourceSpec } from './import-source.ts';
import { MetricSink } from './metric-sink.ts';

/** A distance of more than this times the usual one ends a run of presence. */
const GAP_FACTOR = 4;
const MOST_PROBLEMS = 100_000;
/** What is kept in the rejects of the bytes at which something is wrong. */
const BYTES_OF_DAMAGE = 256;

/** The files of a source that is a folder. */
export interface FolderContent {
  readonly parts: readonly PlacedPart[];
  /** Hears how many bytes were read. */
  readonly onBytes: (count: number) => void;
  /** The hash of the folder and its size; asked once. */
  readonly identity: () => Promise<Pick<SourceContent, 'contentSha256' | 'contentBytes'>>;
}

/** Reads a source that is a folder into the tables. Fails as `readSnapshotSource` does. */
export async function readFolderSource(
  transaction: Transaction,
  { spec, content }: { readonly spec: SourceSpec; readonly content: FolderContent },
  job: ImportJob,
): Promise<SourceContent> {
  const files = new DiskFiles(content.parts, content.onBytes);
  try {
    const account = await readSnapshotSource(transaction, { spec, files, series: spec.series ?? [ALL_SERIES] }, job);
    return { ...account, ...(await content.identity()) };
  } finally {
    await files.close();
  }
}

/** Picks every series: each has a name. */
export const ALL_SERIES = '{__name__=~".+"}';

type ImportJob = JobContext & { readonly onRecords?: (records: number) => void };

interface SnapshotSource {
  readonly spec: SourceSpec;
  readonly files: BlockFiles;
  /** Selectors of the series whose samples are kept. */
  readonly series: readonly string[];
}

/**
 * Fills the tables. Every series is a record; so is everything that could not be read, which goes to the rejects.
 * Fails with the first problem when nothing can be read at all, and with `cancelled`.
 */
async function readSnapshotSource(
  transaction: Transaction,
  { spec, files, series }: SnapshotSource,
  job: ImportJob,
): Promise<SourceAccount> {
  const { sourceId, system } = spec;
  const onSeries = (count: number): void => job.onRecords?.(count);
  const sink = new MetricSink(transaction, { sourceId, system: system ?? undefined, signal: job.signal, onSeries });
  const options = {
    picks: anySelector(series),
    gapFactor: GAP_FACTOR,
    limits: { ...usualLimits, mostProblems: MOST_PROBLEMS },
  };
  const report = await readSnapshot(files, sink, options);
  await sink.finish();
  refuseWhatSaysNothing(report, spec);
  const losses = report.problems.filter((problem) => report.losses.has(problem));
  for (const [place, problem] of losses.entries()) {
    const raw = await bytesAt(files, problem);
    transaction.add(rejectsTable, [sourceId, report.series + place + 1, describeProblem(problem), raw]);
  }
  await transaction.flush();
  return {
    records: report.series,
    rejected: losses.length,
    rows: Object.fromEntries([...sink.rows].sort(([a], [b]) => (a < b ? -1 : 1))),
    firstTime: sink.firstTime,
    lastTime: sink.lastTime,
    assumptions: [...spec.assumptions, ...statements(report, sink, series)].sort(),
  };
}

function refuseWhatSaysNothing({ blocks, problems, problemCount, notRead }: SnapshotReport, spec: SourceSpec): void {
  const [first] = problems;
  if (problemCount > MOST_PROBLEMS)
    fail({
      code: 'damaged_file',
      message: `There are ${problemCount} places that cannot be read; the first: ${describeProblem(first!)}`,
      where: { file: spec.originalPath },
      remedy: 'Copy the snapshot again from its server.',
    });
  if (blocks.length > 0) return;
  if (first) fail({ ...first, where: { ...first.where, file: `${spec.originalPath}/${first.where?.file ?? ''}` } });
  const there = notRead.map(({ name }) => name).join(', ');
  fail({
    code: 'damaged_file',
    message: `There is no block in it${there === '' ? '.' : `, only ${there}.`}`,
    where: { file: spec.originalPath },
    remedy: 'Take a snapshot with the admin API, which writes the last hours into a block as well.',
  });
}

/** What a reader of the results has to know of how the snapshot was read. */
function statements(report: SnapshotReport, sink: MetricSink, series: readonly string[]): readonly string[] {
  const { samples, staleMarkers, duplicates, blocks, notRead, problems, losses } = report;
  const kept = sink.rows.get('metric_samples') ?? 0;
  const histograms = sink.rows.get('metric_histograms') ?? 0;
  const deleted = blocks.reduce((sum, block) => sum + block.deletedSamples, 0);
  return [
    `Samples of ${sink.seriesKept} of ${report.series} series are kept, ${kept + histograms} of ${samples}; the others are read from the evidence on demand. Kept: ${series.join(' or ')}.`,
    ...(staleMarkers > 0 ? [`${staleMarkers} stale markers ended series; they are no samples.`] : []),
    ...(duplicates.count > 0
      ? [
          `${duplicates.count} samples are in more than one block and count once, as a server gives them; ${duplicates.conflicts} of them had another value in the other block.`,
        ]
      : []),
    ...(deleted > 0 ? [`${deleted} samples were deleted on the server before the snapshot was taken.`] : []),
    ...notRead.map(
      ({ name, files, sizeBytes, because }) =>
        `Not read: ${name} (${files} ${files === 1 ? 'file' : 'files'}, ${sizeBytes} bytes). ${because}`,
    ),
    ...problems
      .filter((problem) => !losses.has(problem))
      .slice(0, 100)
      .map(describeProblem),
  ];
}

async function bytesAt(files: BlockFiles, { where }: Problem): Promise<Uint8Array> {
  const file = files.list().find(({ name }) => name === where?.file);
  const from = where?.byte;
  if (!file || from === undefined || from < 0 || from >= file.sizeBytes) return new Uint8Array(0);
  return files.read(file.name, from, Math.min(from + BYTES_OF_DAMAGE, file.sizeBytes)).catch(() => new Uint8Array(0));
}
