/** Imports files into a case: each source in one step, each file accounted for, nothing left behind when cancelled. */
import { mkdir, rm } from 'node:fs/promises';
import { fail } from '../../shared/problem.ts';
import type { JobContext } from '../core/effects.ts';
import { readMapping } from '../formats/generic/mapping.ts';
import { anySelector } from '../formats/prometheus-tsdb/selector.ts';
import { refusedEntry, type EvidenceCase } from './evidence-case.ts';
import { FileImport } from './import-file.ts';
import { startProgress } from './import-progress.ts';
import type { FileReport, ImportOptions, ImportReport } from './import-report.ts';
import { planImport, type PlannedFile, type Refusal } from './plan-import.ts';
import { SystemNames } from './system-names.ts';

const MANY_FILES = 8;
const SMALL_BYTES = 16 * 1024 * 1024;

/**
 * Imports files and folders. A file that is refused does not stop the others; it is reported, and written into the
 * ledger when the import brought anything at all (an import that brings nothing leaves the case as it was).
 * Fails with `bad_request` (a selector), `not_found`, `cancelled` and `disk_full`; sources that were finished before that stay.
 */
export async function importFiles(
  target: EvidenceCase,
  paths: readonly string[],
  options: ImportOptions,
  job: JobContext,
): Promise<ImportReport> {
  if (options.series) anySelector(options.series);
  const how = { as: options.as, hasMapping: options.mapping !== undefined };
  // A format that was named may have a way of its own to write what its fields are.
  const isGeneric = options.as === undefined || options.as.startsWith('generic-');
  if (options.mapping !== undefined && isGeneric) checkMapping(options.mapping);
  const plan = await planImport(paths, how);
  const files = plan.files.map((file) => ({ file, options }));
  return importPlanned(target, { files, refused: plan.refused }, job);
}

/** A file of a plan, with what was said of it. */
export interface FileToImport {
  readonly file: PlannedFile;
  readonly options: ImportOptions;
}

/** Files in the order in which they are imported, and those that cannot be. */
export interface DecidedImport {
  readonly files: readonly FileToImport[];
  readonly refused: readonly Refusal[];
}

/**
 * Imports what was planned, each file as was said of it; `onFile` hears what became of each as soon as that is known.
 * Fails and reports as `importFiles` does.
 */
export async function importPlanned(
  target: EvidenceCase,
  plan: DecidedImport,
  job: JobContext,
  onFile: (file: PlannedFile, reports: readonly FileReport[]) => void = () => undefined,
): Promise<ImportReport> {
  const progress = startProgress(
    plan.files.map(({ file }) => file),
    job,
  );
  const files: FileReport[] = plan.refused.map(({ path, problem }) => ({ outcome: 'refused', path, problem }));
  const names = new SystemNames(target.database);
  await mkdir(target.folder.incoming, { recursive: true });
  const importAll = async (): Promise<void> => {
    for (const { file, options } of plan.files) {
      const reports = await new FileImport({ target, options, job, progress, names }, file).run();
      files.push(...reports);
      onFile(file, reports);
      progress.fileDone(file);
    }
  };
  try {
    await (areManySmall(plan.files.map(({ file }) => file)) ? target.database.forSmallSources(importAll) : importAll());
  } finally {
    await rm(target.folder.incoming, { recursive: true, force: true });
  }
  const report = summarise(files);
  if (files.some(({ outcome }) => outcome === 'imported')) await noteRefusals(target, files);
  return report;
}

/** Whether the files are those of a bucket: many, each of them small, none of them a folder with the work of many threads. */
function areManySmall(files: readonly PlannedFile[]): boolean {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const hasFolder = files.some(({ container }) => container === 'folder');
  return files.length >= MANY_FILES && bytes / files.length <= SMALL_BYTES && !hasFolder;
}

function checkMapping(text: string): void {
  const read = readMapping(text);
  if (read.kind === 'refused') fail(read.because);
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
  const entries = files.flatMap((file) => {
    // A file that is in the case already is not missing from it.
    if (file.outcome !== 'refused' || file.alreadyThereAs !== undefined) return [];
    return [refusedEntry(file.path, file.problem.code, file.problem.message)];
  });
  for (let from = 0; from < entries.length; from += REFUSALS_AT_ONCE)
    await target.note(entries.slice(from, from + REFUSALS_AT_ONCE));
}

const REFUSALS_AT_ONCE = 1000;
