/** Coverage as one control sees it: for each day it is due, who owed evidence of its streams and who gave it. */
import type { Day, WindowDay } from '../../shared/time.ts';
import type { Frequency } from '../../shared/states.ts';
import { byCodeUnits, type StreamCoverage } from '../timeline/coverage.ts';
import { periodEndingOn } from './due-days.ts';
import { streamAlternatives } from './pack.ts';

/** A system that owed evidence of a stream and gave none. */
export interface Silent {
  readonly system: string;
  readonly stream: string;
  /** A ticket or a person explained the gap. */
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

export type IsGapExplained = (gap: { readonly system: string; readonly stream: string; readonly day: Day }) => boolean;

interface Asked {
  readonly streams: readonly string[];
  readonly per: Frequency;
}

/**
 * Gives, for each day of the window, the evidence of each entry of `streams`; `null` on days the control is not due.
 *
 * A weekly, monthly or quarterly control is judged by its whole period, as far as the window has it: a system has given
 * evidence when it was seen on any day of it.
 */
export function evidenceByDay(
  { streams, per }: Asked,
  coverage: readonly StreamCoverage[],
  { days, isGapExplained }: { readonly days: readonly WindowDay[]; readonly isGapExplained: IsGapExplained },
): readonly (readonly StreamEvidence[] | null)[] {
  const entries = streams.map((entry) => ({ entry, owed: owedCoverage(streamAlternatives(entry), coverage) }));
  return days.map(({ day }, place) => {
    const start = periodEndingOn(day, per);
    if (start === undefined) return null;
    const first = Math.max(
      0,
      days.findIndex((one) => one.day >= start),
    );
    const period = { first, last: place, day, isGapExplained };
    return entries.map(({ entry, owed }) => evidenceOf(entry, owed, period));
  });
}

/** What the inventory asks for; where it asks for none of the alternatives, what was seen of them before. */
function owedCoverage(alternatives: readonly string[], coverage: readonly StreamCoverage[]): readonly StreamCoverage[] {
  const ours = coverage.filter(({ stream }) => alternatives.includes(stream));
  const declared = ours.filter(({ basis }) => basis === 'declared');
  return declared.length > 0 ? declared : ours.filter(({ basis }) => basis === 'learned');
}

interface Period {
  readonly first: number;
  readonly last: number;
  readonly day: Day;
  readonly isGapExplained: IsGapExplained;
}

function evidenceOf(streams: string, owed: readonly StreamCoverage[], period: Period): StreamEvidence {
  const expected = new Set<string>();
  const silent: Silent[] = [];
  for (const { system, stream, expected: isExpected, seen } of owed) {
    if (!isExpected.slice(period.first, period.last + 1).includes(true)) continue;
    expected.add(system);
    if (seen.slice(period.first, period.last + 1).some((day) => day !== undefined)) continue;
    silent.push({ system, stream, isExplained: period.isGapExplained({ system, stream, day: period.day }) });
  }
  const all = [...expected].sort(byCodeUnits);
  const seen = all.filter((system) => !silent.some((one) => one.system === system));
  const isUnknown = owed.length === 0;
  const isLearned = !isUnknown && owed.every(({ basis }) => basis === 'learned');
  return { streams, isUnknown, isLearned, expected: all, seen, silent };
}
