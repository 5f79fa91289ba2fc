/** Every gap as it is found: what is owed by whom, how often, and where that did not come. */
import { MICROS_PER_DAY, windowDays, type AuditWindow, type Interval, type WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { byCodeUnits, coverageOf, type StreamCoverage } from './coverage.ts';
import { HOURS_OF_WEEK, type DeclaredExpectation, type Expectation, type SecondsByHour } from './expectations.ts';
import type { FoundGap } from './gap.ts';
import { findGaps, gapsOf } from './gaps.ts';
import { learnSilences, type LearnedStream } from './learned-silence.ts';
import { SCRAPES } from './scrape-gaps.ts';
import { findSightings, readInventory, type InventorySystem } from './sightings.ts';
import { gapsByHour, readHeardStreams, silencesWithin, type HeardStream } from './silences.ts';
import { zoneOffsets, type ZoneOffset } from './zone-hours.ts';

/** What the timeline knows of each stream of each system before other evidence is asked. */
export interface Found {
  readonly coverage: readonly StreamCoverage[];
  readonly expectations: readonly Expectation[];
  /** In the order of stream, system and start. */
  readonly gaps: readonly FoundGap[];
}

/** Evidence this long before the window is learned from too. A time that is wrong by years must not cost years of hours. */
const HISTORY = 400n * MICROS_PER_DAY;

/** Only silences longer than this can be gaps, as roll-ups are of hours. */
const SHORTEST_S = 3600;

/**
 * Finds all expectations and gaps. A declared or confirmed expectation counts before a learned one; a needed stream of
 * which too little was seen to learn, and scans, owe a record on each day. What nobody needs and was not learned owes none.
 */
export async function findExpectedAndGaps(
  database: CaseDatabase,
  window: AuditWindow,
  declared: readonly DeclaredExpectation[],
): Promise<Found> {
  const days = windowDays(window);
  const whole: Interval = { from: days[0]!.from, to: days.at(-1)!.to };
  const within: Interval = { from: whole.from - HISTORY, to: whole.to };
  const offsets = zoneOffsets(window.zone, within);
  const inventory = await readInventory(database);
  const coverage = coverageOf(days, inventory, await findSightings(database, days));
  const learned = byName(await learnSilences(database, within, offsets));
  const heard = byName(await readHeardStreams(database, within, SHORTEST_S));
  const said = byName(declared);
  const expectations = coverage.map((one) => expectationOf(one, said.get(nameOf(one)), learned.get(nameOf(one))));
  const gaps = expectations.flatMap((expectation, place) => {
    const one = coverage[place]!;
    const known = { days, whole, inventory, offsets, heard: heard.get(nameOf(one)) };
    return one.stream === SCRAPES ? [] : gapsOfStream(one, expectation, known);
  });
  return { coverage, expectations, gaps: [...gaps, ...(await gapsOfScrapes(database, window))].sort(byPlace) };
}

const nameOf = ({ stream, system }: { readonly stream: string; readonly system: string }): string =>
  JSON.stringify([stream, system]);

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
  learned: LearnedStream | undefined,
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
  return { ...common, basis: 'daily', says: `${whyDaily(isScan, neverSeen)} on each day.` };
}

function whyDaily(isScan: boolean, neverSeen: boolean): string {
  if (isScan) return 'A scan is owed';
  return neverSeen ? 'It never spoke: a record is owed' : 'Too little was seen to learn: a record is owed';
}

function eachHour(seconds: SecondsByHour): readonly number[] {
  return typeof seconds === 'number' ? new Array<number>(HOURS_OF_WEEK).fill(seconds) : seconds;
}

interface Known {
  readonly days: readonly WindowDay[];
  readonly whole: Interval;
  readonly inventory: readonly InventorySystem[];
  readonly offsets: readonly ZoneOffset[];
  readonly heard: HeardStream | undefined;
}

function gapsOfStream(coverage: StreamCoverage, expectation: Expectation, known: Known): readonly FoundGap[] {
  const { days, whole, inventory, offsets, heard } = known;
  if (expectation.basis === 'none') return [];
  if (expectation.allowedS.length === 0 || !heard || coverage.isScan) {
    return gapsOf(days, inventory, [coverage]).map((gap) => citedGap(gap, heard));
  }
  return scopesOf(coverage, inventory, whole).flatMap((owed) =>
    gapsByHour(silencesWithin(heard, owed), expectation, { owed, offsets }),
  );
}

/** The stretches of the window in which a system owes a stream; all of it where no inventory names it. */
export function scopesOf(
  { system, stream }: Pick<StreamCoverage, 'system' | 'stream'>,
  inventory: readonly InventorySystem[],
  whole: Interval,
): readonly Interval[] {
  const rows = inventory.filter((one) => one.system === system && one.needs.includes(stream));
  if (rows.length === 0) return [whole];
  const cut = rows
    .map(({ scopeFrom, scopeTo }) => ({
      from: scopeFrom === null || scopeFrom < whole.from ? whole.from : scopeFrom,
      to: scopeTo === null || scopeTo > whole.to ? whole.to : scopeTo,
    }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return joined(cut);
}

/** Intervals in order, those that touch or overlap made one. */
export function joined(intervals: readonly Interval[]): readonly Interval[] {
  const all: Interval[] = [];
  for (const { from, to } of intervals) {
    const last = all.at(-1);
    if (last && from <= last.to) all[all.length - 1] = { from: last.from, to: to > last.to ? to : last.to };
    else all.push({ from, to });
  }
  return all;
}

/** A gap of whole days, with the records that it lies between where it ends at them. */
function citedGap(gap: ReturnType<typeof gapsOf>[number], heard: HeardStream | undefined): FoundGap {
  const { system, stream, kind, from, to, target } = gap;
  const lastBefore = heard?.silences.find((one) => one.from === from)?.before;
  const firstAfter = heard?.silences.find((one) => one.to === to)?.after;
  const before = lastBefore ?? (heard?.last.at === from ? heard.last.cites : null);
  const after = firstAfter ?? (heard?.first.at === to ? heard.first.cites : null);
  const known = { before, after, usual: null, missing: null };
  return { system, stream, kind, from, to, ...(target === undefined ? {} : { target }), ...known };
}

async function gapsOfScrapes(database: CaseDatabase, window: AuditWindow): Promise<readonly FoundGap[]> {
  const all = await findGaps(database, window);
  return all.filter(({ stream }) => stream === SCRAPES).map((gap) => citedGap(gap, undefined));
}
