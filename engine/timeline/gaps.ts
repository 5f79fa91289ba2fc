import { formatInstant, windowDays, type AuditWindow, type Interval, type WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { byCodeUnits, coverageOf, type StreamCoverage } from './coverage.ts';
import {
  findScrapedTargets,
  findScrapeGaps,
  GAP_FACTOR,
  SCRAPES,
  type ScrapedTarget,
  type ScrapeGap,
} from './scrape-gaps.ts';
import { findSightings, readInventory, type InventorySystem } from './sightings.ts';

/**
 * `missing`: it never spoke at all. `silence`: it spoke at other times. `scan-missed`: no completed scan looked.
 * `scrape`: a target of Prometheus did not answer, or was not asked.
 */
export type GapKind = 'silence' | 'missing' | 'scan-missed' | 'scrape';

/** A stretch of the window without evidence that was expected. */
export interface Gap extends Interval {
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  readonly state: 'open' | 'explained' | 'accepted';
  /** The ticket that explains it. */
  readonly ticket: string | null;
  /** Of a scrape: the job and the instance that did not answer. */
  readonly target?: string;
}

/**
 * Finds the stretches of the window in which a system was expected in a stream and not seen for a whole day or more, and
 * those of any length in which a target of Prometheus did not answer.
 *
 * Shape: half-open `[from, to)` within the window, ordered by stream, system and start. A silence begins with the last
 * record before it and ends with the first one after it, where they lie next to it; else with the scope or the window.
 * Missed scans run from the start of their first day to the end of their last: a scan is owed once a day, at any time.
 * A system that never spoke gives gaps of kind `missing`, as long as its scope.
 */
export async function findGaps(database: CaseDatabase, window: AuditWindow): Promise<readonly Gap[]> {
  const days = windowDays(window);
  const inventory = await readInventory(database);
  const coverage = coverageOf(days, inventory, await findSightings(database, days));
  const byDay = gapsOf(days, inventory, coverage).filter(
    ({ stream, kind }) => stream !== SCRAPES || kind === 'missing',
  );
  const scrapes = { targets: await findScrapedTargets(database), gaps: await findScrapeGaps(database) };
  const owed = coverage.filter(({ stream, basis }) => stream === SCRAPES && basis !== 'none');
  const bySample = scrapeGaps(scrapes, { from: days[0]!.from, to: days.at(-1)!.to });
  const inScope = bySample
    .filter(({ system }) => owed.some((one) => one.system === system))
    .map((gap) => ({ ...gap, ...withinScope(gap, inventory, { system: gap.system, stream: SCRAPES }) }))
    .filter(({ from, to }) => from < to);
  return [...byDay, ...inScope].sort(byStream);
}

function byStream(a: Gap, b: Gap): number {
  const names =
    byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system) || byCodeUnits(a.target ?? '', b.target ?? '');
  return names || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

interface Scrapes {
  readonly targets: readonly ScrapedTarget[];
  readonly gaps: readonly ScrapeGap[];
}

/** Gaps of every target within the window, those before its first and after its last answer included. */
export function scrapeGaps({ targets, gaps }: Scrapes, window: Interval): readonly Gap[] {
  const outside = targets.flatMap(({ system, job, instance, ...known }) => {
    const { first, last } = known;
    const target = { system, job, instance };
    if (first === null || last === null) return [{ ...target, ...window }];
    // A window begins and ends where it will between two scrapes: that is no gap.
    const tolerated = (intervalMs: number | null): bigint => BigInt(GAP_FACTOR * (intervalMs ?? 0)) * 1000n;
    return [
      ...(first - window.from > tolerated(known.firstIntervalMs) ? [{ ...target, from: window.from, to: first }] : []),
      ...(window.to - last > tolerated(known.lastIntervalMs) ? [{ ...target, from: last, to: window.to }] : []),
    ];
  });
  return [...gaps, ...outside]
    .map(({ from, to, ...rest }) => ({ ...rest, from: later(from, window.from), to: earlier(to, window.to) }))
    .filter(({ from, to }) => from < to)
    .map(({ system, job, instance, from, to }) => ({
      system,
      stream: SCRAPES,
      kind: 'scrape',
      from,
      to,
      state: 'open',
      ticket: null,
      target: [job, instance].filter((part) => part !== '').join(' '),
    }));
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);

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

/** A gap as `fieldwork gaps --json` gives it. */
export function gapJson({ system, stream, kind, from, to, state, ticket, target }: Gap): GapJson {
  const times = { from: formatInstant(from), to: formatInstant(to) };
  return { system, stream, kind, ...times, state, ticket, ...(target === undefined ? {} : { target }) };
}

export interface GapJson {
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  readonly from: string;
  readonly to: string;
  readonly state: Gap['state'];
  readonly ticket: string | null;
  readonly target?: string;
}
