import { formatInstant } from '../shared/time.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { findClockIntervals } from './timeline/clocks/clock-intervals.ts';
import { DEFAULT_CLOCK_THRESHOLD_S, type ClockState } from './timeline/clock-interval.ts';

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

/**
 * Gives how far the clock of each system can be trusted. The threshold is in milliseconds; where none is given it is that
 * of the engagement, else 50.
 */
export async function readClockReport(
  { database, engagement }: EvidenceCase,
  thresholdMs: number = engagement.clock?.threshold_ms ?? DEFAULT_CLOCK_THRESHOLD_S * 1000,
): Promise<readonly ClockReport[]> {
  const request = { window: auditWindow(engagement), thresholdS: thresholdMs / 1000 };
  const intervals = await findClockIntervals(database, request);
  return intervals.map(({ system, from, to, state, maxAbsOffsetS, basis, because, cites }) => ({
    system,
    from: formatInstant(from),
    to: formatInstant(to),
    state,
    max_abs_offset_ms: maxAbsOffsetS === null ? null : Number((maxAbsOffsetS * 1000).toPrecision(12)),
    basis,
    because,
    source: cites?.sourceId ?? null,
    record: cites?.record ?? null,
  }));
}
