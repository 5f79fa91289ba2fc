/** What the timeline of a case rests on beside its evidence: the window, what is declared, and what people decided. */
import { parseInstant, type UtcMicros } from '../shared/time.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { entriesOf, entryTime, type RunFinished } from './intake/ledger-kinds.ts';
import type { LedgerEntry } from './intake/ledger.ts';
import type { CaseDatabase } from './store/case-database.ts';
import { DEFAULT_CLOCK_THRESHOLD_S } from './timeline/clock-interval.ts';
import { declaredExpectations, readSystemsByStream } from './timeline/declared-expectations.ts';
import { gapDecisionsOf } from './timeline/gap-decision.ts';
import type { TimelineRequest } from './timeline/stored-timeline.ts';

/** The state of the ledger that a timeline is made from. */
export interface TimelineMoment {
  /** The last entry whose decisions count. */
  readonly upToSeq: number;
  readonly asOf: UtcMicros;
  /** The database with the evidence, where it is not the case's own: that of a re-performance. */
  readonly database?: CaseDatabase;
}

/** Gives what `refreshTimeline` is to make the timeline of a case from: the same moment gives the same. */
export async function timelineRequestOf(
  { engagement, ledger, database: own }: EvidenceCase,
  { upToSeq, asOf, database = own }: TimelineMoment,
): Promise<TimelineRequest> {
  const systems = await readSystemsByStream(database);
  return {
    window: auditWindow(engagement),
    expectations: declaredExpectations({ engagement, entries: ledger.entries, upToSeq, systems }),
    decisions: gapDecisionsOf(ledger.entries, upToSeq),
    clockThresholdS: thresholdOf(engagement),
    asOf,
  };
}

/** The threshold of engagement.yaml in seconds, or the default. */
function thresholdOf({ clock }: EvidenceCase['engagement']): number {
  return clock === undefined ? DEFAULT_CLOCK_THRESHOLD_S : clock.threshold_ms / 1000;
}

/**
 * The moment of a run that was recorded: the decisions before its entry, and the time at which it judged them. A run of
 * before there were decisions is judged at the time of its entry.
 */
export function momentOfRun(entries: readonly LedgerEntry[], run: RunFinished): TimelineMoment {
  const entry = entriesOf(entries, 'run-finished').find(({ data }) => data.run_id === run.run_id)?.entry;
  const seq = entry?.seq ?? entries.length + 1;
  const asOf = (run.as_of === null ? undefined : parseInstant(run.as_of)) ?? (entry ? entryTime(entry) : 0n);
  return { upToSeq: seq - 1, asOf };
}
