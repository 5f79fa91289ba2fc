import { formatInstant } from '../shared/time.ts';
import { auditWindow } from './intake/engagement.ts';
import { findClockIntervals } from './timeline/clocks/clock-intervals.ts';
import { checkName, readCaseTimeline, type TimelineOf } from './read-timeline.ts';
import type { ClockInterval, ClockState } from './timeline/clock-interval.ts';

/** A stretch of the window with one state of one clock. */
export interface ClockReport {
  readonly system: string;
  /** RFC 3339, UTC; `to` is not included. */
  readonly from: string;
  readonly to: string;
  readonly state: ClockState;
  /** The largest offset that was measured, milliseconds; `null` when unknown. */
  readonly max_abs_offset_ms: number | null;
  readonly basis: string;
  readonly because: string;
  readonly source: number | null;
  readonly record: number | null;
}

export interface ClockQuestion {
  /** One system; all where left out. */
  readonly system?: string | undefined;
  /** Milliseconds; that of the engagement where left out, else 50. */
  readonly thresholdMs?: number | undefined;
}

/**
 * Gives how far the clock of each system can be trusted: as the timeline has it, or by another threshold. Fails with
 * `not_found` for a system that the case does not name.
 */
export async function readClockReport(
  of: TimelineOf,
  { system, thresholdMs }: ClockQuestion = {},
): Promise<readonly ClockReport[]> {
  const intervals = await readIntervals(of, thresholdMs);
  checkName('system', system, new Set(intervals.map((one) => one.system)));
  return intervals.filter((one) => system === undefined || one.system === system).map(clockReport);
}

async function readIntervals(
  { target, asOf }: TimelineOf,
  thresholdMs: number | undefined,
): Promise<readonly ClockInterval[]> {
  if (thresholdMs === undefined) return (await readCaseTimeline(target, asOf)).clocks;
  const request = { window: auditWindow(target.engagement), thresholdS: thresholdMs / 1000 };
  return findClockIntervals(target.database, request);
}

function clockReport({ system, from, to, state, maxAbsOffsetS, basis, because, cites }: ClockInterval): ClockReport {
  return {
    system,
    from: formatInstant(from),
    to: formatInstant(to),
    state,
    max_abs_offset_ms: maxAbsOffsetS === null ? null : Number((maxAbsOffsetS * 1000).toPrecision(12)),
    basis,
    because,
    source: cites?.sourceId ?? null,
    record: cites?.record ?? null,
  };
}
