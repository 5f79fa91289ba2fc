/**
 * Runs of the numbers that count the records of a stream, made at import: where a log is whole that is one row a source,
 * however many records it has, so that a number that is skipped is found without reading them again.
 */
import { sequenceCounters } from './sequence-counters.ts';
import type { Transaction } from '../store/case-database.ts';

/** Records are written a little out of order; a count that begins again falls further than this, and below half. */
export const OUT_OF_ORDER = 64;
/** Where no more steps than this, or than a hundredth, skip a number, all were there: each skip ends a run. */
export const FEW_SKIPS = 3;
export const SKIPS_SHARE = 0.01;
/** Where more do, records were left out on purpose: only a longer skip than this ends a run. */
export const LONG_SKIP = 100;

/** Events of a source within `[from, to)`, UTC microseconds; `undefined`: all. */
export interface NumberedSlice {
  readonly from: number;
  readonly to: number;
}

/**
 * Fills `sequence_runs` for the events of a source, or a slice of them. Between two times a count can only begin again
 * where it falls far, both by the times and in the file: within such a stretch records are put in the order of their
 * numbers, so that neither the order of writing nor a clock that is set back ends a run.
 */
export async function rollUpSequences(
  transaction: Transaction,
  sourceId: number,
  slice: NumberedSlice | undefined,
): Promise<void> {
  await transaction.query(`INSERT INTO evidence.sequence_runs ${runsSql(slice)}`, { source: sourceId, ...slice });
}

function runsSql(slice: NumberedSlice | undefined): string {
  const counted = sequenceCounters.map(({ stream, counts }) => `(e.stream = '${stream}' AND ${counts})`);
  const isIn = slice ? 'e.time >= make_timestamp($from::BIGINT) AND e.time < make_timestamp($to::BIGINT)' : 'true';
  return `
    WITH plain AS MATERIALIZED (
      SELECT e.stream, e.system, e.time, e.sequence, e.record FROM evidence.events e
      WHERE e.source_id = $source::INTEGER AND e.sequence IS NOT NULL AND e.time IS NOT NULL AND e.system IS NOT NULL
        AND ${isIn} AND (${counted.join(' OR ')})
        AND e.record NOT IN (SELECT record FROM evidence.repeats WHERE source_id = $source::INTEGER
          UNION ALL SELECT record FROM evidence.event_parts WHERE source_id = $source::INTEGER)),
    ${countersSql}
    -- Each number once and none skipped: nothing has to be put in order. Most logs are so.
    whole AS MATERIALIZED (
      SELECT stream, system, counter, min(sequence) AS least, max(sequence) AS most, count(*) AS numbers, 0 AS skips,
        arg_min(time, sequence) AS first_time, arg_max(time, sequence) AS last_time, arg_min(record, sequence) AS first_record,
        arg_max(record, sequence) AS last_record
      FROM numbered GROUP BY stream, system, counter
      HAVING count(*) = max(sequence) - min(sequence) + 1 AND count(DISTINCT sequence) = count(*)),
    in_files AS (
      SELECT *, lag(sequence) OVER (PARTITION BY stream, system, counter ORDER BY record) AS written_before
      FROM numbered ANTI JOIN whole USING (stream, system, counter)),
    begun AS (
      SELECT *, coalesce(${falls('lag(sequence) OVER w')} AND ${falls('written_before')}, false) AS begins
      FROM in_files WINDOW w AS (PARTITION BY stream, system, counter ORDER BY time, sequence, record)),
    booted AS (
      -- A sum, not a count of those that do: of a million records that takes minutes.
      SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY stream, system, counter ORDER BY time, sequence, record
        ROWS UNBOUNDED PRECEDING) AS boot
      FROM begun),
    stepped AS (
      SELECT *, sequence - lag(sequence) OVER (PARTITION BY stream, system, counter, boot ORDER BY sequence, time, record) AS step
      FROM booted),
    usual AS (
      SELECT stream, system, counter, boot,
        count(*) FILTER (step > 1) > greatest(${FEW_SKIPS}, ${SKIPS_SHARE} * count(*) FILTER (step > 0)) AS is_picked
      FROM stepped GROUP BY ALL),
    placed AS (
      SELECT s.*, sum(CASE WHEN step > CASE WHEN is_picked THEN ${LONG_SKIP} + 1 ELSE 1 END THEN 1 ELSE 0 END)
        OVER (PARTITION BY s.stream, s.system, s.counter, s.boot ORDER BY sequence, time, record ROWS UNBOUNDED PRECEDING) AS run
      FROM stepped s JOIN usual u USING (stream, system, counter, boot))
    SELECT $source::INTEGER, * FROM whole
    UNION ALL
    -- Several records may have one number: the lines of an event, or an event of which two parts were not joined.
    SELECT $source::INTEGER, stream, system, counter, min(sequence), max(sequence), count(DISTINCT sequence),
      count(*) FILTER (step > 1 AND is_inner), arg_min(time, (sequence, time, record)),
      arg_max(time, (sequence, time, record)), arg_min(record, (sequence, time, record)), arg_max(record, (sequence, time, record))
    FROM (SELECT *, lag(run) OVER (PARTITION BY stream, system, counter, boot ORDER BY sequence, time, record) = run AS is_inner
      FROM placed)
    GROUP BY stream, system, counter, boot, run`;
}

function falls(before: string): string {
  return `(${before} - sequence > ${OUT_OF_ORDER} AND sequence * 2 < ${before})`;
}

/** Of a large source only what belongs to the slice is read. */
function ofSlice(table: string): string {
  return `${table}.record BETWEEN (SELECT min(record) FROM plain) AND (SELECT max(record) FROM plain)`;
}

/**
 * What counts, where a stream of a system has several counts. A journal has one for each numbering: s= of its cursor. By RFC 5424
 * the originator counts, which is a host or each of its programs: it is what makes more numbers follow each other in the file.
 */
const countersSql = `
    programs AS (
      SELECT p.record, p.system, p.sequence, r.program FROM plain p
      JOIN evidence.syslog_records r ON r.source_id = $source::INTEGER AND r.record = p.record
      WHERE p.stream = 'syslog' AND ${ofSlice('r')}),
    followed AS (
      SELECT *, sequence - lag(sequence) OVER (PARTITION BY system ORDER BY record) = 1 AS of_host,
        sequence - lag(sequence) OVER (PARTITION BY system, program ORDER BY record) = 1 AS of_program
      FROM programs),
    by_program AS (
      SELECT system FROM followed GROUP BY system HAVING count(*) FILTER (of_program) > count(*) FILTER (of_host)),
    numberings AS (
      SELECT f.record, coalesce(nullif(regexp_extract(f.fields, '"__CURSOR":"s=([0-9a-f]+)', 1), ''),
        regexp_extract(f.fields, '"__SEQNUM_ID":"([0-9a-f]+)"', 1)) AS numbering
      FROM evidence.event_fields f WHERE f.source_id = $source::INTEGER AND f.stream = 'journald' AND ${ofSlice('f')}),
    numbered AS MATERIALIZED (
      SELECT p.stream, p.system, p.time, p.sequence, p.record, coalesce(g.program, '') AS counter
      FROM plain p LEFT JOIN (SELECT * FROM programs WHERE system IN (FROM by_program)) g ON g.record = p.record
      WHERE p.stream <> 'journald'
      UNION ALL
      SELECT p.stream, p.system, p.time, p.sequence, p.record, coalesce(n.numbering, '')
      FROM plain p LEFT JOIN numberings n ON n.record = p.record WHERE p.stream = 'journald'),`;
