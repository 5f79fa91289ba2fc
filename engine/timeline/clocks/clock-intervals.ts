/** How far the clock of each system can be trusted, over the window. */
import { groupBy } from '../../core/group-by.ts';
import type { CaseDatabase } from '../../store/case-database.ts';
import type { BulkValue } from '../../store/bulk-rows.ts';
import { windowInterval, type AuditWindow, type Interval } from '../../../shared/time.ts';
import type { ClockInterval } from '../clock-interval.ts';
import { readInventory } from '../sightings.ts';
import { anchorMarks } from './anchor-marks.ts';
import { findAnchors } from './anchors.ts';
import type { ClockStep } from './clock-mark.ts';
import { measuredStretches, type MeasuredStretch } from './measured-clocks.ts';
import { clockPartition } from './partition.ts';
import { receivedMarks } from './received-times.ts';
import { findClockSteps, marksOfSteps } from './serial-order.ts';

export interface ClockRequest {
  readonly window: AuditWindow;
  /** The largest offset that is within tolerance, seconds; it is within itself. */
  readonly thresholdS: number;
}

export interface Clocks {
  readonly intervals: readonly ClockInterval[];
  readonly steps: readonly ClockStep[];
}

/**
 * Gives for every system of the inventory, and every other that is measured or told wrong, intervals that partition the
 * window, and the moments at which clocks were set back. Ordered by system and time.
 */
export async function findClocks(database: CaseDatabase, { window, thresholdS }: ClockRequest): Promise<Clocks> {
  const inventory = await readInventory(database);
  const stretches = bySystem(await measuredStretches(database, thresholdS));
  const steps = await findClockSteps(database, thresholdS);
  const anchors = await findAnchors(database, thresholdS);
  const marks = bySystem([
    ...marksOfSteps(steps),
    ...(await receivedMarks(database, thresholdS)),
    ...anchorMarks(anchors, (system, over) => isWithin(system, over, stretches.get(system) ?? [])),
  ]);
  const systems = new Set([...inventory.map(({ system }) => system), ...stretches.keys(), ...marks.keys()]);
  const over = windowInterval(window);
  const intervals = [...systems].sort().flatMap((system) =>
    clockPartition(system, over, {
      stretches: stretches.get(system) ?? [],
      marks: marks.get(system) ?? [],
    }),
  );
  return { intervals, steps };
}

/** The intervals alone. */
export async function findClockIntervals(
  database: CaseDatabase,
  request: ClockRequest,
): Promise<readonly ClockInterval[]> {
  return (await findClocks(database, request)).intervals;
}

const bySystem = <T extends { readonly system: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  groupBy(all, ({ system }) => system);

function isWithin(system: string, over: Interval, stretches: readonly MeasuredStretch[]): boolean {
  return clockPartition(system, over, { stretches, marks: [] }).every(({ state }) => state === 'within');
}

/** A row of `clock_intervals`, in the order of its columns. */
export function clockIntervalRow(interval: ClockInterval): readonly BulkValue[] {
  const { system, from, to, state, offsetS, errorS, maxAbsOffsetS, basis, because, cites } = interval;
  const cited = [cites?.sourceId ?? null, cites?.record ?? null];
  return [system, from, to, state, offsetS, errorS, maxAbsOffsetS, basis, because, ...cited];
}

/** A row of `clock_steps`, in the order of its columns. */
export function clockStepRow({ system, time, stepS, basis, before, after }: ClockStep): readonly BulkValue[] {
  return [system, time, stepS, basis, before.sourceId, before.record, after.sourceId, after.record];
}
