/** The timeline of a case as it stands now: brought up to date with its evidence and with what people decided. */
import type { UtcMicros } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import type { Expectation } from './timeline/expectations.ts';
import { refreshTimeline, type Timeline } from './timeline/stored-timeline.ts';
import { timelineRequestOf } from './timeline-request.ts';

export interface CaseTimeline extends Timeline {
  /** By stream, then system. */
  readonly expectations: readonly Expectation[];
}

/** Gives the timeline of a case; `asOf` is the instant at which the expiry of acceptances is judged. */
export async function readCaseTimeline(target: EvidenceCase, asOf: UtcMicros): Promise<CaseTimeline> {
  const request = await timelineRequestOf(target, { upToSeq: target.ledger.head.seq, asOf });
  const timeline = await refreshTimeline(target.database, request);
  return { ...timeline, expectations: timeline.streams.map(({ expectation }) => expectation) };
}
