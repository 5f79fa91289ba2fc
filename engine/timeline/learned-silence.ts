/** Learns, from the silences of a stream, how long it may be silent at each hour of the week. */
import type { Interval } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { HOURS_OF_WEEK, type LearnedHour } from './expectations.ts';
import { looksSql } from './heard-hours.ts';
import { hourOfWeekSql, type ZoneOffset } from './zone-hours.ts';

/** A silence as long as is allowed is met in one of a million looks. */
const RAREST = 1e-6;
/** Roll-ups are of hours: silences within one are not seen, so none shorter is judged. */
export const SHORTEST_ALLOWED_S = 3600;
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
const QUANTILES = [0.5, ...TAIL_SHARES.map((share) => 1 - share)];

export interface LearnedStream {
  readonly stream: string;
  readonly system: string;
  /** Hours that were looked at. */
  readonly looks: number;
  /** 168 of them. */
  readonly hours: readonly LearnedHour[];
}

/**
 * Learns the streams of which enough was seen. The looks at each hour of the week are taken together with those at the
 * hour before and after. Half of them and nine of ten are robust: a few bad weeks do not move them much.
 */
export async function learnSilences(
  database: CaseDatabase,
  within: Interval,
  offsets: readonly ZoneOffset[],
): Promise<readonly LearnedStream[]> {
  const rows = await database.query(`
    WITH looks AS MATERIALIZED (${looksSql(within)}),
    enough AS (
      SELECT stream, system FROM stream_hours
      WHERE hour >= make_timestamp(${within.from}) AND hour < make_timestamp(${within.to})
      GROUP BY stream, system HAVING count(DISTINCT hour) >= ${FEWEST_HOURS}
        AND max(hour) - min(hour) >= INTERVAL ${FEWEST_DAYS} DAY),
    placed AS (
      SELECT stream, system, staleness_s, ${hourOfWeekSql('hour', offsets)} AS slot
      FROM looks SEMI JOIN enough USING (stream, system)),
    smoothed AS (
      SELECT stream, system, (slot + step + ${HOURS_OF_WEEK}) % ${HOURS_OF_WEEK} AS slot, staleness_s, step
      FROM placed, (VALUES (-1), (0), (1)) AS steps(step)),
    hours AS (
      SELECT stream, system, slot, quantile_cont(staleness_s, [${QUANTILES.join(', ')}]) AS q, count(*) AS n, count(*) FILTER (WHERE step = 0) AS looks
      FROM smoothed GROUP BY stream, system, slot)
    SELECT stream, system, list(q ORDER BY slot) AS quantiles,
      list(n ORDER BY slot) AS counts, sum(looks)::BIGINT AS looks
    FROM hours GROUP BY stream, system HAVING count(*) = ${HOURS_OF_WEEK} ORDER BY stream, system`);
  return rows.map((row) => {
    const counts = row['counts'] as readonly number[];
    return {
      stream: String(row['stream']),
      system: String(row['system']),
      looks: Number(row['looks']),
      hours: (row['quantiles'] as readonly (readonly number[])[]).map((quantiles, slot) =>
        learnedHour(quantiles, counts[slot]!),
      ),
    };
  });
}

/** What is allowed at an hour of the week, of which the quantiles of so many looks are known; seconds. */
export function learnedHour([usualS = 0, ...tails]: readonly number[], looks: number): LearnedHour {
  const fits = TAIL_SHARES.findIndex((share) => share >= LOOKS_A_WEEK / (looks - 1));
  const chosen = fits === -1 ? TAIL_SHARES.length - 1 : fits;
  const [tailShare, tailS] = [TAIL_SHARES[chosen]!, tails[chosen]!];
  const scaleS = Math.max((tailS - usualS) / Math.log(0.5 / tailShare), 0.05 * usualS, 1);
  const allowedS = Math.max(4 * usualS, tailS + scaleS * Math.log(tailShare / RAREST), SHORTEST_ALLOWED_S);
  return { usualS, tailS, tailShare, scaleS, allowedS };
}

/** How often a silence this long is met by chance, as a share of the looks; at most 1. */
export function likelihoodOf(silenceS: number, { tailS, tailShare, scaleS }: LearnedHour): number {
  return Math.min(1, tailShare * Math.exp(-(silenceS - tailS) / scaleS));
}
