/** Coverage as intervals, and by day: what of each day lies in a gap. */
import type { Interval, WindowDay } from '../../shared/time.ts';
import type { StreamCoverage } from './coverage.ts';
import { joined } from './found-gaps.ts';
import type { FoundGap } from './gap.ts';

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

/** What a stream of a system lacks on a day: nothing, a part, or all of what it owes; with the gaps that say so. */
export interface DayLack<G extends FoundGap = FoundGap> {
  readonly lack: 'none' | 'part' | 'all';
  readonly gaps: readonly G[];
}

/**
 * What is lacking on each day. A gap touches a day when its part in it is longer than the stream is usually silent, or
 * than a quarter of the gap: twenty minutes after midnight do not spoil the day of a stream that speaks each hour.
 */
export function dayLacks<G extends FoundGap>(
  days: readonly WindowDay[],
  { expected, seen }: Pick<StreamCoverage, 'expected' | 'seen'>,
  { owed, gaps }: { readonly owed: readonly Interval[]; readonly gaps: readonly G[] },
): readonly DayLack<G>[] {
  return days.map((day, place) => {
    if (expected[place] !== true) return { lack: 'none', gaps: [] };
    const touching = gaps.filter((gap) => touches(gap, day) && !(seen[place] && isOfWholeDays(gap)));
    if (touching.length === 0) return { lack: 'none', gaps: [] };
    const parts = joined(owed.map((one) => overlap(one, day)).filter(({ from, to }) => from < to));
    const silent = joined(touching.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)));
    const isAll = parts.every((part) => silent.some(({ from, to }) => from <= part.from && part.to <= to));
    return { lack: isAll ? 'all' : 'part', gaps: touching };
  });
}

/** A record on each day was owed, and nothing more: a day with one lacks nothing. */
function isOfWholeDays({ kind, usual }: FoundGap): boolean {
  return usual === null && (kind === 'silence' || kind === 'scan-missed');
}

function touches(gap: FoundGap, day: Interval): boolean {
  const part = overlap(gap, day);
  if (part.from >= part.to) return false;
  const usual = BigInt(Math.round((gap.usual?.usualS ?? 0) * 1e6));
  const quarter = (gap.to - gap.from) / 4n;
  return part.to - part.from > (usual < quarter ? usual : quarter);
}

function overlap(a: Interval, b: Interval): Interval {
  return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
}
