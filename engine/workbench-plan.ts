/** The plan of an import, as people look at it before anything is done. */
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { MOST_PLANNED } from '../shared/import-contract.ts';
import type { PlannedEvidence } from '../shared/contract.ts';
import { fail, ProblemError, type Problem } from '../shared/problem.ts';
import { stopIfCancelled } from './core/cancelled.ts';
import type { JobContext } from './core/effects.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { hashFile, identityOf } from './intake/folder-source.ts';
import { candidatesOf } from './intake/plan-candidates.ts';
import { isArchive, planImport, type PlannedFile } from './intake/plan-import.ts';
import { SystemNames } from './intake/system-names.ts';
import { withMembers } from './workbench-members.ts';
import { problemOf, shownCandidates } from './workbench-outcomes.ts';
import type { WorkbenchPlan, WorkbenchPlannedFile } from './workbench-planned.ts';

const MOST_SYSTEMS = 1000;
const CANCELLED = 'The plan was cancelled; nothing was imported.';

/**
 * Looks at files and folders. Fails with `limit_reached` where there are too many to be looked at by a person, with
 * `not_found` and `cancelled`.
 */
export async function makePlan(
  target: EvidenceCase,
  paths: readonly string[],
  job: JobContext,
): Promise<WorkbenchPlan> {
  await checkCount(paths, job.signal);
  const looking = { ...job, progress: halved(job, 0) };
  const { files, refused, order } = await planImport(paths, { as: undefined, hasMapping: false }, looking);
  const all = [
    ...files.map((planned) => ({ path: planned.path, planned, problem: undefined })),
    ...refused.map(({ path, problem }) => ({ path, planned: undefined, problem })),
  ];
  const names = new SystemNames(target.database);
  const planned: WorkbenchPlannedFile[] = [];
  const progress = halved(job, 0.5);
  for (const [file, found] of all.entries()) {
    stopIfCancelled(job.signal, CANCELLED);
    progress({ step: `Comparing file ${file + 1} of ${all.length} with the case`, fraction: file / all.length });
    planned.push(await lookAt({ ...found, file }, { target, paths, names, signal: job.signal }));
  }
  return { order, target, files: await withMembers(planned, job.signal), systems: await systemsOf(target) };
}

function halved(job: JobContext, from: number): JobContext['progress'] {
  return ({ step, fraction = 0 }) => job.progress({ step, fraction: from + fraction / 2 });
}

/** Counts without following links, before any file is opened. */
async function checkCount(paths: readonly string[], signal: AbortSignal): Promise<void> {
  let count = 0;
  const walk = async (path: string): Promise<void> => {
    stopIfCancelled(signal, CANCELLED);
    const folder = await opendir(path).catch(() => undefined);
    if (!folder) return; // a file, or what the plan will say cannot be read
    for await (const entry of folder) {
      if (entry.isDirectory()) await walk(join(path, entry.name));
      else if (++count > MOST_PLANNED) failTooMany(path);
    }
  };
  for (const path of paths) await walk(path);
}

interface Found {
  readonly file: number;
  readonly path: string;
  readonly planned: PlannedFile | undefined;
  readonly problem: Problem | undefined;
}

interface Looking {
  readonly target: EvidenceCase;
  readonly paths: readonly string[];
  readonly names: SystemNames;
  readonly signal: AbortSignal;
}

async function lookAt({ file, path, planned, problem }: Found, looking: Looking): Promise<WorkbenchPlannedFile> {
  const info = await stat(path).catch(() => undefined);
  const isFile = info?.isFile() === true;
  const isFolder = planned?.container === 'folder';
  const candidates = isFile ? await candidatesOf(path).catch(() => []) : [];
  const sourceId = planned ? await sameSource(planned, looking) : undefined;
  const state = sourceId !== undefined && !isArchive(planned!.container) ? 'already there' : stateOf(planned, problem);
  const format = planned?.decision?.format.id ?? null;
  const shown: PlannedEvidence = {
    file,
    name: basename(path),
    archive: null,
    folder: folderOf(path, looking.paths),
    bytes: planned?.bytes ?? (isFile ? info.size : null),
    container: planned?.container ?? null,
    state,
    format,
    reason: planned?.decision?.reason ?? null,
    confidence: candidates.find((candidate) => candidate.format.id === format)?.confidence ?? null,
    candidates: shownCandidates(candidates),
    system: await looking.names.inPath(path),
    sourceId: sourceId ?? null,
    problem: problem ? problemOf(problem) : null,
    mayChoose: !isFolder && ['recognised', 'ambiguous', 'unknown', 'archive'].includes(state),
  };
  const seen = isFile ? { bytes: info.size, modifiedMillis: info.mtimeMs } : undefined;
  return { shown, path, member: undefined, planned, problem, seen };
}

function stateOf(planned: PlannedFile | undefined, problem: Problem | undefined): PlannedEvidence['state'] {
  if (problem?.code === 'ambiguous_format') return 'ambiguous';
  if (problem?.code === 'unknown_format') return 'unknown';
  if (!planned) return 'refused';
  return isArchive(planned.container) ? 'archive' : 'recognised';
}

/** The source that is the same file, byte for byte. Only a file of the same size as a source is read for that. */
async function sameSource(planned: PlannedFile, { target, signal }: Looking): Promise<number | undefined> {
  const alike = target.sources.filter(({ bytes }) => bytes === planned.bytes);
  if (alike.length === 0) return undefined;
  try {
    const hash =
      planned.container === 'folder'
        ? (await identityOf(planned.parts)).contentSha256
        : (await hashFile(planned.path)).sha256;
    stopIfCancelled(signal, CANCELLED);
    return alike.find(({ sha256 }) => sha256 === hash)?.source_id;
  } catch (error) {
    // What cannot be read is told when it is imported, with its reason.
    if (error instanceof ProblemError && error.problem.code !== 'cancelled') return undefined;
    throw error;
  }
}

/** The folders between what was chosen and the file, with the name of the chosen one. */
function folderOf(path: string, chosen: readonly string[]): string {
  const top = chosen.find((each) => path.startsWith(each.endsWith(sep) ? each : `${each}${sep}`));
  if (top === undefined) return '';
  return [basename(top), ...dirname(relative(top, path)).split(sep)].filter((part) => part !== '.').join('/');
}

async function systemsOf({ database }: EvidenceCase): Promise<string[]> {
  const rows = await database.query(`SELECT DISTINCT system FROM systems ORDER BY system LIMIT ${MOST_SYSTEMS}`);
  return rows.map(({ system }) => String(system));
}

function failTooMany(file: string): never {
  return fail({
    code: 'limit_reached',
    message: `More than ${MOST_PLANNED} files were chosen; that many cannot be looked at one by one.`,
    where: { file },
    remedy: 'Choose fewer folders at a time, or use `fieldwork import` on the command line.',
  });
}
