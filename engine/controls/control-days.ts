/**
 * What one day of one control is called, and why. Pure; the whole rule is in this file.
 *
 * Every state that applies is given, in the order of precedence of shared/states.ts; the first is the one shown.
 * Choices that the words alone do not settle (docs/decisions/control-days.md):
 *
 * - An event control with streams is looked at every day: complete coverage and no item is `effective` (an empty
 *   population, recorded as such), no coverage is `no evidence`. Without streams a day without items is `not due`.
 * - Without streams nothing shows that evidence was complete, so a due day on which nothing was tested is
 *   `no evidence`, never `effective`.
 * - A day on which nothing was to be judged, as its only items are skipped, is `not due`, unless streams show that all
 *   who owed evidence gave it. Information is nothing that was judged either, but excuses no lack of evidence.
 * - `no_evidence` items make the day `no evidence` when nothing else was tested, else `partial`.
 */
import { controlDayStates, type ControlDayState, type Frequency, type RowStatus } from '../../shared/states.ts';
import type { Day } from '../../shared/time.ts';
import type { ControlDayRow } from '../core/result-hash.ts';
import { byCodeUnits } from '../timeline/coverage.ts';
import type { Silent, StreamEvidence } from './day-evidence.ts';

/** What is known about a day before it has a state. */
export interface DayFacts {
  readonly day: Day;
  readonly per: Frequency;
  /** The frequency falls on this day. */
  readonly isDue: boolean;
  readonly items: Readonly<Record<RowStatus, number>>;
  /** Of the alarms, those that were explained and accepted. */
  readonly explainedAlarms: number;
  /** Items that rest on records written while the clock was out or unknown. */
  readonly untrustedItems: number;
  /** One entry for each entry of the control's streams; `null` where the day is not due. */
  readonly evidence: readonly StreamEvidence[] | null;
  /** Tables the control needs that have no row at all. */
  readonly emptyTables: readonly string[];
  /** Why the test could not be run; a sentence. */
  readonly error: string | null;
}

type Applies = Partial<Record<ControlDayState, string>>;

/** Gives the day of a control. `population` counts every item, `tested` those that were judged. */
export function controlDay(facts: DayFacts): ControlDayRow {
  const { items, explainedAlarms } = facts;
  const applying = { ...itemStates(facts), ...evidenceStates(facts) };
  const explained = explanation(facts, applying);
  const found: Applies = explained === undefined ? applying : { ...applying, explained };
  if (Object.keys(found).length === 0) found.effective = effectiveReason(facts);
  const states = controlDayStates.filter((state) => found[state] !== undefined);
  const entries = facts.evidence ?? [];
  const expected = union(entries.map((entry) => entry.expected));
  const silent = new Set(entries.flatMap((entry) => wholly(entry).map(({ system }) => system)));
  return {
    day: facts.day,
    state: states[0]!,
    allStates: states,
    reasons: states.map((state) => found[state]!),
    population: populationOf(facts),
    tested: testedOf(facts),
    deviations: items.alarm - explainedAlarms,
    systemsExpected: expected,
    systemsSeen: expected.filter((system) => !silent.has(system)),
  };
}

function itemStates(facts: DayFacts): Applies {
  const { items, explainedAlarms, untrustedItems, error } = facts;
  const states: Applies = {};
  const open = items.alarm - explainedAlarms;
  const tested = testedOf(facts);
  if (open > 0) states.deviation = `${open} of ${count(tested, 'item')} tested ${open === 1 ? 'deviates' : 'deviate'}.`;
  if (items.undecidable > 0) {
    states.undecidable = `${count(items.undecidable, 'item')} cannot be decided: the clocks are less exact than the difference.`;
  }
  if (untrustedItems > 0) {
    states['untrusted time'] =
      untrustedItems === 1
        ? '1 item rests on a record of a clock that was out or unknown.'
        : `${untrustedItems} items rest on records of a clock that was out or unknown.`;
  }
  if (items.no_evidence > 0) {
    const text = `${count(items.no_evidence, 'item')} ${items.no_evidence === 1 ? 'has' : 'have'} no evidence.`;
    if (tested === 0) states['no evidence'] = text;
    else states.partial = text;
  }
  if (error !== null && facts.isDue) states.error = `The test could not be run: ${error}`;
  else if (items.error > 0) states.error = `${count(items.error, 'item')} could not be tested.`;
  return states;
}

function evidenceStates(facts: DayFacts): Applies {
  const { isDue, evidence, emptyTables } = facts;
  if (!isDue) return isJudged(facts) ? {} : { 'not due': notDueReason(facts) };
  if (emptyTables.length > 0) return { 'no evidence': emptyTablesReason(emptyTables) };
  if (evidence === null || evidence.length === 0) return withoutStreams(facts);
  const none = evidence.find((entry) => entry.isUnknown || isNoneSeen(entry));
  if (none) return { 'no evidence': noneReason(none) };
  const silent = evidence.flatMap(openSilent);
  if (silent.length > 0) return { partial: partialReason(evidence, silent) };
  if (evidence.some(({ expected }) => expected.length > 0) || isJudged(facts)) return {};
  return { 'not due': 'No system that owes this evidence was in scope.' };
}

function withoutStreams(facts: DayFacts): Applies {
  if (isJudged(facts) || facts.error !== null) return {};
  const isSkipped = facts.items.skip > 0 && facts.items.info === 0;
  if (facts.per === 'event' || isSkipped) return { 'not due': notDueReason(facts) };
  return { 'no evidence': 'Nothing was tested, and nothing shows that evidence was complete.' };
}

/** Every alarm and every gap of the day is explained, and there is at least one. */
function explanation({ items, explainedAlarms, evidence }: DayFacts, states: Applies): string | undefined {
  const silent = (evidence ?? []).flatMap((entry) => entry.silent);
  const gaps = silent.filter(({ isExplained }) => isExplained).length;
  const lacks = states['no evidence'] ?? states.partial;
  const isOpen = items.alarm > explainedAlarms || gaps < silent.length || lacks !== undefined;
  if (isOpen || (explainedAlarms === 0 && gaps === 0)) return undefined;
  const parts = [
    ...(explainedAlarms > 0 ? [count(explainedAlarms, 'deviation')] : []),
    ...(gaps > 0 ? [count(gaps, 'gap')] : []),
  ];
  return `${parts.join(' and ')} explained and accepted.`;
}

function effectiveReason(facts: DayFacts): string {
  const tested = testedOf(facts);
  const items = tested === 0 ? '0 items' : `${count(tested, 'item')}, none deviates`;
  const covered = coveredReasons(facts.evidence ?? []);
  return `${[items, ...covered].join('; ')}.`;
}

/** Who was covered, and by whose word they were expected: the inventory's, or the evidence's own. */
function coveredReasons(evidence: readonly StreamEvidence[]): readonly string[] {
  const declared = union(evidence.filter(({ isLearned }) => !isLearned).map(({ expected }) => expected)).length;
  const covered = declared === 1 ? 'the one system expected was covered' : `all ${declared} systems were covered`;
  const learned = evidence.filter(({ isLearned, expected }) => isLearned && expected.length > 0);
  return [...(declared === 0 ? [] : [covered]), ...learned.map(learnedReason)];
}

function learnedReason({ streams, expected }: StreamEvidence): string {
  const taken =
    expected.length === 1
      ? 'the one system seen in it was taken as expected'
      : `the ${expected.length} systems seen in it were taken as expected`;
  return `no inventory asks for ${streams}: ${taken}`;
}

function noneReason({ streams, isUnknown, expected }: StreamEvidence): string {
  if (isUnknown) return `No evidence from ${streams}: no system of the inventory needs it, and none ever gave it.`;
  const owed = expected.length === 1 ? `${expected[0]!} was expected` : `${expected.length} systems were expected`;
  return `No evidence from ${streams}: ${owed}, none was seen.`;
}

function partialReason(evidence: readonly StreamEvidence[], silent: readonly Silent[]): string {
  const expected = union(evidence.map((entry) => entry.expected));
  const none = silent.filter(({ isPartly }) => !isPartly);
  const missing = new Set(none.map(({ system }) => system));
  const seen = `${expected.length - missing.size} of ${expected.length} systems were seen.`;
  const part = silent.filter(({ isPartly }) => isPartly);
  return [
    ...(none.length > 0 ? [`No evidence from ${named(none)}; ${seen}`] : []),
    ...(part.length > 0 ? [`No evidence for a part of the day from ${named(part)}.`] : []),
  ].join(' ');
}

/** The first five, and how many more. */
function named(silent: readonly Silent[]): string {
  const names = silent.slice(0, 5).map(({ system, stream }) => `${system} (${stream})`);
  return `${names.join(', ')}${silent.length > 5 ? ` and ${silent.length - 5} more` : ''}`;
}

function emptyTablesReason(tables: readonly string[]): string {
  return `The case has no row in ${tables.join(', ')}, which the control needs.`;
}

function notDueReason(facts: DayFacts): string {
  const { per } = facts;
  const items = populationOf(facts);
  if (items > 0) return `${count(items, 'item')}, none of which was to be tested.`;
  return per === 'event' ? 'No item occurred.' : `The control is due ${per}, not on this day, and no item occurred.`;
}

const openSilent = ({ silent }: StreamEvidence): readonly Silent[] => silent.filter(({ isExplained }) => !isExplained);
const wholly = ({ silent }: StreamEvidence): readonly Silent[] => silent.filter(({ isPartly }) => !isPartly);

/** Nobody gave anything of it, and that is not explained everywhere. */
function isNoneSeen(entry: StreamEvidence): boolean {
  const silent = new Set(wholly(entry).map(({ system }) => system));
  return entry.expected.every((system) => silent.has(system)) && openSilent(entry).length > 0;
}

function populationOf({ items }: DayFacts): number {
  return Object.values(items).reduce((sum, number) => sum + number, 0);
}

function testedOf({ items }: DayFacts): number {
  return items.ok + items.alarm + items.undecidable;
}

/** There is an item with an outcome of its own, be it that nothing can be said about it. */
function isJudged(facts: DayFacts): boolean {
  return testedOf(facts) + facts.items.no_evidence + facts.items.error > 0;
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort(byCodeUnits);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
