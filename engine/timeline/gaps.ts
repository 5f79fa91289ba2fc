import { formatInstant, windowDays, type AuditWindow, type Interval, type WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { coverageOf, type StreamCoverage } from './coverage.ts';
import { findSightings, readInventory, type InventorySystem } from './sightings.ts';

/** `missing`: it never spoke at all. `silence`: it spoke at other times. `scan-missed`: no completed scan looked. */
export type GapKind = 'silence' | 'missing' | 'scan-missed';

/** A stretch of the window without evidence that was expected. */
export interface Gap extends Interval {
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  readonly state: 'open' | 'explained' | 'accepted';
  /** The ticket that explains it. */
  readonly ticket: string | null;
}

/**
 * Finds the stretches of the window in which a system was expected in a stream and not seen for a whole day or more.
 *
 * Shape: half-open `[from, to)` within the window, ordered by stream, system and start. A silence begins with the last
 * record before it and ends with the first one after it, where they lie next to it; else with the scope or the window.
 * Missed scans run from the start of their first day to the end of their last: a scan is owed once a day, at any time.
 * A system that never spoke gives gaps of kind `missing`, as long as its scope.
 */
export async function findGaps(database: CaseDatabase, window: AuditWindow): Promise<readonly Gap[]> {
  const days = windowDays(window);
  const inventory = await readInventory(database);
  return gapsOf(days, inventory, coverageOf(days, inventory, await findSightings(database, days)));
}

/** The same from values. */
export function gapsOf(
  days: readonly WindowDay[],
  inventory: readonly InventorySystem[],
  coverage: readonly StreamCoverage[],
): readonly Gap[] {
  return coverage.flatMap((stream) =>
    silentRuns(stream).map(([first, last]) => ({
      system: stream.system,
      stream: stream.stream,
      kind: stream.neverSeen ? 'missing' : stream.isScan ? 'scan-missed' : 'silence',
      ...withinScope(edges(days, stream, [first, last]), inventory, stream),
      state: 'open',
      ticket: null,
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
function withinScope(
  gap: Interval,
  inventory: readonly InventorySystem[],
  { system, stream }: StreamCoverage,
): Interval {
  const scopes = inventory.filter((one) => one.system === system && one.needs.includes(stream));
  const froms = scopes.map(({ scopeFrom }) => scopeFrom);
  const tos = scopes.map(({ scopeTo }) => scopeTo);
  if (scopes.length === 0) return gap;
  const from = froms.includes(null) ? gap.from : smallest(froms as bigint[]);
  const to = tos.includes(null) ? gap.to : largest(tos as bigint[]);
  return { from: from > gap.from ? from : gap.from, to: to < gap.to ? to : gap.to };
}

const smallest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a));
const largest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a));

/** A gap as `fieldwork gaps --json` gives it. */
export function gapJson({ system, stream, kind, from, to, state, ticket }: Gap): GapJson {
  return { system, stream, kind, from: formatInstant(from), to: formatInstant(to), state, ticket };
}

export interface GapJson {
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  readonly from: string;
  readonly to: string;
  readonly state: Gap['state'];
  readonly ticket: string | null;
}
