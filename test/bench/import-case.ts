/** The whole way through the product: a new case, and evidence imported into it, as child processes. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runMeasured, type ChildUsage } from './child-usage.ts';

const FIELDWORK = join('dist', 'cli', 'main.js');

/**
 * Which samples the import was asked to keep beside presence and hours: none or all. Unasked, and in any case, it keeps
 * those that controls look at.
 */
export type Selection = 'none' | 'all' | 'default';

const SELECTORS: Readonly<Record<Selection, readonly string[]>> = {
  none: ['--series', '{__name__="this_picks_nothing"}'],
  all: ['--series', '{__name__=~".+"}'],
  default: [],
};

export interface ImportTime extends ChildUsage {
  /** Of the whole folder of the case, and of the database in it. */
  readonly caseBytes: number;
  readonly databaseBytes: number;
}

/** Why this build cannot import `snapshot`, a small one; `undefined` when it can. */
export async function importMissing(path: string, snapshot: SnapshotToImport): Promise<string | undefined> {
  const help = await fieldwork(['import', '--help']);
  if (help.exitCode !== 0) return `fieldwork import --help ended with ${help.exitCode}`;
  if (!help.stdout.includes('--series')) return 'fieldwork import has no --series';
  return importInto(path, snapshot, 'all').then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

export interface SnapshotToImport {
  readonly folder: string;
  readonly samples: number;
}

/**
 * Imports a snapshot into a new case at `path`, which is removed again. Only the import is measured. Fails when the
 * import does, and when it was to keep all samples and did not.
 */
export async function importInto(
  path: string,
  { folder, samples }: SnapshotToImport,
  selection: Selection,
): Promise<ImportTime> {
  return importMeasured(path, [folder, ...SELECTORS[selection]], (usage) => {
    const kept = samplesKept(usage.stdout);
    if (selection === 'all' && kept !== samples) throw new Error(`${kept} of ${samples} samples were kept.`);
  });
}

/**
 * Imports into a new case at `path`, which is removed again; `args` are the paths and options of the import. Only the
 * import is measured. Fails when it does, and when `check` does.
 */
export async function importMeasured(
  path: string,
  args: readonly string[],
  check: (usage: ChildUsage) => void = () => undefined,
): Promise<ImportTime> {
  try {
    const made = await fieldwork(['new', path, '--entity', 'Bench', '--from', '2026-01-01', '--to', '2026-01-31']);
    if (made.exitCode !== 0) throw new Error(`fieldwork new ended with ${made.exitCode}: ${firstLines(made)}`);
    const usage = await fieldwork(['import', path, ...args, '--json']);
    if (usage.exitCode !== 0) throw new Error(`fieldwork import ended with ${usage.exitCode}: ${firstLines(usage)}`);
    check(usage);
    return { ...usage, ...caseSize(path) };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function samplesKept(report: string): number {
  const { files } = JSON.parse(report) as { files: readonly { rows?: Readonly<Record<string, number>> }[] };
  return files.reduce((sum, { rows }) => sum + (rows?.['metric_samples'] ?? 0), 0);
}

function fieldwork(args: readonly string[]): Promise<ChildUsage> {
  return runMeasured(process.execPath, [FIELDWORK, ...args], { keepOutput: true });
}

function firstLines({ stderr, stdout }: ChildUsage): string {
  return (stderr || stdout).trim().split('\n').slice(0, 3).join(' ');
}

function caseSize(path: string): Pick<ImportTime, 'caseBytes' | 'databaseBytes'> {
  let caseBytes = 0;
  let databaseBytes = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = statSync(join(entry.parentPath, entry.name));
    caseBytes += size;
    if (entry.name.endsWith('.duckdb')) databaseBytes += size;
  }
  return { caseBytes, databaseBytes };
}
