/** Imports files into a case: each source in one step, each file accounted for, nothing left behind when cancelled. */
import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ProblemError, type Problem } from '../../shared/problem.ts';
import { windowInterval } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import { auditWindow } from './engagement.ts';
import { asProblem, refusedEntry, sealEvidence, unsealEvidence, type EvidenceCase } from './evidence-case.ts';
import { safeFileName } from './case-folder.ts';
import { SystemNames } from './system-names.ts';
import { readSource, registerSource, type SealedFile, type SourceContent, type SourceSpec } from './import-source.ts';
import { ledgerData, ledgerInstant } from './ledger-kinds.ts';
import { containerOf, fileBytes, gunzipHead, gunzipped, HEAD_BYTES, openZip, type Member } from './open-content.ts';
import { decideFormat, planImport, type Decision, type PlannedFile } from './plan-import.ts';
import { startProgress, type ImportProgress } from './import-progress.ts';

export interface ImportOptions {
  readonly as?: string;
  /** IANA zone of times without an offset; the engagement's when left out. */
  readonly zone?: string;
  /** The system that wrote the files, where neither records nor paths say. */
  readonly system?: string;
  readonly providedBy?: string;
  readonly obtainedHow?: string;
  /** Reads and accounts for everything, and keeps nothing. */
  readonly dryRun?: boolean;
}

/** What became of one file, or of one member of an archive. */
export type FileReport =
  | {
      readonly outcome: 'imported' | 'would be imported';
      readonly path: string;
      readonly sourceId: number;
      readonly format: string;
      readonly recognised: string;
      readonly sha256: string;
      readonly bytes: number;
      readonly records: number;
      readonly rejected: number;
      readonly rows: Readonly<Record<string, number>>;
      readonly firstTime: string | null;
      readonly lastTime: string | null;
      readonly assumptions: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly path: string; readonly problem: Problem };

export interface ImportReport {
  readonly files: readonly FileReport[];
  readonly imported: number;
  readonly refused: number;
  readonly records: number;
  readonly rejected: number;
}

/**
 * Imports files and folders. A file that is refused does not stop the others; it is reported, and written into the
 * ledger when the import brought anything at all (an import that brings nothing leaves the case as it was).
 * Fails with `not_found`, `cancelled` and `disk_full`; sources that were finished before that stay.
 */
export async function importFiles(
  target: EvidenceCase,
  paths: readonly string[],
  options: ImportOptions,
  job: JobContext,
): Promise<ImportReport> {
  const plan = await planImport(paths, options.as);
  const progress = startProgress(plan.files, job);
  const files: FileReport[] = plan.refused.map(({ path, problem }) => ({ outcome: 'refused', path, problem }));
  const task = { target, options, job, progress, names: new SystemNames(target.database) };
  await mkdir(target.folder.incoming, { recursive: true });
  try {
    for (const file of plan.files) {
      files.push(...(await new FileImport(task, file).run()));
      progress.fileDone(file);
    }
  } finally {
    await rm(target.folder.incoming, { recursive: true, force: true });
  }
  const report = summarise(files);
  if (report.imported > 0 && options.dryRun !== true) await noteRefusals(target, files);
  return report;
}

function summarise(files: readonly FileReport[]): ImportReport {
  const taken = files.filter((file) => file.outcome !== 'refused');
  const sum = (pick: (file: (typeof taken)[number]) => number): number =>
    taken.reduce((total, file) => total + pick(file), 0);
  return {
    files,
    imported: taken.length,
    refused: files.length - taken.length,
    records: sum((file) => file.records),
    rejected: sum((file) => file.rejected),
  };
}

async function noteRefusals(target: EvidenceCase, files: readonly FileReport[]): Promise<void> {
  for (const file of files) {
    // A file that is in the case already is not missing from it.
    if (file.outcome !== 'refused' || file.problem.code === 'already_exists') continue;
    const { code, message } = file.problem;
    await target.step(async () => ({ entry: refusedEntry(file.path, code, message), result: undefined }));
  }
}

/** Thrown inside a dry run's transaction, so that it is rolled back. */
class DryRunDone extends Error {
  constructor(readonly report: FileReport) {
    super('dry run');
  }
}

interface Content {
  readonly member: string | null;
  readonly decision: Decision;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What all files of one import share. */
interface ImportTask {
  readonly target: EvidenceCase;
  readonly options: ImportOptions;
  readonly job: JobContext;
  readonly progress: ImportProgress;
  readonly names: SystemNames;
}

/** The import of one file of the disk. */
class FileImport {
  private readonly copy: string;
  private sealed: SealedFile | undefined;
  private kept = false;

  constructor(
    private readonly task: ImportTask,
    private readonly file: PlannedFile,
  ) {
    this.copy = join(task.target.folder.incoming, safeFileName(file.name));
  }

  async run(): Promise<readonly FileReport[]> {
    try {
      if (this.file.container === 'zip') return await this.importArchive();
      return [await this.importWhole()];
    } catch (error) {
      return [this.refusal(this.file.path, error)];
    } finally {
      await rm(this.copy, { force: true });
    }
  }

  private async importWhole(): Promise<FileReport> {
    const decision = this.file.decision!;
    if (this.file.container === 'gzip') {
      // Copied first: what follows the end of gzip data is not passed on by the decompressor, but must be hashed.
      const sealed = await this.copyAndHash();
      return this.importContent(
        { member: null, decision, bytes: gunzipped(fileBytes(this.copy), this.file.path) },
        async () => sealed,
      );
    }
    const reading = new HashedCopy(this.file.path, this.copy, this.task.progress);
    return this.importContent({ member: null, decision, bytes: reading.bytes() }, () => reading.finish());
  }

  private async importArchive(): Promise<readonly FileReport[]> {
    const sealed = await this.copyAndHash();
    const zip = await openZip(this.copy, this.file.path);
    try {
      if (zip.members.length === 0) failEmptyArchive(this.file.path);
      const reports: FileReport[] = [];
      for (const member of zip.members) reports.push(await this.importMember(member, sealed));
      return reports;
    } finally {
      zip.close();
    }
  }

  private async importMember(member: Member, sealed: SealedFile): Promise<FileReport> {
    const path = `${this.file.path}!${member.name}`;
    try {
      return await this.importContent(await this.memberContent(member, path), async () => sealed);
    } catch (error) {
      return this.refusal(path, error);
    }
  }

  private async memberContent(member: Member, path: string): Promise<Content> {
    const head = await memberHead(member);
    const container = containerOf(head);
    if (container === 'zip') failNested(path);
    const decision = decideFormat(container === 'gzip' ? gunzipHead(head) : head, this.task.options.as, path);
    const bytes = container === 'gzip' ? gunzipped(member.open(), path) : member.open();
    return { member: member.name, decision, bytes };
  }

  private async importContent(content: Content, seal: () => Promise<SealedFile>): Promise<FileReport> {
    const spec = await this.spec(content);
    try {
      return await this.task.target.step(
        async (transaction) => {
          const read = await readSource(transaction, spec, content.bytes, {
            ...this.task.job,
            onRecords: this.task.progress.records,
          });
          const sealed = await seal();
          this.checkNew(sealed, spec);
          const importedAt = this.task.target.context.effects.now();
          await registerSource(transaction, spec, read, { ...sealed, importedAt });
          await this.task.target.context.recipe.rollUpSource(transaction, spec.sourceId);
          const report = importedReport(spec, read, sealed, content.decision.reason, this.task.options.dryRun === true);
          if (this.task.options.dryRun === true) throw new DryRunDone(report);
          this.sealed = sealed;
          if (read.rows['systems'] !== undefined) this.task.names.forget();
          return { entry: importedEntry(spec, read, sealed, content.decision.reason), result: report };
        },
        () => this.keepEvidence(),
      );
    } catch (error) {
      if (error instanceof DryRunDone) return error.report;
      await this.takeBackEvidence();
      throw error;
    }
  }

  /** After a step that failed at its very end: an evidence file that no source rests on does not stay. */
  private async takeBackEvidence(): Promise<void> {
    const { target } = this.task;
    const sealed = this.sealed;
    if (!this.kept || !sealed || target.sources.some(({ sha256 }) => sha256 === sealed.sha256)) return;
    await unsealEvidence(target.folder, this.copy, sealed.sha256, this.file.name);
    this.kept = false;
  }

  private async keepEvidence(): Promise<void> {
    if (this.kept || !this.sealed) return;
    await sealEvidence(this.task.target.folder, this.copy, this.sealed.sha256, this.file.name);
    this.kept = true;
  }

  private async spec({ member, decision }: Content): Promise<SourceSpec> {
    const { engagement, sources } = this.task.target;
    const last = sources.at(-1)?.source_id ?? 0;
    const named = this.task.options.system ?? null;
    const system = named ?? (await this.task.names.inPath(`${this.file.path}/${member ?? ''}`));
    return {
      sourceId: last + 1,
      name: this.file.name,
      originalPath: this.file.path,
      member,
      format: decision.format,
      zone: this.task.options.zone ?? engagement.window.zone,
      system,
      assumptions:
        system === named ? [] : [`Records that name no system were taken for those of ${system}, by the path.`],
      window: windowInterval(auditWindow(engagement)),
      providedBy: this.task.options.providedBy ?? null,
      obtainedHow: this.task.options.obtainedHow ?? null,
    };
  }

  private checkNew(sealed: SealedFile, spec: SourceSpec): void {
    const same = this.task.target.sources.find(
      ({ sha256, member }) => sha256 === sealed.sha256 && member === spec.member,
    );
    if (same) failAlreadyThere(spec, same.source_id);
  }

  private async copyAndHash(): Promise<SealedFile> {
    const reading = new HashedCopy(this.file.path, this.copy, this.task.progress);
    const pieces = reading.bytes();
    while (!this.task.job.signal.aborted && (await pieces.next()).done !== true);
    await pieces.return(undefined);
    return reading.finish();
  }

  private refusal(path: string, error: unknown): FileReport {
    const problem = asProblem(error, this.task.target.folder.root);
    // These end the whole import; any other problem is this file's alone.
    if (!(problem instanceof ProblemError) || ['cancelled', 'disk_full'].includes(problem.problem.code)) throw problem;
    return { outcome: 'refused', path, problem: problem.problem };
  }
}

/** Copies a file into the case while its bytes are read, and takes its hash on the way. */
class HashedCopy {
  private readonly hash = createHash('sha256');
  private count = 0;

  constructor(
    private readonly from: string,
    private readonly to: string,
    private readonly progress: ImportProgress,
  ) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    const copy = await open(this.to, 'w');
    try {
      for await (const piece of fileBytes(this.from)) {
        this.hash.update(piece);
        await copy.writeFile(piece);
        this.count += piece.length;
        this.progress.bytes(piece.length);
        yield piece;
      }
      await copy.datasync();
    } finally {
      await copy.close();
    }
  }

  async finish(): Promise<SealedFile> {
    return { sha256: this.hash.digest('hex'), bytes: this.count };
  }
}

async function memberHead(member: Member): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of member.open()) {
    pieces.push(piece);
    length += piece.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

function importedEntry(spec: SourceSpec, read: SourceContent, sealed: SealedFile, recognised: string) {
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
    }),
  };
}

function importedReport(
  spec: SourceSpec,
  read: SourceContent,
  sealed: SealedFile,
  recognised: string,
  dryRun: boolean,
): FileReport {
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

function failAlreadyThere(spec: SourceSpec, sourceId: number): never {
  return fail({
    code: 'already_exists',
    message: `The same file is in the case already, as S${sourceId}.`,
    where: { file: spec.originalPath },
    remedy: 'Nothing is to be done: each of its records counts once.',
  });
}

function failNested(file: string): never {
  return fail({
    code: 'unsafe_archive',
    message: 'This archive lies inside another one; only one level is opened.',
    where: { file },
    remedy: 'Unpack the outer archive and import its files.',
  });
}

function failEmptyArchive(file: string): never {
  return fail({
    code: 'damaged_file',
    message: 'The archive holds no file.',
    where: { file },
    remedy: 'Ask for it to be made again.',
  });
}
