/** A plan of an import, as the workbench keeps it while a person looks at it. */
import type { PlannedEvidence } from '../shared/contract.ts';
import type { Problem } from '../shared/problem.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import type { PlannedFile } from './intake/plan-import.ts';

/** A file of a plan: what is shown of it, and what the engine knows. */
export interface WorkbenchPlannedFile {
  readonly shown: PlannedEvidence;
  readonly path: string;
  /** Its name in the archive, where it is a member of one. */
  readonly member: string | undefined;
  /** Not set for a file that was refused, nor for a member. */
  readonly planned: PlannedFile | undefined;
  readonly problem: Problem | undefined;
  /** Of a file: what it was when it was looked at. */
  readonly seen: { readonly bytes: number; readonly modifiedMillis: number } | undefined;
}

export interface WorkbenchPlan {
  /** As `planImport` gives it. */
  readonly order: readonly string[];
  readonly target: EvidenceCase;
  readonly files: readonly WorkbenchPlannedFile[];
  /** Systems that the inventory knows. */
  readonly systems: string[];
}
