/** The import of one file of the disk, or of one folder that is a source. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../../shared/problem.ts';
import { windowInterval } from '../../shared/time.ts';
import { stopIfCancelled } from '../core/cancelled.ts';
import type { JobContext } from '../core/effects.ts';
import type { AnyFormat, Format } from '../formats/format.ts';
import { findSnapshots } from '../formats/prometheus-tsdb/find-snapshots.ts';
import { prometheusSnapshot } from '../formats/prometheus-tsdb/prometheus-snapshot.ts';
import type { Transaction } from '../store/case-database.ts';
import { membersOf, stoppable, unpackArchive, type ArchiveKind, type StreamedMember } from './archives.ts';
import { evidencePath, safeFileName, unpackedFolder } from './case-folder.ts';
import { auditWindow } from './engagement.ts';
import { asProblem, sealEvidence, unsealEvidence, type EvidenceCase } from './evidence-case.ts';
import { copyFolder, folderHash, identityOf, partsBelow } from './folder-source.ts';
import { firstRows } from './first-rows.ts';
import { Growth, MOST_ARCHIVE_GROWTH, MOST_FILE_GROWTH } from './growth.ts';
import { HashedCopy } from './hashed-copy.ts';
import { AlreadyThere, failEmptyArchive, importedEntry, importedReport } from './import-account.ts';
import type { ImportProgress } from './import-progress.ts';
import type { FileReport, ImportOptions } from './import-report.ts';
import { readFolderSource, type FolderContent } from './import-snapshot.ts';
import {
  readSource,
  registerSource,
  type ReadJob,
  type SealedFile,
  type SourceContent,
  type SourceSpec,
} from './import-source.ts';
import { fileBytes, unwrapped, type Looked } from './open-content.ts';
import { openMember } from './open-member.ts';
import { decideFormat, isArchive, snapshotReason, type Decision, type PlannedFile } from './plan-import.ts';
import type { SystemNames } from './system-names.ts';

const CANCELLED =
  'The import was cancelled; nothing of the file under way was kept, and sources that were finished before stay.';

/** Thrown inside a dry run's transaction, so that it is rolled back. */
class DryRunDone extends Error {
  constructor(readonly report: FileReport) {
    super('dry run');
  }
}

type Read = (
  transaction: Transaction,
  spec: SourceSpec,
  job: JobContext & { readonly onRecords: (records: number) => void },
) => Promise<SourceContent>;

/** One source: what it is, and how it is read into the tables. */
interface Content {
  readonly member: string | null;
  readonly decision: Decision;
  readonly read: Read;
}

/** What all files of one import share. */
export interface ImportTask {
  readonly target: EvidenceCase;
  readonly options: ImportOptions;
  readonly job: JobContext;
  readonly progress: ImportProgress;
  readonly names: SystemNames;
}

/** The import of one planned file: a file, an archive with its members, or a folder that is one source. */
export class FileImport {
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
      const { container } = this.file;
      if (isArchive(container)) return await this.importArchive(container);
      return [container === 'folder' ? await this.importFolder() : await this.importWhole()];
    } catch (error) {
      return [this.refusal(this.file.path, error)];
    } finally {
      await rm(this.copy, { force: true, recursive: true });
    }
  }

  private async importWhole(): Promise<FileReport> {
    const decision = fileDecision(this.file.decision);
    const { container, path } = this.file;
    if (container === 'gzip' || container === 'zstd') {
      // Copied first: the hash is that of the file as it was delivered, whatever the decompressor makes of its end.
      const sealed = await this.copyAndHash();
      const content = unwrapped(fileBytes(this.copy, sealed.bytes), container, path, sealed.bytes);
      const bytes = new Growth(sealed.bytes, MOST_FILE_GROWTH).counted(content, path);
      return this.importContent({ member: null, decision, read: readBytes(decision, bytes) }, async () => sealed);
    }
    const reading = new HashedCopy(this.file.path, this.copy, this.task.progress, this.file.bytes);
    const read = readBytes(decision, reading.bytes(decision.format.letsGo), () => reading.sha256());
    return this.importContent({ member: null, decision, read }, () => reading.finish());
  }

  private async importFolder(): Promise<FileReport> {
    const { progress, job } = this.task;
    const { files, synced } = await copyFolder(this.file.parts, this.copy, (count) => {
      stopIfCancelled(job.signal, CANCELLED);
      progress.bytes(count);
    });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const copied = files.map((file) => ({ path: file.path, place: join(this.copy, file.path), bytes: file.bytes }));
    const known = { contentSha256: folderHash(files), contentBytes: bytes };
    const read = readFolder({ parts: copied, onBytes: progress.bytes, identity: async () => known });
    const content = { member: null, decision: this.file.decision!, read };
    return this.importContent(content, async () => {
      await synced;
      return { sha256: known.contentSha256, bytes, files };
    });
  }

  private async importArchive(kind: ArchiveKind): Promise<readonly FileReport[]> {
    const sealed = await this.copyAndHash();
    const { signal } = this.task.job;
    const names = await namesIn(stoppable(membersOf(this.copy, kind, this.file.path), signal));
    if (names.length === 0) failEmptyArchive(this.file.path);
    const reports = await this.importSnapshots(kind, sealed, names);
    const taken = new Set(reports.flatMap(({ members }) => members));
    const others: FileReport[] = [];
    if (taken.size === names.length) return reports.map(({ report }) => report);
    // With its first source the copy has become evidence.
    const place = this.kept ? evidencePath(this.task.target.folder, sealed.sha256, this.file.name) : this.copy;
    const growth = new Growth(sealed.bytes, MOST_ARCHIVE_GROWTH);
    for await (const member of membersOf(place, kind, this.file.path)) {
      if (this.task.options.members?.get(member.name)?.leaveOut === true) continue;
      if (!taken.has(member.name)) others.push(await this.importMember(member, sealed, growth));
    }
    return [...reports.map(({ report }) => report), ...others];
  }

  /** The snapshots in an archive: they are unpacked, because their reader jumps about in them. */
  private async importSnapshots(
    kind: ArchiveKind,
    sealed: SealedFile,
    names: readonly string[],
  ): Promise<readonly { readonly report: FileReport; readonly members: readonly string[] }[]> {
    const { target, options } = this.task;
    if (options.as !== undefined && options.as !== prometheusSnapshot.id) return [];
    const { snapshots } = findSnapshots(names);
    if (snapshots.length === 0) return [];
    const folder = unpackedFolder(target.folder, sealed.sha256);
    const known = target.sources.some(({ sha256 }) => sha256 === sealed.sha256);
    try {
      const parts = await unpackArchive(this.copy, kind, {
        folder,
        archive: this.file.path,
        signal: this.task.job.signal,
      });
      const reports: { report: FileReport; members: readonly string[] }[] = [];
      for (const snapshot of snapshots) {
        const member = snapshot.folder === '' ? './' : snapshot.folder;
        const path = `${this.file.path}!${member}`;
        const inIt = partsBelow(parts, snapshot.folder, snapshot.files);
        const decision = { format: prometheusSnapshot, reason: snapshotReason(snapshot.blocks) };
        const read = readFolder({ parts: inIt, onBytes: () => undefined, identity: () => identityOf(inIt) });
        const content = { member, decision, read };
        const report = await this.importContent(content, async () => sealed).catch((error) =>
          this.refusal(path, error),
        );
        reports.push({ report, members: snapshot.files });
      }
      return reports;
    } finally {
      // Kept for reading more of it later, as long as the archive is in the case.
      if (!known && !this.kept) await rm(folder, { recursive: true, force: true });
    }
  }

  private async importMember(member: StreamedMember, sealed: SealedFile, growth: Growth): Promise<FileReport> {
    const path = `${this.file.path}!${member.name}`;
    let opened: Looked | undefined;
    try {
      opened = await openMember(member.content, path, growth);
      return await this.importContent(this.memberContent(member, path, opened), async () => sealed);
    } catch (error) {
      return this.refusal(path, error);
    } finally {
      await opened?.close();
    }
  }

  private memberContent(member: StreamedMember, path: string, opened: Looked): Content {
    const decision = decideFormat(
      opened.head,
      {
        as: this.task.options.members?.get(member.name)?.as ?? this.task.options.as,
        hasMapping: this.task.options.mapping !== undefined,
      },
      path,
    );
    return { member: member.name, decision, read: readBytes(decision, opened.all) };
  }

  private async importContent(content: Content, seal: () => Promise<SealedFile>): Promise<FileReport> {
    const spec = await this.spec(content);
    try {
      return await this.task.target.step(
        async (transaction) => {
          const job = { ...this.task.job, onRecords: this.task.progress.records };
          const rows = await content.read(transaction, spec, job);
          const sealed = await seal();
          this.checkNew(sealed, spec);
          const { recipe, effects } = this.task.target.context;
          const statements = await recipe.rollUpSource(transaction, {
            ...spec,
            contentSha256: rows.contentSha256,
            rows: rows.rows,
          });
          const read = { ...rows, assumptions: [...rows.assumptions, ...statements].sort() };
          await registerSource(transaction, spec, read, { ...sealed, importedAt: effects.now() });
          const report = importedReport(spec, read, sealed, content.decision.reason, this.task.options.dryRun === true);
          if (this.task.options.dryRun === true)
            throw new DryRunDone({ ...report, preview: await firstRows(transaction, spec.sourceId, read.rows) });
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
    const series = await this.seriesFor(decision.format);
    const system = named ?? (await this.task.names.inPath(`${this.file.path}/${member ?? ''}`));
    return {
      sourceId: last + 1,
      name: this.file.name,
      originalPath: this.file.path,
      member,
      format: decision.format,
      zone: this.task.options.zone ?? engagement.window.zone,
      system,
      assumptions: [
        ...(system === named ? [] : [`Records that name no system were taken for those of ${system}, by the path.`]),
        ...(series === null || decision.format.framing === 'folder'
          ? []
          : [`Samples are kept of these series only: ${series.join(' or ')}.`]),
      ],
      window: windowInterval(auditWindow(engagement)),
      providedBy: this.task.options.providedBy ?? null,
      obtainedHow: this.task.options.obtainedHow ?? null,
      series,
      dayZone: engagement.window.zone,
      takenAt: this.task.options.takenAt ?? null,
      mapping: decision.format.usesMapping === true ? (this.task.options.mapping ?? null) : null,
    };
  }

  /** Of a snapshot few series give samples, of what somebody exported all do, unless it was said otherwise. */
  private async seriesFor(format: AnyFormat): Promise<readonly string[] | null> {
    const { seriesToKeep, seriesAlwaysKept } = this.task.target.context.recipe;
    const asked = this.task.options.series;
    if (!format.streams.includes('prometheus')) return null;
    if (asked) return [...new Set([...seriesAlwaysKept, ...asked])];
    return format.framing === 'folder' ? seriesToKeep() : null;
  }

  private checkNew(sealed: SealedFile, spec: SourceSpec): void {
    const same = this.task.target.sources.find(
      ({ sha256, member }) => sha256 === sealed.sha256 && member === spec.member,
    );
    if (same) throw new AlreadyThere(spec.originalPath, same.source_id);
  }

  private async copyAndHash(): Promise<SealedFile> {
    const reading = new HashedCopy(this.file.path, this.copy, this.task.progress, this.file.bytes);
    const pieces = reading.bytes(true);
    while (!this.task.job.signal.aborted && (await pieces.next()).done !== true);
    await pieces.return(undefined);
    return reading.finish();
  }

  private refusal(path: string, error: unknown): FileReport {
    const problem = asProblem(error, this.task.target.folder.root);
    // These end the whole import; any other problem is this file's alone.
    if (!(problem instanceof ProblemError) || ['cancelled', 'disk_full'].includes(problem.problem.code)) throw problem;
    const there = problem instanceof AlreadyThere ? { alreadyThereAs: problem.sourceId } : {};
    return { outcome: 'refused', path, problem: problem.problem, ...there };
  }
}

function readBytes(
  { format }: Decision<Format>,
  bytes: AsyncIterable<Uint8Array>,
  contentHash?: ReadJob['contentHash'],
): Read {
  return (transaction, spec, job) => readSource(transaction, { ...spec, format }, bytes, { ...job, contentHash });
}

function readFolder(content: FolderContent): Read {
  return (transaction, spec, job) => readFolderSource(transaction, { spec, content }, job);
}

/** The decision of a file that is read from its first byte to its last. */
function fileDecision(decision: Decision | undefined): Decision<Format> {
  if (decision && decision.format.framing !== 'folder') return { ...decision, format: decision.format };
  throw new Error('A file was planned without a format of files');
}

/** The names of what is in an archive. */
async function namesIn(members: AsyncIterable<StreamedMember>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of members) names.push(name);
  return names;
}
