/** Every gap as it is found: what is owed by whom, how often, and where that did not come. */
import { MICROS_PER_DAY, windowDays, type AuditWindow, type Interval, type WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { byCodeUnits, coverageOf, type StreamCoverage } from './coverage.ts';
import { findDayGaps, type DayGap } from './day-gaps.ts';
import { HOURS_OF_WEEK, type DeclaredExpectation, type Expectation, type SecondsByHour } from './expectations.ts';
import { nameOf, type FoundGap } from './gap.ts';
import { joined } from './gap-ranges.ts';
import type { Learned } from './learned-silence.ts';
import {
  cadenceOf,
  longestDistance,
  missedScans,
  readScannedSystems,
  type ScanLook,
  type ScannedSystem,
} from './scan-cadence.ts';
import { SCRAPES } from './scrape-gaps.ts';
import { findOwedScrapeGaps } from './scrape-register.ts';
import { findSightings, readInventory, type InventorySystem } from './sightings.ts';
import { gapsByHour, silencesWithin, type HeardStream } from './silences.ts';
import { readStreamHistories } from './stream-histories.ts';
import { zoneOffsets, type ZoneOffset } from './zone-hours.ts';

/** What the timeline knows of each stream of each system before other evidence is asked. */
export interface Found extends Expected {
  /** In the order of stream, system and start. */
  readonly gaps: readonly FoundGap[];
}

/** Evidence this long before the window is learned from too. A time that is wrong by years must not cost years of hours. */
const HISTORY = 400n * MICROS_PER_DAY;

/** What is owed, and what is known to judge it by. */
export interface Expected {
  readonly days: readonly WindowDay[];
  readonly whole: Interval;
  readonly inventory: readonly InventorySystem[];
  readonly offsets: readonly ZoneOffset[];
  /** One for each stream of each system, in the same order. */
  readonly coverage: readonly StreamCoverage[];
  readonly expectations: readonly Expectation[];
  /** By `nameOf`. */
  readonly heard: ReadonlyMap<string, HeardStream>;
  /** By `nameOf`. */
  readonly scanned: ReadonlyMap<string, ScannedSystem>;
  /** Streams of systems of which the roll-ups were read, as they were not what they had been. */
  readonly readAnew: number;
}

/**
 * Finds all expectations. A declared or confirmed one counts before a learned one; a needed stream of which too little was
 * seen to learn, and scans, owe a record on each day. What nobody needs and was not learned owes none.
 */
export async function findExpectations(
  database: CaseDatabase,
  window: AuditWindow,
  declared: readonly DeclaredExpectation[],
): Promise<Expected> {
  const days = windowDays(window);
  const whole: Interval = { from: days[0]!.from, to: days.at(-1)!.to };
  const within: Interval = { from: whole.from - HISTORY, to: whole.to };
  const offsets = zoneOffsets(window.zone, within);
  const inventory = await readInventory(database);
  const coverage = coverageOf(days, inventory, await findSightings(database, days));
  const said = byName(declared);
  const shortestSaid = (stream: string, system: string): number | undefined => {
    const one = said.get(nameOf({ stream, system }));
    const shortest = one && Math.min(...eachHour(one.allowedS));
    return Number.isFinite(shortest) ? shortest : undefined;
  };
  const { all, readAnew } = await readStreamHistories(database, { within, offsets, shortestSaid });
  const learned = new Map(all.map((one) => [nameOf(one.heard), one.learned]));
  const scanned = byName(await readScannedSystems(database, within));
  const expectations = coverage.map((one) => {
    const name = nameOf(one);
    const cadenceS = one.isScan ? cadenceOf(scanned.get(name)?.looks ?? []) : undefined;
    return expectationOf(one, said.get(name), { learned: learned.get(name), cadenceS });
  });
  const heard = byName(all.map((one) => one.heard));
  return { days, whole, inventory, offsets, coverage, expectations, heard, scanned, readAnew };
}

/** Finds all expectations and gaps. */
export async function findExpectedAndGaps(
  database: CaseDatabase,
  window: AuditWindow,
  declared: readonly DeclaredExpectation[],
): Promise<Found> {
  const expected = await findExpectations(database, window, declared);
  const { days, inventory, coverage, expectations, heard, scanned } = expected;
  const gaps = expectations.flatMap((expectation, place) => {
    const one = coverage[place]!;
    if (one.stream === SCRAPES) return [];
    const known = { heard: heard.get(nameOf(one)), looks: scanned.get(nameOf(one))?.looks ?? [] };
    return gapsOfStream(one, expectation, { ...expected, ...known });
  });
  const ofScrapes = await findOwedScrapeGaps(database, { days, inventory, coverage });
  return { ...expected, gaps: [...gaps, ...ofScrapes].sort(byPlace) };
}

function byName<T extends { readonly stream: string; readonly system: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [nameOf(one), one]));
}

function byPlace(a: FoundGap, b: FoundGap): number {
  const names =
    byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system) || byCodeUnits(a.target ?? '', b.target ?? '');
  return names || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

/** What is expected of a stream of a system, and on what that rests. */
export function expectationOf(
  { stream, system, basis: owedBy, isScan, neverSeen }: StreamCoverage,
  said: DeclaredExpectation | undefined,
  { learned, cadenceS }: { readonly learned?: Learned | null | undefined; readonly cadenceS?: number | undefined },
): Expectation {
  const common = { stream, system, owedBy, usualS: [], allowedS: [], learned: null, looks: learned?.looks ?? 0 };
  if (said) {
    const numbers = {
      usualS: said.usualS === undefined ? [] : eachHour(said.usualS),
      allowedS: eachHour(said.allowedS),
    };
    return { ...common, ...numbers, basis: said.basis, says: said.says ?? `The longest silence is ${said.basis}.` };
  }
  if (owedBy === 'none') return { ...common, basis: 'none', says: 'Nobody needs it: nothing is owed.' };
  if (learned && !isScan && stream !== SCRAPES) {
    const usualS = learned.hours.map((hour) => hour.usualS);
    const allowedS = learned.hours.map((hour) => hour.allowedS);
    const says = `Learned from ${learned.looks} hours of its own history, by hour of the week.`;
    return { ...common, usualS, allowedS, learned: learned.hours, basis: 'learned', says };
  }
  if (owedBy === 'learned' && !isScan && stream !== SCRAPES) {
    return { ...common, basis: 'none', says: 'Nobody declared it, and too little was seen to learn: nothing is owed.' };
  }
  if (cadenceS !== undefined) {
    const numbers = { usualS: eachHour(cadenceS), allowedS: eachHour(longestDistance(cadenceS)) };
    const says = `Learned from its scans: one is owed each ${spokenDays(cadenceS)} days.`;
    return { ...common, ...numbers, basis: 'cadence', says };
  }
  return { ...common, basis: 'daily', says: `${whyDaily(isScan, neverSeen)} on each day.` };
}

function spokenDays(seconds: number): string {
  return String(Math.round((seconds / 86_400) * 10) / 10);
}

function whyDaily(isScan: boolean, neverSeen: boolean): string {
  if (isScan) return 'A scan is owed';
  return neverSeen ? 'It never spoke: a record is owed' : 'Too little was seen to learn: a record is owed';
}

function eachHour(seconds: SecondsByHour): readonly number[] {
  return typeof seconds === 'number' ? new Array<number>(HOURS_OF_WEEK).fill(seconds) : seconds;
}

type Known = Pick<Expected, 'days' | 'whole' | 'inventory' | 'offsets'> & {
  readonly heard: HeardStream | undefined;
  readonly looks: readonly ScanLook[];
};

function gapsOfStream(coverage: StreamCoverage, expectation: Expectation, known: Known): readonly FoundGap[] {
  const { days, whole, inventory, offsets, heard, looks } = known;
  if (expectation.basis === 'none') return [];
  const owedIn = scopesOf(coverage, inventory, whole);
  if (expectation.allowedS.length > 0 && looks.length > 0 && coverage.isScan) {
    return owedIn.flatMap((owed) => missedScans(looks, expectation, owed));
  }
  if (expectation.allowedS.length === 0 || !heard || coverage.isScan) {
    return findDayGaps(days, inventory, [coverage]).map((gap) => citedGap(gap, heard));
  }
  return owedIn.flatMap((owed) => gapsByHour(silencesWithin(heard, owed), expectation, { owed, offsets }));
}

/**
 * The stretches of the window in which a system owes a stream: while the inventory says that it needs it; where it does not
 * say so, while the system is in scope; all of the window where no inventory names the system.
 */
export function scopesOf(
  { system, stream }: Pick<StreamCoverage, 'system' | 'stream'>,
  inventory: readonly InventorySystem[],
  whole: Interval,
): readonly Interval[] {
  const own = inventory.filter((one) => one.system === system);
  if (own.length === 0) return [whole];
  const needing = own.filter(({ needs }) => needs.includes(stream));
  const cut = (needing.length === 0 ? own : needing)
    .map(({ scopeFrom, scopeTo }) => ({
      from: scopeFrom === null || scopeFrom < whole.from ? whole.from : scopeFrom,
      to: scopeTo === null || scopeTo > whole.to ? whole.to : scopeTo,
    }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return joined(cut);
}

/** A gap of whole days, with the records that it lies between where it ends at them. */
function citedGap(gap: DayGap, heard: HeardStream | undefined): FoundGap {
  const { from, to } = gap;
  const lastBefore = heard?.silences.find((one) => one.from === from)?.before;
  const firstAfter = heard?.silences.find((one) => one.to === to)?.after;
  const before = lastBefore ?? (heard?.last.at === from ? heard.last.cites : null);
  const after = firstAfter ?? (heard?.first.at === to ? heard.first.cites : null);
  return { ...gap, before, after, usual: null, missing: null };
}
