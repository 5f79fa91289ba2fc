/** Learns, from the silences of a stream, how long it may be silent at each hour of the week. */
import type { Transaction } from '../store/case-database.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import { HOURS_OF_WEEK, type LearnedHour } from './expectations.ts';
import { HEARD_HOURS, looksSql } from './heard-hours.ts';
import { hourOfWeekSql, type ZoneOffset } from './zone-hours.ts';

/** A silence as long as is allowed is met in one of a million looks. */
const RAREST = 1e-6;
/** What was learned never takes less for a gap, so that nobody is drowned in short ones. */
const SHORTEST_ALLOWED_S = 900;
/** What is needed to learn: hours with records, and days between the first and the last. */
const FEWEST_HOURS = 30;
const FEWEST_DAYS = 14;

/** The looks of one week at an hour of the week: those at the hours before and after count too. */
const LOOKS_A_WEEK = 3;
/**
 * The share of looks that are longer than the tail: one in ten, which two bad weeks in half a year do not move. Of a shorter
 * history a larger share, so that one bad week stays outside.
 */
const TAIL_SHARES = [0.1, 0.15, 0.2, 0.25, 0.3] as const;
/** A quarter: the share that many more bad weeks do not move. A tail that is this many times as wide by it is stretched. */
const ROBUST = TAIL_SHARES.indexOf(0.25);
const MOST_STRETCHED = 1.5;
const QUANTILES = [0.5, ...TAIL_SHARES.map((share) => 1 - share)];

export interface Learned {
  /** Hours that were looked at. */
  readonly looks: number;
  /** 168 of them. */
  readonly hours: readonly LearnedHour[];
}

/**
 * Learns the pairs in `heard_hours` (engine/timeline/heard-hours.ts) of which enough was seen. The looks at each hour of the
 * week are taken together with those at the hour before and after. Half of them and nine of ten are robust: a few bad
 * weeks do not move them much.
 */
export async function learnSilences(
  transaction: Transaction,
  offsets: readonly ZoneOffset[],
): Promise<ReadonlyMap<number, Learned>> {
  const rows = await transaction.query(`
    WITH enough AS (
      SELECT pair FROM ${HEARD_HOURS} GROUP BY pair HAVING count(DISTINCT hour) >= ${FEWEST_HOURS}
        AND max(hour) - min(hour) >= INTERVAL ${FEWEST_DAYS} DAY),
    placed AS (
      SELECT pair, staleness_s, is_heard, ${hourOfWeekSql('hour', offsets)} AS slot
      FROM (${looksSql()}) SEMI JOIN enough USING (pair)),
    smoothed AS (
      SELECT pair, (slot + step + ${HOURS_OF_WEEK}) % ${HOURS_OF_WEEK} AS slot, staleness_s, is_heard, step
      FROM placed, (VALUES (-1), (0), (1)) AS steps(step)),
    hours AS (
      SELECT pair, slot, quantile_cont(staleness_s, [${QUANTILES.join(', ')}]) AS q, count(*) AS n,
        count(*) FILTER (WHERE step = 0 AND NOT is_heard) AS unheard, count(*) FILTER (WHERE step = 0) AS looks
      FROM smoothed GROUP BY pair, slot)
    SELECT pair, list(q ORDER BY slot) AS quantiles, list(n ORDER BY slot) AS counts,
      list(unheard ORDER BY slot) AS unheard, list(looks ORDER BY slot) AS looks
    FROM hours GROUP BY pair HAVING count(*) = ${HOURS_OF_WEEK}`);
  return new Map(rows.map((row) => [Number(row['pair']), learnedOf(row)]));
}

function learnedOf(row: SqlRow): Learned {
  const numbers = (name: string): readonly number[] => (row[name] as readonly SqlValue[]).map(Number);
  const [counts, unheard, looks] = [numbers('counts'), numbers('unheard'), numbers('looks')];
  const quantiles = row['quantiles'] as readonly (readonly number[])[];
  // Without one of them, which may be the silence that is asked about; and never none, as what was never may be yet.
  const share = (slot: number): number => (Math.max(unheard[slot]! - 1, 0) + 0.5) / (looks[slot]! + 1);
  const hours = quantiles.map((each, slot) => learnedHour(each, counts[slot]!, share(slot)));
  return { looks: looks.reduce((all, one) => all + one, 0), hours: steadied(hours) };
}

/** What is allowed at an hour of the week, of which the quantiles of so many looks are known; seconds. */
export function learnedHour(quantiles: readonly number[], looks: number, unheardShare: number): LearnedHour {
  const [usualS = 0, ...tails] = quantiles;
  const fits = TAIL_SHARES.findIndex((share) => share >= LOOKS_A_WEEK / (looks - 1));
  const own = fits === -1 ? TAIL_SHARES.length - 1 : fits;
  const scaleAt = (place: number): number =>
    Math.max((tails[place]! - usualS) / Math.log(0.5 / TAIL_SHARES[place]!), 0.05 * usualS, 1);
  // A few more bad weeks than the tail stands stretch it, and not the looks below it.
  const isStretched = scaleAt(own) > MOST_STRETCHED * scaleAt(ROBUST);
  const chosen = isStretched ? Math.max(own, ROBUST) : own;
  const scaleS = isStretched ? MOST_STRETCHED * scaleAt(ROBUST) : scaleAt(own);
  return allowing({ usualS, tailS: tails[chosen]!, tailShare: TAIL_SHARES[chosen]!, scaleS, unheardShare });
}

function allowing(known: Omit<LearnedHour, 'allowedS'>): LearnedHour {
  const { usualS, tailS, tailShare, scaleS } = known;
  const rarest = tailS + scaleS * Math.log(tailShare / RAREST);
  return { ...known, allowedS: Math.max(4 * usualS, rarest, SHORTEST_ALLOWED_S) };
}

/**
 * The same hours, none with a narrower spread than is usual for the stream: what a few dozen looks say of one of 168 hours is
 * by chance much too narrow for some of them, and each would be a false gap.
 */
export function steadied(hours: readonly LearnedHour[]): readonly LearnedHour[] {
  const spread = middleOf(hours.map(({ scaleS }) => scaleS));
  const share = middleOf(hours.map(({ scaleS, usualS }) => scaleS / Math.max(usualS, 1)));
  return hours.map((hour) =>
    allowing({ ...hour, scaleS: Math.max(hour.scaleS, Math.min(spread, share * hour.usualS)) }),
  );
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** How often a staleness this long is met by chance, as a share of the looks; at most 1. */
export function likelihoodOf(silenceS: number, { tailS, tailShare, scaleS }: LearnedHour): number {
  return Math.min(1, tailShare * Math.exp(-(silenceS - tailS) / scaleS));
}

/** An hour is steady when its looks differ by less than this share of what is usual: a job that runs at fixed times. */
const STEADY_SHARE = 0.3;

/** At a steady hour staleness alone tells a gap; at others it may be long by chance, where a stream speaks now and then. */
export function isSteady({ scaleS, usualS }: LearnedHour): boolean {
  return scaleS < STEADY_SHARE * usualS;
}

/** A stream is dense at an hour when it is usually not silent for longer than this at a time. */
const DENSE_S = 900;

/** At a dense hour the many silences of each look tell how long one may be. */
export function isDense({ usualS }: LearnedHour): boolean {
  return usualS <= DENSE_S;
}
