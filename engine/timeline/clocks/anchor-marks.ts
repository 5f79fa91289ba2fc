/** Which of two clocks that disagree is the wrong one. */
import type { Interval } from '../../../shared/time.ts';
import type { AnchorCluster } from './anchors.ts';
import { spokenSeconds, type ClockMark } from './clock-mark.ts';

/**
 * Of two clocks the one that was measured and within tolerance is right, so the other is wrong. Where both were, or
 * neither was, nobody can say which is wrong: both are unknown.
 *
 * A wrong clock is marked where its own records lie and, as those may lie far away, also when it happened.
 * `isWithin` says whether a clock was measured to be within over all of a stretch.
 */
export function anchorMarks(
  clusters: readonly AnchorCluster[],
  isWithin: (system: string, over: Interval) => boolean,
): readonly ClockMark[] {
  return clusters.flatMap((cluster) => {
    const { a, b, differenceS, spanA, spanB, citesA, citesB } = cluster;
    const isRightA = isWithin(a, spanA);
    const isRightB = isWithin(b, spanB);
    const ofA = { system: a, other: b, offsetS: differenceS, cites: citesA };
    const ofB = { system: b, other: a, offsetS: -differenceS, cites: citesB };
    if (isRightA && !isRightB) return wrong(cluster, ofB, [spanB, spanA]);
    if (isRightB && !isRightA) return wrong(cluster, ofA, [spanA, spanB]);
    return [undecided(cluster, ofA, spanA), undecided(cluster, ofB, spanB)];
  });
}

type Side = Pick<ClockMark, 'system' | 'cites'> & { readonly other: string; readonly offsetS: number };

function wrong(
  { anchors, errorS }: AnchorCluster,
  { system, other, offsetS, cites }: Side,
  spans: readonly Interval[],
): readonly ClockMark[] {
  const because = `${anchors} connections that ${other} saw as well, whose clock was measured and right, show this one ${spokenSeconds(offsetS)} ${offsetS > 0 ? 'ahead' : 'behind'}.`;
  return spans.map(({ from, to }) => ({
    ...{ system, state: 'out', basis: 'anchors', from, to, offsetS, errorS, because, cites },
    maxAbsOffsetS: Math.abs(offsetS),
  }));
}

function undecided({ anchors }: AnchorCluster, { system, other, offsetS, cites }: Side, span: Interval): ClockMark {
  const because = `${anchors} connections that ${other} saw as well differ by ${spokenSeconds(offsetS)}, and no measurement tells which of the two clocks is wrong.`;
  const nothing = { offsetS: null, errorS: null, maxAbsOffsetS: null };
  return { system, state: 'unknown', basis: 'anchors', ...span, ...nothing, because, cites };
}
