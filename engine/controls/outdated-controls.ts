/** Which results rest on other evidence or decisions than count now: controls may have been run at different times. */
import { dayOf, parseInstant, type Day, type UtcMicros } from '../../shared/time.ts';
import type { LedgerEntry } from '../intake/ledger.ts';
import { entriesOf, latestRuns, type EntryKind, type GapDecided } from '../intake/ledger-kinds.ts';

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

/** When it is asked, and the zone of the engagement: an acceptance ends with a day. */
export interface AskedAt {
  readonly asOf: UtcMicros;
  readonly zone: string;
}

/**
 * Finds the controls, by id, whose latest run is older than the last evidence or the last decision about a gap or an
 * expectation, or than the end of an acceptance that counted in it. Empty means that every result rests on what counts
 * now, or that nothing was run yet.
 */
export function findOutdatedControls(
  entries: readonly LedgerEntry[],
  { asOf, zone }: AskedAt,
): readonly OutdatedControl[] {
  const lastChange = entries.findLast(({ kind }) => changesResults.has(kind))?.seq ?? 0;
  const today = dayOf(asOf, zone);
  const outdated = new Set<string>();
  for (const { entry, data } of entriesOf(entries, 'run-finished')) {
    const judged = parseInstant(data.as_of ?? entry.at);
    const period = { after: judged === undefined ? today : dayOf(judged, zone), before: today };
    const isExpired = hasExpired(entries.slice(0, entry.seq - 1), period);
    if (entry.seq < lastChange || isExpired) outdated.add(data.run_id);
  }
  return [...latestRuns(entries)]
    .filter(([, run]) => outdated.has(run.run_id))
    .map(([control, run]) => ({ control, runId: run.run_id }))
    .sort((a, b) => (a.control < b.control ? -1 : 1));
}

/** True when the last day of an acceptance that stood at the end of the entries lies in `[after, before)`. */
function hasExpired(entries: readonly LedgerEntry[], { after, before }: { after: Day; before: Day }): boolean {
  const standing = new Map<string, Day | null>();
  for (const { data } of entriesOf(entries, 'gap-decided')) {
    if (data.action === 'accept') standing.set(aboutOf(data), data.until);
    else if (data.action === 'withdraw') standing.delete(aboutOf(data));
  }
  return [...standing.values()].some((until) => until !== null && until >= after && until < before);
}

/** What a decision is about: of two about the same the later one counts. */
function aboutOf({ system, stream, gap_kind: kind, target, from, to }: GapDecided): string {
  return JSON.stringify([system, stream, kind, target, from, to]);
}
