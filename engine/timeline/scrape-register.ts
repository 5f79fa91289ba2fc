/** Gaps of the targets of Prometheus, to the sample, as far as somebody owes them. */
import type { Interval, WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { StreamCoverage } from './coverage.ts';
import { findDayGaps, withinScope } from './day-gaps.ts';
import type { FoundGap } from './gap.ts';
import { earlier, later } from './gap-ranges.ts';
import {
  findScrapedTargets,
  findScrapeGaps,
  GAP_FACTOR,
  SCRAPES,
  titleOf,
  type ScrapedTarget,
  type ScrapeGap,
} from './scrape-gaps.ts';
import type { InventorySystem } from './sightings.ts';

/** Of whom what is owed. */
export interface Owed {
  readonly days: readonly WindowDay[];
  readonly inventory: readonly InventorySystem[];
  readonly coverage: readonly StreamCoverage[];
}

/**
 * Finds the stretches of any length in which a target of a system that owes scrapes did not answer, or was not asked,
 * within its scope; and the systems that were to be scraped and never were.
 */
export async function findOwedScrapeGaps(
  database: CaseDatabase,
  { days, inventory, coverage }: Owed,
): Promise<readonly FoundGap[]> {
  const owed = coverage.filter(({ stream, basis }) => stream === SCRAPES && basis !== 'none');
  if (owed.length === 0) return [];
  const missing = findDayGaps(days, inventory, owed)
    .filter(({ kind }) => kind === 'missing')
    .map((gap) => ({ ...gap, before: null, after: null, usual: null, missing: null }));
  const scrapes = { targets: await findScrapedTargets(database), gaps: await findScrapeGaps(database) };
  const whole = { from: days[0]!.from, to: days.at(-1)!.to };
  // A scope ends where it will between two scrapes, as a window does.
  const inScope = owed.flatMap(({ system }) => {
    const scope = withinScope(whole, inventory, { system, stream: SCRAPES });
    const own = <T extends { readonly system: string }>(all: readonly T[]) =>
      all.filter((one) => one.system === system);
    return scope.from < scope.to ? scrapeGaps({ targets: own(scrapes.targets), gaps: own(scrapes.gaps) }, scope) : [];
  });
  return [...missing, ...inScope];
}

interface Scrapes {
  readonly targets: readonly ScrapedTarget[];
  readonly gaps: readonly ScrapeGap[];
}

/** Gaps of every target within the window or scope, those before its first and after its last answer included. */
function scrapeGaps({ targets, gaps }: Scrapes, window: Interval): readonly FoundGap[] {
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
      target: titleOf({ job, instance }),
      ...{ before: null, after: null, usual: null, missing: null },
    }));
}
