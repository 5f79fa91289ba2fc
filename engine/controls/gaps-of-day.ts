/** What the gaps of a stream do to one day: which of them touch it, and whether all that do were explained. */
import { groupBy } from '../core/group-by.ts';
import type { Interval } from '../../shared/time.ts';
import { MICROS_PER_SECOND } from '../../shared/time.ts';
import { nameOf, type Gap } from '../timeline/gap.ts';
import { overlap } from '../timeline/gap-ranges.ts';

/** What a control needs to know of a gap. */
export type GapOfDay = Pick<Gap, 'system' | 'stream' | 'kind' | 'from' | 'to' | 'usual' | 'state'>;

/** A part of a gap that is not longer than this share of it does not spoil the day that it lies in. */
const LEAST_SHARE = 4n;

/**
 * Tells whether a gap spoils a day in which records were seen.
 *
 * It does when its part in the day is longer than the stream is usually silent, and at most a quarter of the gap is
 * forgiven: 20 minutes after midnight of a stream that speaks hourly are no loss. Where it is not known how long the
 * stream is usually silent, a record a day is all that was owed, and a silence spoils only days without any. Missed
 * scans spoil days without a look, never others.
 */
export function touchesDay(gap: GapOfDay, day: Interval): boolean {
  if (gap.kind === 'scan-missed' || gap.kind === 'missing') return false;
  if (gap.kind === 'silence' && gap.usual === null) return false;
  const part = overlap(gap, day);
  if (part <= 0n) return false;
  const quarter = (gap.to - gap.from) / LEAST_SHARE;
  const usual = gap.usual === null ? quarter : BigInt(Math.round(gap.usual.usualS)) * MICROS_PER_SECOND;
  return part > (usual < quarter ? usual : quarter);
}

/** True when there are gaps and each of them is explained or accepted. */
export function areExplained(gaps: readonly GapOfDay[]): boolean {
  return gaps.length > 0 && gaps.every(({ state }) => state !== 'open');
}

/** Gaps by system and stream, so that each day looks only at its own. */
export class GapsByStream {
  private readonly gaps: ReadonlyMap<string, readonly GapOfDay[]>;

  constructor(gaps: readonly GapOfDay[]) {
    this.gaps = groupBy(gaps, nameOf);
  }

  /** Those that have a part in the interval. */
  within(of: { readonly system: string; readonly stream: string }, interval: Interval): readonly GapOfDay[] {
    return (this.gaps.get(nameOf(of)) ?? []).filter((gap) => overlap(gap, interval) > 0n);
  }
}
