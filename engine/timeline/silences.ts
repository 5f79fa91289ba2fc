/** Silences that are longer than is allowed at some hour that they span. */
import { MICROS_PER_HOUR, type Interval, type UtcMicros } from '../../shared/time.ts';
import type { Expectation } from './expectations.ts';
import type { CitedRecord, FoundGap, Usual } from './gap.ts';
import { isDense, isSteady, likelihoodOf } from './learned-silence.ts';
import { hourOfWeek, type ZoneOffset } from './zone-hours.ts';

/** A stretch between two records, or between one and an end of what is owed. */
export interface Silence extends Interval {
  readonly before: CitedRecord | null;
  readonly after: CitedRecord | null;
}

/** What is known of one stream of one system: its first and last record, and the longer silences between, in order. */
export interface HeardStream {
  readonly stream: string;
  readonly system: string;
  readonly first: { readonly at: UtcMicros; readonly cites: CitedRecord | null };
  readonly last: { readonly at: UtcMicros; readonly cites: CitedRecord | null };
  readonly silences: readonly Silence[];
}

/** The silences of a stream in a stretch in which it is owed, those at the two ends included. */
export function silencesWithin(heard: HeardStream, owed: Interval): readonly Silence[] {
  if (heard.first.at >= owed.to) return [{ ...owed, before: null, after: heard.first.cites }];
  const all: readonly Silence[] = [
    { from: owed.from, to: heard.first.at, before: null, after: heard.first.cites },
    ...heard.silences,
    { from: heard.last.at, to: owed.to, before: heard.last.cites, after: null },
  ];
  return all.filter(({ from, to }) => from < to && from < owed.to && to > owed.from);
}

/**
 * The silences that are gaps by an expectation with hours of the week. Staleness is counted from the last record, also
 * when that lies before the stretch; the gap itself is cut to the stretch.
 */
export function gapsByHour(
  silences: readonly Silence[],
  expectation: Expectation,
  { owed, offsets }: { readonly owed: Interval; readonly offsets: readonly ZoneOffset[] },
): readonly FoundGap[] {
  const { system, stream } = expectation;
  return silences.flatMap((silence): readonly FoundGap[] => {
    const usual = excessOf(silence, expectation, { owed, offsets });
    if (!usual) return [];
    const from = silence.from > owed.from ? silence.from : owed.from;
    const to = silence.to < owed.to ? silence.to : owed.to;
    const { before, after } = silence;
    return [{ system, stream, kind: 'silence', from, to, before, after, usual, missing: null }];
  });
}

/**
 * A silence is met by chance as often as all its hours are without a record. One that is met more often than this tells
 * nothing: at steady hours, where staleness tells the most, and at others. At hours at which the stream speaks many times
 * it is not asked: a silence may be rare there and shorter than an hour.
 */
const RAREST_SILENCE = { steady: 0.1, other: 1e-5 } as const;

/**
 * The numbers of the hour at which a silence is furthest beyond what is allowed; `undefined` where it never is, or where
 * it is only at hours at which the stream speaks now and then, and is as silent by chance.
 */
function excessOf(
  silence: Silence,
  { usualS, allowedS, learned }: Expectation,
  { owed, offsets }: { readonly owed: Interval; readonly offsets: readonly ZoneOffset[] },
): Usual | undefined {
  const begin = silence.from > owed.from ? silence.from : owed.from;
  const end = silence.to < owed.to ? silence.to : owed.to;
  let most = 1;
  let worst: Usual | undefined;
  let isDensely = false;
  let isSteadily = false;
  let chance = 1;
  for (let hour = begin - mod(begin, MICROS_PER_HOUR); hour < end; hour += MICROS_PER_HOUR) {
    const at = hourOfWeek(hour, offsets);
    const reached = hour + MICROS_PER_HOUR < end ? hour + MICROS_PER_HOUR : end;
    const entered = hour > begin ? hour : begin;
    const numbers = learned?.[at];
    if (numbers) chance *= numbers.unheardShare ** (Number(reached - entered) / Number(MICROS_PER_HOUR));
    const stalenessS = Number(reached - silence.from) / 1e6;
    const share = stalenessS / allowedS[at]!;
    if (share <= 1) continue;
    if (numbers && isDense(numbers)) isDensely = true;
    if (numbers && isSteady(numbers)) isSteadily = true;
    if (share <= most) continue;
    most = share;
    const likelihood = numbers ? likelihoodOf(stalenessS, numbers) : null;
    worst = { usualS: usualS[at] ?? 0, allowedS: allowedS[at]!, likelihood };
  }
  if (!worst || worst.likelihood === null) return worst;
  if (!isDensely && chance >= (isSteadily ? RAREST_SILENCE.steady : RAREST_SILENCE.other)) return undefined;
  return { ...worst, likelihood: toldChance(isDensely || isSteadily ? worst.likelihood : chance) };
}

/** A chance in three digits, at least one in a million million: what lies below differs by the machine and tells no more. */
function toldChance(chance: number): number {
  return Math.max(1e-12, Number(chance.toPrecision(3)));
}

function mod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}
