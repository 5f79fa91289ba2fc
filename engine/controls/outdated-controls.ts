/** Which results rest on less evidence or fewer decisions than the case has: controls may have been run at different times. */
import type { LedgerEntry } from '../intake/ledger.ts';
import { entriesOf, latestRuns, type EntryKind } from '../intake/ledger-kinds.ts';

/** The kinds of entries that results rest on. */
const changesResults: ReadonlySet<string> = new Set<EntryKind>([
  'source-imported',
  'gap-decided',
  'expectation-decided',
]);

export interface OutdatedControl {
  readonly control: string;
  /** The run that its results are of. */
  readonly runId: string;
}

/**
 * Finds the controls whose latest run is older than the last evidence or the last decision about a gap or an
 * expectation, by id. Empty means that every result rests on all of them, or that nothing was run yet.
 */
export function findOutdatedControls(entries: readonly LedgerEntry[]): readonly OutdatedControl[] {
  const lastChange = entries.findLast(({ kind }) => changesResults.has(kind))?.seq ?? 0;
  const runs = entriesOf(entries, 'run-finished');
  const outdated = new Set(runs.filter(({ entry }) => entry.seq < lastChange).map(({ data }) => data.run_id));
  return [...latestRuns(entries)]
    .filter(([, run]) => outdated.has(run.run_id))
    .map(([control, run]) => ({ control, runId: run.run_id }))
    .sort((a, b) => (a.control < b.control ? -1 : 1));
}
