/** Small evidence about clocks, and what is found in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeScratchDatabase } from '../../../../engine/controls/scratch-evidence.ts';
import type { CaseDatabase } from '../../../../engine/store/case-database.ts';
import type { AuditWindow } from '../../../../shared/time.ts';
import { findClockIntervals } from '../../../../engine/timeline/clocks/clock-intervals.ts';
import type { ClockInterval } from '../../../../engine/timeline/clock-interval.ts';

export const window: AuditWindow = { firstDay: '2026-03-01', lastDay: '2026-03-02', zone: 'UTC' };
const DAY = Date.UTC(2026, 2, 1);

/** An instant, by seconds from the start of the window; and back. */
export const at = (seconds: number): string => new Date(DAY + seconds * 1000).toISOString();
export const spoken = (micros: bigint): number => (Number(micros / 1000n) - DAY) / 1000;

/** A database with these tables, closed and gone when the test ends. */
export async function evidence(tables: Readonly<Record<string, string>>): Promise<CaseDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  const database = await makeScratchDatabase(join(folder, 'case.duckdb'), tables);
  onTestFinished(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  return database;
}

/** Rows of `clock_samples`: system, second, offset, and whether it is synchronised. */
export const clockSamples = (
  rows: readonly (readonly [string, number, number | '', (string | undefined)?])[],
): string =>
  [
    'system,time,offset_s,error_s,synchronised',
    ...rows.map(([system, t, offset, synchronised = 'true']) => `${system},${at(t)},${offset},0.001,${synchronised}`),
  ].join('\n');

/** The intervals of a system: from, to, state and basis. */
export const states = (intervals: readonly ClockInterval[], system: string): readonly string[] =>
  intervals
    .filter((one) => one.system === system)
    .map(({ state, from, to, basis }) => `${spoken(from)} ${spoken(to)} ${state} ${basis}`);

export async function intervalsOf(
  tables: Readonly<Record<string, string>>,
  over: AuditWindow = window,
): Promise<readonly ClockInterval[]> {
  return findClockIntervals(await evidence(tables), { window: over, thresholdS: 0.05 });
}
