/** Clocks that were set back, by numbers of records that rise while their times fall. */
import type { CaseDatabase } from '../../store/case-database.ts';
import { spokenSeconds, type ClockMark, type ClockStep } from './clock-mark.ts';

/** Threads of a program write their records out of order by less than this. */
const LEAST_STEP_S = 1;
/** Numbers farther apart are not of one count: it began again, or much is missing between them. */
const FARTHEST_SERIAL = 10_000;

/**
 * Finds each place of a source where the number of a record is higher than that of the one before it and its time is
 * lower. The record after it must lie before the step as well: one record that came late is no step.
 *
 * Only what has numbers is read, each source by itself.
 */
export async function findClockSteps(database: CaseDatabase, thresholdS: number): Promise<readonly ClockStep[]> {
  const least = Math.max(LEAST_STEP_S, thresholdS);
  const rows = await database.query(`
    WITH numbered AS (
      SELECT source_id, record, system, time, sequence, lag(record) OVER one AS before, lag(time) OVER one AS time_before,
        lag(sequence) OVER one AS sequence_before, lead(time) OVER one AS time_after, lead(sequence) OVER one AS sequence_after
      FROM events WHERE sequence IS NOT NULL AND time IS NOT NULL AND system IS NOT NULL
      WINDOW one AS (PARTITION BY source_id, stream, system ORDER BY record))
    SELECT system, time, (epoch_us(time) - epoch_us(time_before)) / 1e6 AS step_s, source_id, before, record
    FROM numbered
    WHERE sequence > sequence_before AND sequence - sequence_before <= ${FARTHEST_SERIAL}
      AND sequence_after > sequence AND time < time_before - to_microseconds(${Math.round(least * 1e6)}::BIGINT)
      AND time_after < time_before
    ORDER BY system, time, source_id, record`);
  return rows.map((row) => ({
    system: String(row['system']),
    time: row['time'] as bigint,
    stepS: Number(row['step_s']),
    basis: 'serial order',
    before: { sourceId: Number(row['source_id']), record: Number(row['before']) },
    after: { sourceId: Number(row['source_id']), record: Number(row['record']) },
  }));
}

/** The stretches of time that occur twice by those clocks. */
export function marksOfSteps(steps: readonly ClockStep[]): readonly ClockMark[] {
  return steps.map(({ system, time, stepS, after }) => ({
    system,
    state: 'out',
    basis: 'serial order',
    from: time,
    to: time + BigInt(Math.round(-stepS * 1e6)),
    offsetS: null,
    errorS: null,
    maxAbsOffsetS: -stepS,
    because: `The numbers of the records rise while their times fall by ${spokenSeconds(stepS)}, so the clock was set back by at least that much, and this time occurs twice.`,
    cites: after,
  }));
}
