/** Reads one source into the tables, inside one transaction: all of it becomes visible, or nothing. */
import { ProblemError } from '../../shared/problem.ts';
import type { Interval, UtcMicros } from '../../shared/time.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import type { JobContext } from '../core/effects.ts';
import type { Sha256 } from '../core/hash.ts';
import { startSha256 } from '../core/hash.ts';
import type { AnyFormat, Format } from '../formats/format.ts';
import type { Transaction } from '../store/case-database.ts';
import { DatabaseSink, type SourceAccount } from './database-sink.ts';
import type { FolderPart } from './folder-source.ts';

/** What is known of a source before it is read; together with its bytes it decides every row. */
export interface SourceSpec<F extends AnyFormat = AnyFormat> {
  readonly sourceId: number;
  readonly name: string;
  readonly originalPath: string;
  /** Path inside the archive, where the evidence file is one. */
  readonly member: string | null;
  readonly format: F;
  readonly zone: string;
  readonly system: string | null;
  readonly window: Interval;
  readonly providedBy: string | null;
  readonly obtainedHow: string | null;
  /** IANA zone of the engagement's days. */
  readonly dayZone: string;
  /** Selectors of the series whose samples are kept; null: of all. Only for metrics. */
  readonly series: readonly string[] | null;
  /** YAML that says which columns are what; null for formats that need none. */
  readonly mapping: string | null;
  /** When the file was made, as a person says. */
  readonly takenAt: UtcMicros | null;
  /** What was taken for granted before the first byte was read. */
  readonly assumptions: readonly string[];
}

export interface SourceContent extends SourceAccount {
  readonly contentSha256: Sha256;
  readonly contentBytes: number;
}

// Rows are written in groups of about this many, and at the latest after this many pieces of a mebibyte.
const ROWS_A_WRITE = 50_000;
const PIECES_A_WRITE = 16;
// So much is read before DuckDB's threads get the next rows that are ready.
const STRETCH_BYTES = 128 * 1024;

/** What a source is read with, beside what every job has. */
export interface ReadJob extends JobContext {
  readonly onRecords?: (records: number) => void;
  /** The hash of the content, to be asked for when it was read to its end, where somebody else takes it meanwhile. */
  readonly contentHash?: (() => Sha256) | undefined;
}

/**
 * Reads `content` with the source's format into the tables.
 * Fails with the reader's problem when the whole file must be refused, and with `cancelled`.
 */
export async function readSource(
  transaction: Transaction,
  spec: SourceSpec<Format>,
  content: AsyncIterable<Uint8Array>,
  job: ReadJob,
): Promise<SourceContent> {
  const sink = new DatabaseSink(transaction, spec.sourceId, spec.format.framing);
  const { originalPath, member, window, zone, system, takenAt, mapping } = spec;
  const name = member === null ? originalPath : `${originalPath}!${member}`;
  for (const assumption of spec.assumptions) sink.assume(assumption);
  const reader = spec.format.open(sink, {
    name,
    window,
    zone,
    system: system ?? undefined,
    takenAt: takenAt ?? undefined,
    mapping: mapping ?? undefined,
  });
  const hash = job.contentHash ? undefined : startSha256();
  let contentBytes = 0;
  let pieces = 0;
  for await (const piece of content) {
    stopIfCancelled(
      job.signal,
      'The import was cancelled; nothing of the file under way was kept, and sources that were finished before stay.',
    );
    hash?.update(piece);
    contentBytes += piece.length;
    for (let from = 0; from < piece.length; from += STRETCH_BYTES) {
      inFile(name, () => reader.push(piece.subarray(from, from + STRETCH_BYTES)));
      await sink.pause();
    }
    await transaction.flush(++pieces % PIECES_A_WRITE === 0 && sink.mustFlush ? 1 : ROWS_A_WRITE);
    job.onRecords?.(sink.seen);
  }
  inFile(name, () => {
    const problem = reader.finish();
    if (problem) throw new ProblemError(problem);
  });
  await sink.finish();
  await transaction.flush();
  job.onRecords?.(sink.seen);
  if (sink.hasRows('events') && spec.system === null && (await hasEventsOfNobody(transaction, spec.sourceId)))
    sink.assume(OF_NOBODY);
  return { ...sink.account(), contentSha256: job.contentHash?.() ?? hash!.digest(), contentBytes };
}

/** A problem of the reader, with the file it is about. */
function inFile(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError({ ...error.problem, where: { file, ...error.problem.where } });
  }
}

const OF_NOBODY =
  'Some records name no system, and neither does the path: import the inventory first, or name the system with --system.';

async function hasEventsOfNobody(transaction: Transaction, sourceId: number): Promise<boolean> {
  const rows = await transaction.query(
    'SELECT 1 FROM evidence.events WHERE source_id = $source::INTEGER AND system IS NULL LIMIT 1',
    { source: sourceId },
  );
  return rows.length > 0;
}

export interface SealedFile {
  /** Of a folder: of the list of its files, see `folderHash`. */
  readonly sha256: Sha256;
  readonly bytes: number;
  /** The files of a folder; null for a file. */
  readonly files: readonly FolderPart[] | null;
}

/** Adds the source to the register of sources. */
export async function registerSource(
  transaction: Transaction,
  spec: SourceSpec,
  content: SourceContent,
  sealed: Pick<SealedFile, 'sha256' | 'bytes'> & { readonly importedAt: UtcMicros },
): Promise<void> {
  await transaction.query(
    `INSERT INTO sources BY NAME SELECT $source_id::INTEGER AS source_id, $sha256 AS sha256, $bytes::BIGINT AS bytes, $name AS name,
       $original_path AS original_path, $member::VARCHAR AS member, $content_sha256 AS content_sha256,
       $content_bytes::BIGINT AS content_bytes, $format AS format, $importer_version::INTEGER AS importer_version,
       $time_zone AS time_zone, $system::VARCHAR AS system, $provided_by::VARCHAR AS provided_by,
       $obtained_how::VARCHAR AS obtained_how, $imported_at::TIMESTAMP AS imported_at, $records::BIGINT AS records,
       $rejected::BIGINT AS rejected, $first_time::TIMESTAMP AS first_time, $last_time::TIMESTAMP AS last_time,
       $assumptions::VARCHAR[] AS assumptions`,
    {
      source_id: spec.sourceId,
      sha256: sealed.sha256,
      bytes: sealed.bytes,
      name: spec.name,
      original_path: spec.originalPath,
      member: spec.member,
      content_sha256: content.contentSha256,
      content_bytes: content.contentBytes,
      format: spec.format.id,
      importer_version: spec.format.version,
      time_zone: spec.zone,
      system: spec.system,
      provided_by: spec.providedBy,
      obtained_how: spec.obtainedHow,
      imported_at: { micros: sealed.importedAt },
      records: content.records,
      rejected: content.rejected,
      first_time: content.firstTime === null ? null : { micros: content.firstTime },
      last_time: content.lastTime === null ? null : { micros: content.lastTime },
      assumptions: content.assumptions,
    },
  );
}
