/** Coverage as one control sees it: for each day it is due, who owed evidence of its streams and who gave it. */
import type { WindowDay } from '../../shared/time.ts';
import type { Frequency } from '../../shared/states.ts';
import { byCodeUnits, type StreamCoverage } from '../timeline/coverage.ts';
import { periodEndingOn } from './due-days.ts';
import { areExplained, touchesDay, type GapsByStream } from './gaps-of-day.ts';
import { streamAlternatives } from './pack.ts';

/** A system that owed evidence of a stream and gave none, or not all. */
export interface Silent {
  readonly system: string;
  readonly stream: string;
  /** It spoke, and gaps spoil a part of the day. */
  readonly isPartly: boolean;
  /** Tickets or people explained every gap of the day. */
  readonly isExplained: boolean;
}

/** The evidence of one entry of a control's `streams`. */
export interface StreamEvidence {
  /** As the control writes it: `auditd`, or `auditd or syslog`. */
  readonly streams: string;
  /** No system of the inventory needs it, and none ever gave it. */
  readonly isUnknown: boolean;
  /** No system of the inventory needs it; those that were seen in it were taken as expected. */
  readonly isLearned: boolean;
  readonly expected: readonly string[];
  /** Those of `expected` that gave all they owed. */
  readonly seen: readonly string[];
  readonly silent: readonly Silent[];
}

/** The timeline as far as days are concerned. */
export interface DayGround {
  readonly days: readonly WindowDay[];
  readonly gaps: GapsByStream;
  /** Somebody declared or confirmed how often the stream speaks, so that a day without a record may be as it should. */
  readonly isQuietAgreed: (of: { readonly system: string; readonly stream: string }) => boolean;
}

interface Asked {
  readonly streams: readonly string[];
  readonly per: Frequency;
}

/**
 * Gives, for each day of the window, the evidence of each entry of `streams`; `null` on days the control is not due.
 *
 * A weekly, monthly or quarterly control is judged by its whole period, as far as the window has it: a system has given
 * evidence when it was seen on any day of it. Gaps within days count for controls that are judged day by day.
 *
 * A day without any record is silent, unless somebody declared or confirmed how often the stream speaks and no gap lies
 * in the day: what was only learned may find more gaps, and excuses none.
 */
export function evidenceByDay(
  { streams, per }: Asked,
  coverage: readonly StreamCoverage[],
  ground: DayGround,
): readonly (readonly StreamEvidence[] | null)[] {
  const entries = streams.map((entry) => ({ entry, owed: owedCoverage(streamAlternatives(entry), coverage) }));
  const { days } = ground;
  return days.map(({ day }, place) => {
    const start = periodEndingOn(day, per);
    if (start === undefined) return null;
    const first = Math.max(
      0,
      days.findIndex((one) => one.day >= start),
    );
    const period = { first, last: place, ...ground };
    return entries.map(({ entry, owed }) => evidenceOf(entry, owed, period));
  });
}

/** What the inventory asks for; where it asks for none of the alternatives, what was seen of them before. */
function owedCoverage(alternatives: readonly string[], coverage: readonly StreamCoverage[]): readonly StreamCoverage[] {
  const ours = coverage.filter(({ stream }) => alternatives.includes(stream));
  const declared = ours.filter(({ basis }) => basis === 'declared');
  return declared.length > 0 ? declared : ours.filter(({ basis }) => basis === 'learned');
}

interface Period extends DayGround {
  /** Places of the first and last day. */
  readonly first: number;
  readonly last: number;
}

function evidenceOf(streams: string, owed: readonly StreamCoverage[], period: Period): StreamEvidence {
  const expected = new Set<string>();
  const silent: Silent[] = [];
  for (const one of owed) {
    if (!one.expected.slice(period.first, period.last + 1).includes(true)) continue;
    expected.add(one.system);
    silent.push(...silenceOf(one, period));
  }
  const all = [...expected].sort(byCodeUnits);
  const seen = all.filter((system) => !silent.some((one) => one.system === system));
  const isUnknown = owed.length === 0;
  const isLearned = !isUnknown && owed.every(({ basis }) => basis === 'learned');
  return { streams, isUnknown, isLearned, expected: all, seen, silent };
}

/** What one system lacks in one stream over a period; nothing where it gave all it owed. */
function silenceOf(coverage: StreamCoverage, { days, first, last, gaps, isQuietAgreed }: Period): readonly Silent[] {
  const { system, stream } = coverage;
  const interval = { from: days[first]!.from, to: days[last]!.to };
  const within = gaps.within(coverage, interval);
  if (coverage.seen.slice(first, last + 1).some((day) => day !== undefined)) {
    const touching = first === last ? within.filter((gap) => touchesDay(gap, interval)) : [];
    return touching.length === 0 ? [] : [{ system, stream, isPartly: true, isExplained: areExplained(touching) }];
  }
  if (within.length === 0 && !coverage.neverSeen && !coverage.isScan && isQuietAgreed(coverage)) return [];
  return [{ system, stream, isPartly: false, isExplained: areExplained(within) }];
}
