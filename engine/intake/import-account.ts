/** What is said of a source that was imported: in the ledger, and to the person who asked; and why one was not. */
import { fail, ProblemError } from '../../shared/problem.ts';
import type { FileReport } from './import-report.ts';
import type { SealedFile, SourceContent, SourceSpec } from './import-source.ts';
import { ledgerData, ledgerInstant } from './ledger-kinds.ts';

export function importedEntry(spec: SourceSpec, read: SourceContent, sealed: SealedFile, recognised: string) {
  return {
    kind: 'source-imported',
    data: ledgerData({
      source_id: spec.sourceId,
      sha256: sealed.sha256,
      bytes: sealed.bytes,
      name: spec.name,
      original_path: spec.originalPath,
      member: spec.member,
      content_sha256: read.contentSha256,
      content_bytes: read.contentBytes,
      format: spec.format.id,
      importer_version: spec.format.version,
      time_zone: spec.zone,
      system: spec.system,
      provided_by: spec.providedBy,
      obtained_how: spec.obtainedHow,
      recognised,
      records: read.records,
      rejected: read.rejected,
      rows: read.rows,
      first_time: ledgerInstant(read.firstTime),
      last_time: ledgerInstant(read.lastTime),
      assumptions: read.assumptions,
      files: sealed.files,
      series: spec.series,
      taken_at: ledgerInstant(spec.takenAt),
      mapping: spec.mapping,
    }),
  };
}

export function importedReport(
  spec: SourceSpec,
  read: SourceContent,
  sealed: SealedFile,
  recognised: string,
  dryRun: boolean,
): Exclude<FileReport, { outcome: 'refused' }> {
  return {
    outcome: dryRun ? 'would be imported' : 'imported',
    path: spec.member === null ? spec.originalPath : `${spec.originalPath}!${spec.member}`,
    sourceId: spec.sourceId,
    format: spec.format.id,
    recognised,
    sha256: sealed.sha256,
    bytes: sealed.bytes,
    records: read.records,
    rejected: read.rejected,
    rows: read.rows,
    firstTime: ledgerInstant(read.firstTime),
    lastTime: ledgerInstant(read.lastTime),
    assumptions: read.assumptions,
  };
}

/** Thrown for a file that the case has as a source. */
export class AlreadyThere extends ProblemError {
  constructor(
    file: string,
    readonly sourceId: number,
  ) {
    super({
      code: 'already_exists',
      message: `The same file is in the case already, as S${sourceId}.`,
      where: { file },
      remedy: 'Nothing is to be done: each of its records counts once.',
    });
  }
}

export function failNested(file: string): never {
  return fail({
    code: 'unsafe_archive',
    message: 'This is an archive or compressed data inside another one; only one level is opened.',
    where: { file },
    remedy: 'Unpack the outer one and import what is in it.',
  });
}

export function failEmptyArchive(file: string): never {
  return fail({
    code: 'damaged_file',
    message: 'The archive holds no file.',
    where: { file },
    remedy: 'Ask for it to be made again.',
  });
}
