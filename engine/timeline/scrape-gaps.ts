/** When a target of Prometheus did not answer: gaps to the sample, from `up`, or from the presence of its series. */
import type { Interval, UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';

/** The stream of everything that a Prometheus scraped. */
export const SCRAPES = 'prometheus';

/** Samples further apart than this many times the interval around them are a gap. */
export const GAP_FACTOR = 4;
/** Distances by which the interval at the beginning and at the end of a target is known. */
const AT_AN_END = 8;

/** What a scrape job asks; its labels are empty where its series have none. */
export interface ScrapeTarget {
  readonly system: string;
  readonly job: string;
  readonly instance: string;
}

/** A target as people and gaps name it. */
export function titleOf({ job, instance }: Pick<ScrapeTarget, 'job' | 'instance'>): string {
  return [job, instance].filter((part) => part !== '').join(' ');
}

/** What is known of a target from what came of it. */
export interface ScrapedTarget extends ScrapeTarget {
  /** The usual distance of its samples, milliseconds; `null` for a single sample. */
  readonly intervalMs: number | null;
  /** The same at its beginning and at its end. */
  readonly firstIntervalMs: number | null;
  readonly lastIntervalMs: number | null;
  /** First and last time it answered; `null` when it never did. */
  readonly first: UtcMicros | null;
  readonly last: UtcMicros | null;
  /** How often it was asked, and how often it answered, where `up` says so. */
  readonly asked: number | null;
  readonly answered: number | null;
}

/** A stretch in which a target did not answer, from its last answer before to the first after it. */
export interface ScrapeGap extends ScrapeTarget, Interval {}

// A target with `up` answered where that is 1. One without, as when metrics were exported by hand, was there whenever
// any of its series was.
const SERIES = `
  series AS (
    SELECT source_id, series_id, name = 'up' AND samples_kept AS is_up, system,
      -- What the server made by rules of its own says nothing about a target.
      name LIKE '%:%' OR name IN ('ALERTS', 'ALERTS_FOR_STATE') AS is_rule,
      coalesce(labels['job'], '') AS job, coalesce(labels['instance'], '') AS instance
    FROM metric_series WHERE system IS NOT NULL),
  looks AS (
    SELECT s.system, s.job, s.instance, m.series_id, m.time, m.value = 1 AS answered, p.interval_ms, p."from" AS run
    FROM series s JOIN metric_samples m USING (series_id)
    ASOF LEFT JOIN metric_presence p ON p.series_id = m.series_id AND p."from" <= m.time
    WHERE s.is_up),
  runs AS (
    SELECT s.system, s.job, s.instance, p."from", p."to" - INTERVAL 1 MILLISECOND AS "to", p.interval_ms
    FROM series s JOIN metric_presence p USING (series_id)
    WHERE NOT s.is_rule AND NOT EXISTS (SELECT 1 FROM series u
      WHERE u.is_up AND u.system = s.system AND u.job = s.job AND u.instance = s.instance)
      AND ((s.job <> '' AND s.instance <> '')
        OR NOT EXISTS (SELECT 1 FROM series u WHERE u.is_up AND u.source_id = s.source_id)))`;

/** Every target of which anything is known, in the order of system, job and instance. */
export async function findScrapedTargets(database: CaseDatabase): Promise<readonly ScrapedTarget[]> {
  const rows = await database.query(`
    WITH ${SERIES},
    steps AS (
      SELECT *, row_number() OVER w AS place, row_number() OVER (PARTITION BY system, job, instance ORDER BY time DESC) AS left_over,
        epoch_ms(time) - epoch_ms(lag(time) OVER w) AS step
      FROM looks WINDOW w AS (PARTITION BY system, job, instance ORDER BY time))
    SELECT system, job, instance, quantile_disc(interval_ms, 0.5) AS interval_ms,
      quantile_disc(step, 0.5) FILTER (place <= ${AT_AN_END} + 1) AS first_interval_ms,
      quantile_disc(step, 0.5) FILTER (left_over <= ${AT_AN_END}) AS last_interval_ms, count(*) AS asked,
      count(*) FILTER (answered) AS answered, min(time) FILTER (answered) AS first, max(time) FILTER (answered) AS last
    FROM steps GROUP BY system, job, instance
    UNION ALL
    SELECT system, job, instance, quantile_disc(interval_ms, 0.5), arg_min(interval_ms, "from"),
      arg_max(interval_ms, "to"), NULL, NULL, min("from"), max("to")
    FROM runs GROUP BY system, job, instance ORDER BY system, job, instance`);
  return rows.map((row) => ({
    ...targetOf(row),
    intervalMs: numberOf(row['interval_ms']),
    firstIntervalMs: numberOf(row['first_interval_ms']),
    lastIntervalMs: numberOf(row['last_interval_ms']),
    first: row['first'] as bigint | null,
    last: row['last'] as bigint | null,
    asked: numberOf(row['asked']),
    answered: numberOf(row['answered']),
  }));
}

/** The gaps between the first and the last answer of each target, in the order of system, job, instance and start. */
export async function findScrapeGaps(database: CaseDatabase): Promise<readonly ScrapeGap[]> {
  const rows = await database.query(`
    WITH ${SERIES},
    counted AS (
      SELECT *, count(*) FILTER (NOT answered) OVER (PARTITION BY system, job, instance ORDER BY time) AS refused
      FROM looks),
    answers AS (
      SELECT *, lag(time) OVER w AS before, lag(refused) OVER w AS refused_before, lag(interval_ms) OVER w AS interval_before,
        lag(run) OVER w = run AND lag(series_id) OVER w = series_id AS is_same_run
      FROM counted WHERE answered WINDOW w AS (PARTITION BY system, job, instance ORDER BY time)),
    reaches AS (
      SELECT *, max("to") OVER (PARTITION BY system, job, instance ORDER BY "from", "to"
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
      FROM runs)
    SELECT system, job, instance, before AS "from", time AS "to" FROM answers
    WHERE refused > refused_before OR (NOT is_same_run
      AND epoch_ms(time) - epoch_ms(before) > ${GAP_FACTOR} * greatest(interval_ms, interval_before))
    UNION ALL
    SELECT system, job, instance, reached, "from" FROM reaches
    WHERE epoch_ms("from") - epoch_ms(reached) > ${GAP_FACTOR} * coalesce(interval_ms, 0)
    ORDER BY system, job, instance, "from"`);
  return rows.map((row) => ({ ...targetOf(row), from: row['from'] as bigint, to: row['to'] as bigint }));
}

function targetOf(row: SqlRow): ScrapeTarget {
  return { system: String(row['system']), job: String(row['job']), instance: String(row['instance']) };
}

function numberOf(value: SqlRow[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
