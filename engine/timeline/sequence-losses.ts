/** Records that are missing by their numbers, between the two that are cited. */
import { windowInterval, type AuditWindow, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import { byCodeUnits } from './coverage.ts';
import { findDropped } from './dropped-records.ts';
import type { CitedRecord, FoundGap } from './gap.ts';
import { earlier, later, overlap } from './gap-ranges.ts';
import { skipsOf, type SequenceRun, type Skip } from './sequence-chains.ts';

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
  losses.push(...(await findSkips(database)), ...(await findCountedLosses(database)));
  losses.push(...(await findMissingDigests(database)), ...(await findDropped(database)));
  const { from, to } = windowInterval(window);
  return losses.filter((loss) => loss.from < to && loss.to > from).sort(byStream);
}

function byStream(a: FoundGap, b: FoundGap): number {
  return byCodeUnits(a.stream, b.stream) || byCodeUnits(a.system, b.system) || Number(a.from - b.from);
}

/** From the runs of numbers that were made at import: few, where nothing is missing. */
async function findSkips(database: CaseDatabase): Promise<readonly FoundGap[]> {
  const found: FoundGap[] = [];
  let runs: SequenceRun[] = [];
  let counter: SqlRow | undefined;
  const end = (): void => {
    if (counter) found.push(...skipsOf(runs).map((skip) => lossOfSkip(counter!, skip)));
    runs = [];
  };
  const rows = database.stream(
    `SELECT stream, system, counter, least, most, numbers, skips, first_time, last_time, first_record, last_record, source_id
     FROM sequence_runs ORDER BY stream, system, counter, first_time, least, source_id`,
  );
  for await (const page of rows)
    for (const row of page) {
      if (counter && counterOf(counter) !== counterOf(row)) end();
      counter = row;
      runs.push(runOf(row));
    }
  end();
  return found;
}

const counterOf = ({ stream, system, counter }: SqlRow): string => JSON.stringify([stream, system, counter]);

function runOf(row: SqlRow): SequenceRun {
  const at = (end: 'first' | 'last') => ({
    time: row[`${end}_time`] as UtcMicros,
    sourceId: Number(row['source_id']),
    record: Number(row[`${end}_record`]),
  });
  const numbers = { numbers: Number(row['numbers']), skips: Number(row['skips']) };
  return { least: Number(row['least']), most: Number(row['most']), ...numbers, first: at('first'), last: at('last') };
}

function lossOfSkip(counter: SqlRow, { missing, before, after }: Skip): FoundGap {
  const cited = ({ sourceId, record }: CitedRecord): CitedRecord => ({ sourceId, record });
  const target = String(counter['counter']);
  return {
    ...{ system: String(counter['system']), stream: String(counter['stream']), kind: 'sequence-loss' },
    ...(target === '' ? {} : { target }),
    ...{ from: earlier(before.time, after.time), to: later(before.time, after.time) },
    ...{ before: cited(before), after: cited(after), usual: null, missing },
  };
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
 * own, but says how many records that one misses. Records without a number of this count may stand at the ends of the
 * silence, as those of the audit daemon do when it starts again: a hundredth of the loss may lie beyond it.
 */
export function foldSequenceLosses(gaps: readonly FoundGap[], losses: readonly FoundGap[]): readonly FoundGap[] {
  const isWithin = (loss: FoundGap, gap: FoundGap): boolean =>
    (gap.kind === 'silence' || gap.kind === 'truncated') &&
    gap.stream === loss.stream &&
    gap.system === loss.system &&
    overlap(gap, loss) * 100n >= (loss.to - loss.from) * 99n;
  const folded = gaps.map((gap) => {
    const within = losses.filter((loss) => isWithin(loss, gap));
    if (within.length === 0) return gap;
    return { ...gap, missing: within.reduce((sum, { missing }) => sum + (missing ?? 0), gap.missing ?? 0) };
  });
  return [...folded, ...losses.filter((loss) => !gaps.some((gap) => isWithin(loss, gap)))];
}
