/** Members of archives in a plan: those that no single format is sure of, because a person has to be asked. */
import type { Input } from '../shared/contract.ts';
import { MOST_PLANNED } from '../shared/import-contract.ts';
import { ProblemError } from '../shared/problem.ts';
import { stopIfCancelled } from './core/cancelled.ts';
import type { MemberChoice } from './intake/import-report.ts';
import { isArchive } from './intake/plan-import.ts';
import { planMembers, type PlannedMember } from './intake/plan-members.ts';
import { problemOf, shownCandidates } from './workbench-outcomes.ts';
import type { WorkbenchPlan, WorkbenchPlannedFile } from './workbench-planned.ts';

/**
 * The files of a plan, and behind them the members of its archives that a word is needed on. What an archive holds is
 * said with it. Fails with `cancelled`.
 */
export async function withMembers(
  files: readonly WorkbenchPlannedFile[],
  signal: AbortSignal,
): Promise<readonly WorkbenchPlannedFile[]> {
  const all: WorkbenchPlannedFile[] = [...files];
  for (const archive of files) {
    const container = archive.planned?.container;
    if (container === undefined || !isArchive(container)) continue;
    const members = await planMembers(archive.path, container, signal).catch(unlessCancelled);
    stopIfCancelled(signal, 'The plan was cancelled; nothing was imported.');
    if (!members) continue;
    all[archive.shown.file] = { ...archive, shown: { ...archive.shown, reason: whatItHolds(members) } };
    for (const member of members) {
      if (isAsked(member) && all.length < MOST_PLANNED) all.push(plannedMember(member, archive, all.length));
    }
  }
  return all;
}

/** An archive that cannot be read is told of when it is imported, with the reason. */
function unlessCancelled(error: unknown): undefined {
  if (error instanceof ProblemError && error.problem.code !== 'cancelled') return undefined;
  throw error;
}

/** A person may name the format of the file. */
function isAsked({ problem }: PlannedMember): boolean {
  return problem?.code === 'ambiguous_format' || problem?.code === 'unknown_format';
}

function whatItHolds(members: readonly PlannedMember[]): string {
  const formats = new Map<string, number>();
  for (const { decision } of members) {
    if (decision) formats.set(decision.format.id, (formats.get(decision.format.id) ?? 0) + 1);
  }
  const recognised = [...formats].map(([format, count]) => `${count} of ${format}`);
  const asking = members.filter(isAsked).length;
  const unread = members.filter((member) => !member.decision && !isAsked(member)).length;
  const parts = [
    ...recognised,
    ...(asking === 0 ? [] : [`${asking} that no single format is sure of`]),
    ...(unread === 0 ? [] : [`${unread} that cannot be read`]),
  ];
  const holds = `${members.length} ${members.length === 1 ? 'file' : 'files'} in it`;
  return parts.length === 0 ? `${holds}.` : `${holds}: ${parts.join(', ')}.`;
}

function plannedMember(
  { name, problem, candidates }: PlannedMember,
  archive: WorkbenchPlannedFile,
  file: number,
): WorkbenchPlannedFile {
  const isAmbiguous = problem?.code === 'ambiguous_format';
  return {
    shown: {
      ...archive.shown,
      file,
      name: `${archive.shown.name}!${name}`,
      archive: archive.shown.file,
      bytes: null,
      container: null,
      state: isAmbiguous ? 'ambiguous' : 'unknown',
      format: null,
      reason: null,
      confidence: null,
      candidates: shownCandidates(candidates),
      sourceId: null,
      problem: problem ? problemOf(problem) : null,
      mayChoose: true,
    },
    path: archive.path,
    member: name,
    planned: undefined,
    problem,
    seen: archive.seen,
  };
}

/** What was said of members, by the place of their archive in the plan. */
export function memberWords(
  { files }: WorkbenchPlan,
  said: Input<'import.start'>['files'],
): ReadonlyMap<number, ReadonlyMap<string, MemberChoice>> {
  const words = new Map<number, Map<string, MemberChoice>>();
  for (const { file, leaveOut, settings } of said) {
    const { member, shown } = files[file] ?? {};
    if (member === undefined || shown === undefined || shown.archive === null) continue;
    const ofArchive = words.get(shown.archive) ?? new Map<string, MemberChoice>();
    ofArchive.set(member, { leaveOut, ...(settings.as === undefined ? {} : { as: settings.as }) });
    words.set(shown.archive, ofArchive);
  }
  return words;
}
