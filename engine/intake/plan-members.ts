/** What the files in an archive are, before any of them is imported. */
import { ProblemError, type Problem } from '../../shared/problem.ts';
import { findSnapshots } from '../formats/prometheus-tsdb/find-snapshots.ts';
import { recogniseFormat, type Candidate } from '../formats/registry.ts';
import { membersOf, stoppable, type ArchiveKind } from './archives.ts';
import { openMember } from './open-member.ts';
import { decideFormat, type Decision } from './plan-import.ts';

/** A file in an archive: what it is, or why that cannot be said. */
export interface PlannedMember {
  readonly name: string;
  readonly decision: Decision | undefined;
  readonly problem: Problem | undefined;
  readonly candidates: readonly Candidate[];
}

/**
 * Looks at every file in an archive that is not part of a snapshot, in the order in which they lie in it; all of the
 * archive is read for that. Fails with `unsafe_archive`, `damaged_file` and `cancelled`.
 */
export async function planMembers(
  path: string,
  kind: ArchiveKind,
  signal: AbortSignal,
): Promise<readonly PlannedMember[]> {
  const members: PlannedMember[] = [];
  for await (const { name, content } of stoppable(membersOf(path, kind, path), signal))
    members.push(await lookAt(name, content, path));
  const { snapshots } = findSnapshots(members.map(({ name }) => name));
  const ofSnapshots = new Set(snapshots.flatMap(({ files }) => files));
  return members.filter(({ name }) => !ofSnapshots.has(name));
}

async function lookAt(name: string, content: AsyncIterable<Uint8Array>, archive: string): Promise<PlannedMember> {
  let candidates: readonly Candidate[] = [];
  try {
    const { head, close } = await openMember(content, `${archive}!${name}`);
    await close();
    candidates = recogniseFormat(head);
    const decision = decideFormat(head, { as: undefined, hasMapping: false }, `${archive}!${name}`);
    return { name, decision, problem: undefined, candidates };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { name, decision: undefined, problem: error.problem, candidates };
  }
}
