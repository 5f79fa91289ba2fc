/** Coverage as intervals. */
import type { Interval } from '../../shared/time.ts';

/** `covered`: owed, and not in a gap. `silent`: in a gap. `not-expected`: out of scope, or owed by nobody. */
export type CoverageState = 'covered' | 'silent' | 'not-expected';

export interface CoverageInterval extends Interval {
  readonly state: CoverageState;
}

/**
 * Cuts a window into intervals of one state each: they are adjacent, in order, cover it exactly, and no two neighbours
 * have the same state. A gap outside what is owed counts as silent only where it is owed.
 */
export function coverageIntervals(
  window: Interval,
  owed: readonly Interval[],
  gaps: readonly Interval[],
): readonly CoverageInterval[] {
  const edges = [...owed, ...gaps].flatMap(({ from, to }) => [from, to]);
  const inside = edges.filter((edge) => edge > window.from && edge < window.to);
  const cuts = [...new Set([window.from, ...inside, window.to])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const found: CoverageInterval[] = [];
  cuts.slice(1).forEach((to, place) => {
    const from = cuts[place]!;
    const state = !covers(owed, from) ? 'not-expected' : covers(gaps, from) ? 'silent' : 'covered';
    const last = found.at(-1);
    if (last?.state === state) found[found.length - 1] = { ...last, to };
    else found.push({ from, to, state });
  });
  return found;
}

const covers = (intervals: readonly Interval[], at: bigint): boolean =>
  intervals.some(({ from, to }) => from <= at && at < to);
