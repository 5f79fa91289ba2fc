/** Which results rest on less evidence than the case has: controls may have been run at different times. */
import type { LedgerEntry } from '../intake/ledger.ts';
import { entriesOf, latestRuns } from '../intake/ledger-kinds.ts';

export interface OutdatedControl {
  readonly control: string;
  /** The run that its results are of. */
  readonly runId: string;
}

/**
 * Finds the controls whose latest run is older than the last evidence, by id. Empty means that every result rests on
 * all evidence of the case, or that nothing was run yet.
 */
export function findOutdatedControls(entries: readonly LedgerEntry[]): readonly OutdatedControl[] {
  const lastImport = entriesOf(entries, 'source-imported').at(-1)?.entry.seq ?? 0;
  const runs = entriesOf(entries, 'run-finished');
  const outdated = new Set(runs.filter(({ entry }) => entry.seq < lastImport).map(({ data }) => data.run_id));
  return [...latestRuns(entries)]
    .filter(([, run]) => outdated.has(run.run_id))
    .map(([control, run]) => ({ control, runId: run.run_id }))
    .sort((a, b) => (a.control < b.control ? -1 : 1));
}
