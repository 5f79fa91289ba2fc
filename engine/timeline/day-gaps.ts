/** Gaps of whole days: where a record or a look is owed on each day, and none came. */
import type { Interval, WindowDay } from '../../shared/time.ts';
import type { StreamCoverage } from './coverage.ts';
import type { FoundGap } from './gap.ts';
import { earlier, later } from './gap-ranges.ts';
import type { InventorySystem } from './sightings.ts';

/** A stretch of whole days, as far as days tell. */
export type DayGap = Pick<FoundGap, 'system' | 'stream' | 'kind' | 'from' | 'to'>;

/**
 * Finds the runs of days on which a system was expected in a stream and not seen.
 *
 * Shape: half-open `[from, to)` within window and scope, in the order of the coverage and of time. A silence begins with
 * the last record before it and ends with the first one after it, where they lie next to it; else with the scope or the
 * window. Missed scans run from the start of their first day to the end of their last: a scan is owed once a day, at any
 * time. A system that never spoke gives gaps of kind `missing`, as long as its scope.
 */
export function findDayGaps(
  days: readonly WindowDay[],
  inventory: readonly InventorySystem[],
  coverage: readonly StreamCoverage[],
): readonly DayGap[] {
  return coverage.flatMap((stream) =>
    silentRuns(stream).map(([first, last]) => ({
      system: stream.system,
      stream: stream.stream,
      kind: stream.neverSeen ? 'missing' : stream.isScan ? 'scan-missed' : 'silence',
      ...withinScope(edges(days, stream, [first, last]), inventory, stream),
    })),
  );
}

type Run = readonly [first: number, last: number];

/** Longest runs of days on which the system was expected and not seen, as places of the first and last day. */
function silentRuns({ expected, seen }: StreamCoverage): readonly Run[] {
  const runs: Run[] = [];
  let start: number | undefined;
  for (let place = 0; place <= expected.length; place++) {
    const isSilent = expected[place] === true && seen[place] === undefined;
    if (isSilent) start ??= place;
    else if (start !== undefined) {
      runs.push([start, place - 1]);
      start = undefined;
    }
  }
  return runs;
}

function edges(days: readonly WindowDay[], { seen, isScan }: StreamCoverage, [first, last]: Run): Interval {
  const before = isScan ? undefined : seen[first - 1]?.last;
  const after = isScan ? undefined : seen[last + 1]?.first;
  return { from: before ?? days[first]!.from, to: after ?? days[last]!.to };
}

/** Cuts a gap to the scope that it lies in: nobody owes evidence before or after. */
export function withinScope(
  gap: Interval,
  inventory: readonly InventorySystem[],
  { system, stream }: Pick<StreamCoverage, 'system' | 'stream'>,
): Interval {
  const scopes = inventory.filter((one) => one.system === system && one.needs.includes(stream));
  const froms = scopes.map(({ scopeFrom }) => scopeFrom);
  const tos = scopes.map(({ scopeTo }) => scopeTo);
  if (scopes.length === 0) return gap;
  const from = froms.includes(null) ? gap.from : smallest(froms as bigint[]);
  const to = tos.includes(null) ? gap.to : largest(tos as bigint[]);
  return { from: later(from, gap.from), to: earlier(to, gap.to) };
}

const smallest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a));
const largest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a));
