/** Which of two clocks that disagree is the wrong one. */
import type { Interval } from '../../../shared/time.ts';
import type { AnchorCluster } from './anchors.ts';
import { spokenSeconds, type ClockMark } from './clock-mark.ts';

/** `a` and `b`: that one is wrong. `either`: nobody can say which. */
type Wrong = 'a' | 'b' | 'either';

interface Judged extends AnchorCluster {
  readonly wrong: Wrong;
}

/**
 * Of two clocks the one that was measured and within tolerance all the while is right, so the other is wrong. Where both
 * were, or neither was, nobody can say which is wrong: both are unknown. Where one system's own messages bear two times,
 * the times under its name are unknown, whatever its clock was.
 *
 * A wrong clock is marked where its own records lie and, as those may lie far away, also when it happened. What follows
 * each other and differs by the same is one mark. `isWithin` says whether a clock was measured to be within over a stretch.
 */
export function anchorMarks(
  clusters: readonly AnchorCluster[],
  isWithin: (system: string, over: Interval) => boolean,
): readonly ClockMark[] {
  const judged = clusters.map((cluster): Judged => ({ ...cluster, wrong: wrongOf(cluster, isWithin) }));
  return merged(judged)
    .filter(({ differenceS, leastS }) => Math.abs(differenceS) >= leastS)
    .flatMap(marksOf);
}

function wrongOf(
  { kind, a, b, spanA, spanB }: AnchorCluster,
  isWithin: (system: string, over: Interval) => boolean,
): Wrong {
  if (kind === 'messages') return 'either';
  const isRightA = isWithin(a, spanA);
  if (isRightA === isWithin(b, spanB)) return 'either';
  return isRightA ? 'b' : 'a';
}

function merged(clusters: readonly Judged[]): readonly Judged[] {
  const all: Judged[] = [];
  for (const next of clusters) {
    const last = all.at(-1);
    if (last && areOne(last, next)) all[all.length - 1] = joined(last, next);
    else all.push(next);
  }
  return all;
}

function areOne(one: Judged, next: Judged): boolean {
  const isSame = one.kind === next.kind && one.a === next.a && one.b === next.b && one.wrong === next.wrong;
  const isSameSource =
    one.kind !== 'messages' ||
    (one.citesA.sourceId === next.citesA.sourceId && one.citesB.sourceId === next.citesB.sourceId);
  return isSame && isSameSource && Math.abs(one.differenceS - next.differenceS) <= one.leastS / LEAST_IN_WIDTHS;
}

/** What counts at least is several times the width within which differences agree. */
const LEAST_IN_WIDTHS = 2;

function joined(one: Judged, next: Judged): Judged {
  const apart = Math.abs(one.differenceS - next.differenceS);
  return {
    ...one,
    differenceS: one.anchors >= next.anchors ? one.differenceS : next.differenceS,
    errorS: apart + Math.max(one.errorS, next.errorS),
    anchors: one.anchors + next.anchors,
    spanA: hull(one.spanA, next.spanA),
    spanB: hull(one.spanB, next.spanB),
  };
}

function hull(one: Interval, other: Interval): Interval {
  return { from: one.from < other.from ? one.from : other.from, to: one.to > other.to ? one.to : other.to };
}

function marksOf(cluster: Judged): readonly ClockMark[] {
  const { a, b, differenceS, spanA, spanB, citesA, citesB, wrong } = cluster;
  const ofA = { system: a, other: b, offsetS: differenceS, cites: citesA };
  const ofB = { system: b, other: a, offsetS: -differenceS, cites: citesB };
  if (wrong === 'either') return [undecided(cluster, ofA, spanA), undecided(cluster, ofB, spanB)];
  return wrong === 'a' ? wrongMarks(cluster, ofA, [spanA, spanB]) : wrongMarks(cluster, ofB, [spanB, spanA]);
}

type Side = Pick<ClockMark, 'system' | 'cites'> & { readonly other: string; readonly offsetS: number };

function wrongMarks(
  cluster: AnchorCluster,
  { system, other, offsetS, cites }: Side,
  spans: readonly Interval[],
): readonly ClockMark[] {
  const because = `${whatOf(cluster)} that ${other} wrote of as well, whose clock was measured and right, show this one ${spokenSeconds(offsetS)} ${offsetS > 0 ? 'ahead' : 'behind'}.`;
  return spans.map(({ from, to }) => ({
    ...{ system, state: 'out', basis: 'anchors', from, to, offsetS, errorS: cluster.errorS, because, cites },
    maxAbsOffsetS: Math.abs(offsetS),
  }));
}

function undecided(cluster: AnchorCluster, { system, other, offsetS, cites }: Side, span: Interval): ClockMark {
  const { kind, citesA, citesB } = cluster;
  const because =
    kind === 'messages'
      ? `${whatOf(cluster)} stand in S${citesA.sourceId} and in S${citesB.sourceId} with times that differ by ${spokenSeconds(offsetS)}, and nothing tells which are right.`
      : `${whatOf(cluster)} that ${other} wrote of as well differ by ${spokenSeconds(offsetS)}, and no measurement tells which of the two clocks is wrong.`;
  const nothing = { offsetS: null, errorS: null, maxAbsOffsetS: null };
  return { system, state: 'unknown', basis: 'anchors', ...span, ...nothing, because, cites };
}

function whatOf({ kind, anchors }: AnchorCluster): string {
  switch (kind) {
    case 'connections':
      return `${anchors} connections`;
    case 'identities':
      return `${anchors} events, requests or sessions`;
    case 'messages':
      return `${anchors} messages`;
  }
}
