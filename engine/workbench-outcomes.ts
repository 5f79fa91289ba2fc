/** What became of files, in the shapes of the contract. */
import type { FileOutcome, FileProblem, ImportAccount, PlannedEvidence } from '../shared/contract.ts';
import type { Problem } from '../shared/problem.ts';
import type { Candidate } from './formats/registry.ts';
import type { FileReport } from './intake/import-report.ts';
import type { WorkbenchPlannedFile } from './workbench-planned.ts';

/** A problem for people. A remedy that ends in a mapping to begin with is taken apart. */
export function problemOf({ code, message, where, remedy }: Problem): FileProblem {
  const split = remedy.indexOf('\n\n');
  const { file, ...inFile } = where ?? {};
  const place = Object.entries(inFile).map(([name, value]) => `${name} ${value}`);
  return {
    code,
    message,
    place: [...(file === undefined ? [] : [file]), ...place].join(', ') || null,
    remedy: split < 0 ? remedy : remedy.slice(0, split),
    mapping: split < 0 ? null : remedy.slice(split + 2),
  };
}

/** What an import reported of a planned file; of a member of an archive, its name stands behind `!`. */
export function outcomeOf(report: FileReport, planned: WorkbenchPlannedFile): FileOutcome {
  const { file, name: fileName } = planned.shown;
  const member = report.path.startsWith(`${planned.path}!`) ? report.path.slice(planned.path.length) : '';
  const place = { file, name: `${fileName}${member}` };
  if (report.outcome === 'refused') {
    const sourceId = report.alreadyThereAs;
    if (sourceId !== undefined) return { outcome: 'already there', ...place, sourceId };
    return { outcome: 'refused', ...place, problem: problemOf(report.problem) };
  }
  const { outcome, preview = [], assumptions, rows } = report;
  const { sourceId, format, recognised, sha256, bytes, records, rejected, firstTime, lastTime } = report;
  const read = { sourceId, format, recognised, sha256, bytes, records, rejected, firstTime, lastTime };
  const taken = { ...place, ...read, rows: { ...rows }, assumptions: [...assumptions] };
  if (outcome === 'imported') return { outcome, ...taken };
  return { outcome, ...taken, preview: preview.map(({ table, rows: first }) => ({ table, rows: [...first] })) };
}

export function leftOut(file: number, name: string): FileOutcome {
  return { outcome: 'left out', file, name };
}

export function notReached(file: number, name: string): FileOutcome {
  return { outcome: 'not reached', file, name };
}

/** The outcomes in the order of the plan, and their sums. */
export function totalsOf(outcomes: readonly FileOutcome[]): Omit<ImportAccount, 'stopped'> {
  const of = (outcome: FileOutcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length;
  const imported = outcomes.filter((each) => each.outcome === 'imported');
  return {
    files: [...outcomes].sort((a, b) => a.file - b.file),
    imported: imported.length,
    alreadyThere: of('already there'),
    refused: of('refused'),
    leftOut: of('left out'),
    notReached: of('not reached'),
    records: imported.reduce((sum, { records }) => sum + records, 0),
    rejected: imported.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}

const MOST_CANDIDATES = 6;

/** The formats that a file could be, surest first; not more than a person can look through. */
export function shownCandidates(candidates: readonly Candidate[]): PlannedEvidence['candidates'] {
  return candidates
    .slice(0, MOST_CANDIDATES)
    .map(({ format, confidence, reason }) => ({ format: format.id, title: format.title, confidence, reason }));
}
