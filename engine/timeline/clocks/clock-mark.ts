import type { Interval } from '../../../shared/time.ts';
import type { CitedRecord } from '../gap.ts';

/** A stretch over which evidence other than a measurement says that a clock cannot be trusted. It never makes one good. */
export interface ClockMark extends Interval {
  readonly system: string;
  /** `unknown`: one of two clocks is wrong, and nothing tells which. */
  readonly state: 'out' | 'unknown';
  readonly basis: 'received' | 'serial order' | 'anchors';
  readonly offsetS: number | null;
  readonly errorS: number | null;
  readonly maxAbsOffsetS: number | null;
  readonly because: string;
  readonly cites: CitedRecord;
}

/** A moment at which a clock was set back, as the order of its own records shows. */
export interface ClockStep {
  readonly system: string;
  /** What the clock showed after it. */
  readonly time: bigint;
  /** Seconds, negative: back. */
  readonly stepS: number;
  readonly basis: 'serial order';
  readonly before: CitedRecord;
  readonly after: CitedRecord;
}

/** Seconds as people read them: `180 s`, `3.2 ms`, `268 days`. */
export function spokenSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  if (size >= 2 * 86_400) return `${trimmed(size / 86_400)} days`;
  if (size >= 1) return `${trimmed(size)} s`;
  return `${trimmed(size * 1000)} ms`;
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(value >= 1000 ? 6 : 4)));
}
