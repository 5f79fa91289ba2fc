/** The words of clocks: for how long a clock was right, wrong, or nobody knows. */
import type { Interval } from '../../shared/time.ts';
import type { CitedRecord } from './gap.ts';

/**
 * `within`: the offset was measured and is not larger than the threshold. `out`: it is. `unknown`: it was not measured,
 * not for longer than its own cadence allows, or what measures it is stuck.
 */
export const clockStates = ['within', 'out', 'unknown'] as const;
export type ClockState = (typeof clockStates)[number];

/** The largest offset that is within tolerance where nobody says otherwise, seconds. */
export const DEFAULT_CLOCK_THRESHOLD_S = 0.05;

/** A stretch of the window with one state of one clock. The intervals of a system partition the window. */
export interface ClockInterval extends Interval {
  readonly system: string;
  readonly state: ClockState;
  /** Seconds by which the clock is ahead (negative: behind) at the end that is further from the truth; `null` when unknown. */
  readonly offsetS: number | null;
  /** How exact that is, seconds; `null` where no source says. */
  readonly errorS: number | null;
  /** The largest absolute offset measured in it, seconds; `null` when unknown. */
  readonly maxAbsOffsetS: number | null;
  /** What it rests on: chrony, ntpd, kernel, received, serial order, anchors, ... or why it is unknown. */
  readonly basis: string;
  /** A sentence. */
  readonly because: string;
  /** The record of the measurement that decides it. */
  readonly cites: CitedRecord | null;
}
