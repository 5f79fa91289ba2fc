/** Records that are missing by their numbers, between the two that are cited. */
import { windowInterval, type AuditWindow, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import { byCodeUnits } from './coverage.ts';
import type { FoundGap } from './gap.ts';
import { sequenceCounters, type SequenceCounter } from './sequence-counters.ts';

/** Too few numbers say nothing about whether all are meant to be there. */
const FEWEST_NUMBERS = 20;
/** Where no more steps than this, or than a hundredth, skip a number, all were there: each skip is a loss. */
const FEW_SKIPS = 3;
const SKIPS_SHARE = 0.01;
/**
 * Where more do, but less than half, records were left out on purpose (a rule, a filter of an export): a loss is then
 * what is longer than this, and than this many of the usual steps.
 */
const LONG_SKIP = 100;
/** Records are written a little out of order; a count that begins again falls further, and below half. */
const OUT_OF_ORDER = 64;

/**
 * Finds numbers that are skipped in streams whose records are counted, and digests that are missing in CloudTrail's chains.
 *
 * Shape: kind `sequence-loss`, overlapping the window, ordered by stream, system and start; `from` and `to` are the times of
 * the records before and after, both cited. A count that begins again is no loss. `missing` is how many numbers are skipped.
 */
export async function findSequenceLosses(
  database: CaseDatabase,
  { window }: { readonly window: AuditWindow },
): Promise<readonly FoundGap[]> {
  const losses: FoundGap[] = [];
  for (const counter of sequenceCounters) losses.push(...(await findSkips(database, counter)));
  losses.push(...(await findCountedLosses(database)), ...(await findMissingDigests(database)));
  const { from, to } = windowInterval(window);
  return losses.filter((loss) => loss.from < to && loss.to > from).sort(byStream);
}

function byStream(a: FoundGap, b: FoundGap): number {
  return byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system) || Number(a.from - b.from);
}

/**
 * Between two times a count can only begin again once it falls far: within such a stretch records are put in the order
 * of their numbers, so that neither the order of writing nor a clock that is set back looks like a loss.
 */
async function findSkips(database: CaseDatabase, { stream, target, counts }: SequenceCounter): Promise<FoundGap[]> {
  const rows = await database.query(
    `WITH numbered AS (
       SELECT system, time, sequence, source_id, record FROM events
       WHERE stream = $stream::VARCHAR AND sequence IS NOT NULL AND time IS NOT NULL AND system IS NOT NULL AND (${counts})),
     -- In a file the records stand as they were written, whatever the clock said: there a count that begins again falls too.
     in_files AS (
       SELECT *, lag(sequence) OVER (PARTITION BY system, source_id ORDER BY record) AS written_before FROM numbered),
     begun AS (
       SELECT *, coalesce(lag(sequence) OVER w - sequence > ${OUT_OF_ORDER} AND sequence * 2 < lag(sequence) OVER w
         AND coalesce(written_before - sequence > ${OUT_OF_ORDER}, true), false) AS begins
       FROM in_files WINDOW w AS (PARTITION BY system ORDER BY time, sequence, source_id, record)),
     counted AS (
       SELECT *, count(*) FILTER (begins) OVER (PARTITION BY system ORDER BY time, sequence, source_id, record
         ROWS UNBOUNDED PRECEDING) AS boot
       FROM begun),
     stepped AS (
       SELECT *, sequence - lag(sequence) OVER w AS step, lag(time) OVER w AS before, lag(source_id) OVER w AS before_source_id,
         lag(record) OVER w AS before_record
       FROM counted WINDOW w AS (PARTITION BY system, boot ORDER BY sequence, time, source_id, record)),
     -- Several records may have one number: the lines of an event, or an event of which two parts were not joined.
     usual AS (
       SELECT system, boot, count(*) AS steps, count(*) FILTER (step > 1) AS skips,
         avg(step) FILTER (step <= ${LONG_SKIP}) AS step
       FROM stepped WHERE step > 0 GROUP BY system, boot)
     SELECT s.system, s.step - 1 AS missing, s.before AS "from", s.time AS "to", s.before_source_id, s.before_record,
       s.source_id AS after_source_id, s.record AS after_record
     FROM stepped s JOIN usual u USING (system, boot)
     WHERE s.step > 1 AND s.before <= s.time AND u.steps + 1 >= ${FEWEST_NUMBERS}
       AND (u.skips <= greatest(${FEW_SKIPS}, u.steps * ${SKIPS_SHARE})
         OR (u.skips * 2 < u.steps AND s.step - 1 > greatest(${LONG_SKIP}, ${LONG_SKIP} * u.step)))
     ORDER BY s.system, s.before`,
    { stream },
  );
  return rows.map((row) => lossOf(row, stream, target));
}

/** The kernel counts the audit records that it lost since it booted: each time it says a higher count, some more were. */
async function findCountedLosses(database: CaseDatabase): Promise<FoundGap[]> {
  const rows = await database.query(
    `WITH told AS (
       SELECT system, time, source_id, record, TRY_CAST(regexp_extract(message, 'counts ([0-9]+) lost', 1) AS BIGINT) AS lost
       FROM events WHERE stream = 'auditd' AND activity = 'loss' AND time IS NOT NULL AND system IS NOT NULL),
     risen AS (
       SELECT *, lag(lost) OVER (PARTITION BY system ORDER BY time, source_id, record) AS lost_before FROM told),
     news AS (
       SELECT * EXCLUDE (lost), CASE WHEN lost_before <= lost THEN lost - lost_before ELSE lost END AS missing FROM risen)
     SELECT n.system, n.missing, coalesce(e.time, n.time) AS "from", n.time AS "to", e.source_id AS before_source_id,
       e.record AS before_record, n.source_id AS after_source_id, n.record AS after_record
     FROM news n ASOF LEFT JOIN (
       SELECT system, time, source_id, record FROM events
       WHERE stream = 'auditd' AND system IN (SELECT system FROM told)) e ON e.system = n.system AND e.time < n.time
     WHERE n.missing > 0 ORDER BY n.system, n.time`,
  );
  return rows.map((row) => lossOf(row, 'auditd', 'audit_lost'));
}

/** Digests are made each hour, also when nothing happened: time that none covers is a loss of the trail. */
async function findMissingDigests(database: CaseDatabase): Promise<FoundGap[]> {
  const rows = await database.query(
    `WITH placed AS (
       SELECT *, lag(source_id) OVER w AS before_source_id, lag(record) OVER w AS before_record
       FROM digest_links WHERE NOT backfilled
       WINDOW w AS (PARTITION BY chain ORDER BY from_time, time, object, source_id, record))
     SELECT coalesce(account, chain) AS system, chain, digests_missing AS missing, gap_from AS "from", gap_to AS "to",
       before_source_id, before_record, source_id AS after_source_id, record AS after_record
     FROM placed WHERE gap_from IS NOT NULL ORDER BY chain, gap_from`,
  );
  return rows.map((row) => lossOf(row, 'cloudtrail-digest', String(row['chain'])));
}

function lossOf(row: SqlRow, stream: string, target: string | null): FoundGap {
  const cited = (end: string) =>
    row[`${end}_source_id`] === null
      ? null
      : { sourceId: Number(row[`${end}_source_id`]), record: Number(row[`${end}_record`]) };
  return {
    system: String(row['system']),
    stream,
    kind: 'sequence-loss',
    ...(target === null ? {} : { target }),
    from: row['from'] as UtcMicros,
    to: row['to'] as UtcMicros,
    before: cited('before'),
    after: cited('after'),
    usual: null,
    missing: Number(row['missing']),
  };
}

/**
 * Puts losses together with the gaps of time: one that lies within a silence or a cut of its own stream is no gap of its
 * own, but says how many records that one misses.
 */
export function foldSequenceLosses(gaps: readonly FoundGap[], losses: readonly FoundGap[]): readonly FoundGap[] {
  const isWithin = (loss: FoundGap, gap: FoundGap): boolean =>
    (gap.kind === 'silence' || gap.kind === 'truncated') &&
    gap.stream === loss.stream &&
    gap.system === loss.system &&
    gap.from <= loss.from &&
    gap.to >= loss.to;
  const folded = gaps.map((gap) => {
    const within = losses.filter((loss) => isWithin(loss, gap));
    if (within.length === 0) return gap;
    return { ...gap, missing: within.reduce((sum, { missing }) => sum + (missing ?? 0), gap.missing ?? 0) };
  });
  return [...folded, ...losses.filter((loss) => !gaps.some((gap) => isWithin(loss, gap)))];
}
