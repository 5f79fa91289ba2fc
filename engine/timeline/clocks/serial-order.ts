/** Clocks that were set back, by numbers of records that rise while their times fall. */
import type { CaseDatabase } from '../../store/case-database.ts';
import { spokenSeconds, type ClockMark, type ClockStep } from './clock-mark.ts';

/** Threads of a program write their records out of order by less than this. */
const LEAST_STEP_S = 1;
/** Numbers farther apart are not of one count: it began again, or much is missing between them. */
const FARTHEST_SERIAL = 10_000;

/** Sources are looked at together up to so many rows, as putting them in order takes memory by their number. */
const ROWS_AT_ONCE = 1_000_000;

const NUMBERED = 'sequence IS NOT NULL AND time IS NOT NULL AND system IS NOT NULL';

/**
 * Finds each place of a source where the number of a record is higher than that of the one before it and its time is
 * lower. The record after it must lie before the step as well: one record that came late is no step.
 *
 * Only what has numbers is read, and put in order only sources in which times fall at all.
 */
export async function findClockSteps(database: CaseDatabase, thresholdS: number): Promise<readonly ClockStep[]> {
  const leastMicros = Math.round(Math.max(LEAST_STEP_S, thresholdS) * 1e6);
  const steps: ClockStep[] = [];
  for (const sources of await fallingSources(database, leastMicros))
    steps.push(...(await stepsOf(database, sources, leastMicros)));
  return steps.sort(bySystemAndTime);
}

/**
 * The sources whose times fall by as much as a step in sum, from row to row, in groups. A clock that is set back makes them
 * fall by at least that, however records of other systems lie between its own.
 *
 * Windows without an order give rows as they are stored, without putting them in order: those of a source one after the
 * other, as they were read. A source that is not stored so is looked at whatever its times do.
 */
async function fallingSources(database: CaseDatabase, leastMicros: number): Promise<readonly (readonly number[])[]> {
  const rows = await database.query(`
    WITH stored AS (
      SELECT source_id, record, time, lag(source_id) OVER () AS source_before, lag(record) OVER () AS record_before,
        lag(time) OVER () AS time_before
      FROM evidence.events WHERE ${NUMBERED})
    SELECT source_id, count(*) AS rows FROM stored GROUP BY source_id
    HAVING count(*) FILTER (source_id IS DISTINCT FROM source_before) > 1
      OR bool_or(source_id = source_before AND record < record_before)
      OR sum(greatest(epoch_us(time_before) - epoch_us(time), 0)) FILTER (source_id = source_before) >= ${leastMicros}
    ORDER BY source_id`);
  const groups: number[][] = [];
  let left = 0;
  for (const row of rows) {
    const count = Number(row['rows']);
    if (count > left) {
      groups.push([]);
      left = ROWS_AT_ONCE;
    }
    groups.at(-1)!.push(Number(row['source_id']));
    left -= count;
  }
  return groups;
}

async function stepsOf(
  database: CaseDatabase,
  sources: readonly number[],
  leastMicros: number,
): Promise<readonly ClockStep[]> {
  const rows = await database.query(`
    WITH numbered AS (
      SELECT source_id, record, system, time, sequence, lag(record) OVER one AS before, lag(time) OVER one AS time_before,
        lag(sequence) OVER one AS sequence_before, lead(time) OVER one AS time_after, lead(sequence) OVER one AS sequence_after
      FROM events WHERE source_id IN (${sources.join(', ')}) AND ${NUMBERED}
      WINDOW one AS (PARTITION BY source_id, stream, system ORDER BY record))
    SELECT system, time, (epoch_us(time) - epoch_us(time_before)) / 1e6 AS step_s, source_id, before, record
    FROM numbered
    WHERE sequence > sequence_before AND sequence - sequence_before <= ${FARTHEST_SERIAL}
      AND sequence_after > sequence AND time <= time_before - to_microseconds(${leastMicros}::BIGINT)
      AND time_after < time_before`);
  return rows.map((row) => ({
    system: String(row['system']),
    time: row['time'] as bigint,
    stepS: Number(row['step_s']),
    basis: 'serial order',
    before: { sourceId: Number(row['source_id']), record: Number(row['before']) },
    after: { sourceId: Number(row['source_id']), record: Number(row['record']) },
  }));
}

function bySystemAndTime(a: ClockStep, b: ClockStep): number {
  if (a.system !== b.system) return a.system < b.system ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.after.sourceId - b.after.sourceId || a.after.record - b.after.record;
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
