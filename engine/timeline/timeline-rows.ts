/** The stored timeline, as its tables have it: what a run, a binder and a window are given to read. */
import type { Interval, UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import type { ClockInterval, ClockState } from './clock-interval.ts';
import type { ClockStep } from './clocks/clock-mark.ts';
import { gapCauses, type CitedRecord, type Gap, type GapCause, type GapKind } from './gap.ts';
import { citationOf } from './gap-ranges.ts';

/** A gap as it is stored. */
export interface StoredGap extends Interval {
  readonly id: string;
  readonly system: string;
  readonly stream: string;
  readonly target: string | null;
  readonly kind: GapKind;
  readonly usualS: number | null;
  readonly allowedS: number | null;
  readonly likelihood: number | null;
  readonly missing: number | null;
  readonly cause: GapCause;
  /** Sentences. */
  readonly because: readonly string[];
  readonly state: Gap['state'];
  readonly ticket: string | null;
  readonly acceptedBy: string | null;
  readonly acceptedReason: string | null;
  readonly acceptedAt: UtcMicros | null;
  /** The last day on which the acceptance counts, `YYYY-MM-DD`; `null`: for good, or nobody accepted it. */
  readonly acceptedUntil: string | null;
  readonly before: CitedRecord | null;
  readonly after: CitedRecord | null;
}

export interface StoredExpectation {
  readonly system: string;
  readonly stream: string;
  readonly owedBy: string;
  readonly basis: string;
  readonly usualS: number | null;
  readonly shortestAllowedS: number | null;
  readonly longestAllowedS: number | null;
  readonly looks: number;
  readonly says: string;
}

// As `rankGaps` does it: what auditors ask first comes first.
const RANK = `list_position([${gapCauses.map((cause) => `'${cause}'`).join(', ')}], cause)`;

/** Gives every gap, those of the gravest cause first, then by stream, system, target and start. */
export async function readStoredGaps(database: CaseDatabase): Promise<readonly StoredGap[]> {
  const rows = await database.query(
    `SELECT * FROM gaps ORDER BY ${RANK}, stream, system, target NULLS FIRST, "from", kind`,
  );
  return rows.map((row) => ({
    id: String(row['gap_id']),
    system: String(row['system']),
    stream: String(row['stream']),
    target: textOf(row['target']),
    kind: String(row['kind']) as GapKind,
    ...intervalOf(row),
    usualS: numberOf(row['usual_s']),
    allowedS: numberOf(row['allowed_s']),
    likelihood: numberOf(row['likelihood']),
    missing: numberOf(row['missing']),
    cause: String(row['cause']) as GapCause,
    because: [...((row['corroboration'] ?? []) as readonly string[])],
    state: String(row['state']) as Gap['state'],
    ticket: textOf(row['explained_by']),
    acceptedBy: textOf(row['accepted_by']),
    acceptedReason: textOf(row['accepted_reason']),
    acceptedAt: timeOf(row['accepted_at']),
    acceptedUntil: textOf(row['accepted_until']),
    before: citationOf(row['before_source_id'], row['before_record']),
    after: citationOf(row['after_source_id'], row['after_record']),
  }));
}

/** Gives what is known of each clock, by system and start. */
export async function readStoredClocks(database: CaseDatabase): Promise<readonly ClockInterval[]> {
  const rows = await database.query('SELECT * FROM clock_intervals ORDER BY system, "from"');
  return rows.map((row) => ({
    system: String(row['system']),
    ...intervalOf(row),
    state: String(row['state']) as ClockState,
    offsetS: numberOf(row['offset_s']),
    errorS: numberOf(row['error_s']),
    maxAbsOffsetS: numberOf(row['max_abs_offset_s']),
    basis: String(row['basis']),
    because: String(row['because']),
    cites: citationOf(row['source_id'], row['record']),
  }));
}

/** Gives the moments at which clocks were set back, by system and time. */
export async function readStoredClockSteps(database: CaseDatabase): Promise<readonly ClockStep[]> {
  const rows = await database.query('SELECT * FROM clock_steps ORDER BY system, "time"');
  return rows.map((row) => ({
    system: String(row['system']),
    time: BigInt(row['time'] as UtcMicros),
    stepS: Number(row['step_s']),
    basis: String(row['basis']) as ClockStep['basis'],
    before: citationOf(row['before_source_id'], row['before_record'])!,
    after: citationOf(row['after_source_id'], row['after_record'])!,
  }));
}

/** Gives how often each stream should speak, by stream and system. */
export async function readStoredExpectations(database: CaseDatabase): Promise<readonly StoredExpectation[]> {
  const rows = await database.query('SELECT * FROM expectations ORDER BY stream, system');
  return rows.map((row) => ({
    system: String(row['system']),
    stream: String(row['stream']),
    owedBy: String(row['owed_by']),
    basis: String(row['basis']),
    usualS: numberOf(row['usual_s']),
    shortestAllowedS: numberOf(row['shortest_allowed_s']),
    longestAllowedS: numberOf(row['longest_allowed_s']),
    looks: Number(row['looks'] ?? 0),
    says: String(row['says']),
  }));
}

function intervalOf(row: SqlRow): Interval {
  return { from: BigInt(row['from'] as UtcMicros), to: BigInt(row['to'] as UtcMicros) };
}

function timeOf(value: SqlValue | undefined): UtcMicros | null {
  return value === null || value === undefined ? null : BigInt(value as UtcMicros);
}

function textOf(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
