/** One control on the locked connection: its items to a spool, its days from their statuses and the coverage. */
import { ProblemError } from '../../shared/problem.ts';
import { rowStatuses, type RowStatus } from '../../shared/states.ts';
import type { Day, WindowDay } from '../../shared/time.ts';
import { hashControlDays, startPopulationHash, type ControlDayRow } from '../core/result-hash.ts';
import { controlTables } from '../store/locked/allowed-tables.ts';
import type { LockedQueries, LockedResult } from '../store/locked/locked-queries.ts';
import type { SqlParameter } from '../store/sql-values.ts';
import type { StreamCoverage } from '../timeline/coverage.ts';
import { controlDay } from './control-days.ts';
import { itemReader, type ControlItem } from './control-rows.ts';
import { evidenceByDay } from './day-evidence.ts';
import { periodEndingOn } from './due-days.ts';
import type { ItemSpool } from './item-spool.ts';
import type { Control, ParameterValue } from './pack.ts';
import type { RunTimeline } from './run-timeline.ts';

/** What people say about items; nothing is explained where it is left out. */
export interface Judgements {
  readonly isAlarmExplained?: (control: string, item: ControlItem, day: Day) => boolean;
}

/** What every control of a run is tested against. */
export interface Ground {
  readonly queries: LockedQueries;
  readonly days: readonly WindowDay[];
  readonly coverage: readonly StreamCoverage[];
  readonly timeline: RunTimeline;
  /** Tables of the case without a row. */
  readonly emptyTables: ReadonlySet<string>;
  readonly judgements: Judgements;
  readonly signal: AbortSignal;
}

export interface ControlOutcome {
  readonly control: Control;
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly days: readonly ControlDayRow[];
  readonly population: number;
  /** Items that fall on no day of the window. They are kept in `results` without a day and change no state. */
  readonly outside: number;
  readonly populationHash: string;
  readonly daysHash: string;
  /** Why the test could not be run; a sentence. */
  readonly error: string | null;
}

interface DayTally {
  readonly items: Record<RowStatus, number>;
  explainedAlarms: number;
  untrustedItems: number;
}

interface Tested {
  readonly tallies: readonly DayTally[];
  readonly population: number;
  readonly outside: number;
  readonly populationHash: string;
}

/**
 * Tests one control. A test that fails or takes too much is an outcome with an `error`, so that others are unaffected.
 * Fails only with `cancelled`, and when the locked process cannot be started.
 */
export async function runControl(
  ground: Ground,
  { control, values }: Pick<ControlOutcome, 'control' | 'values'>,
  spool: ItemSpool,
): Promise<ControlOutcome> {
  const emptyTables = Object.keys(control.needs).filter(
    (table) => ground.emptyTables.has(table) && !control.optional.includes(table),
  );
  let error: string | null = null;
  let tested = nothingTested(ground.days);
  try {
    // Items drawn from a missing inventory would all deviate, and mean nothing.
    if (emptyTables.length === 0) tested = await test(ground, { control, values }, spool);
  } catch (thrown) {
    error = errorOf(thrown);
  }
  const days = daysOf(ground, control, { ...tested, emptyTables, error });
  const { population, outside, populationHash } = tested;
  return { control, values, days, population, outside, populationHash, daysHash: hashControlDays(days), error };
}

async function test(
  ground: Ground,
  { control, values }: Pick<ControlOutcome, 'control' | 'values'>,
  spool: ItemSpool,
): Promise<Tested> {
  const result = await startQuery(ground, control, values);
  const readItem = itemReader(result.columns);
  const tallies = ground.days.map(emptyTally);
  const hash = startPopulationHash();
  let population = 0;
  let outside = 0;
  for await (const rows of result.rows) {
    const items = rows.map((row, index) => readItem(row, population + index + 1));
    for (const item of items) {
      hash.add(item);
      const place = placeOf(ground.days, item.time);
      if (place === undefined) outside++;
      else tally(tallies[place]!, item, { control, day: ground.days[place]!.day, ground });
    }
    population += items.length;
    await spool.add(items);
  }
  return { tallies, population, outside, populationHash: hash.digest() };
}

async function startQuery(
  { queries, days, signal }: Ground,
  control: Control,
  values: Readonly<Record<string, ParameterValue>>,
): Promise<LockedResult> {
  const window: Record<string, SqlParameter> = {
    window_start: { micros: days[0]!.from },
    window_end: { micros: days.at(-1)!.to },
  };
  const tables = Object.keys(control.needs).filter((table) => controlTables.includes(table));
  return queries.query({ sql: control.sql, parameters: { ...values, ...window }, tables, signal });
}

interface Tallying {
  readonly control: Control;
  readonly day: Day;
  readonly ground: Ground;
}

function tally(sum: DayTally, item: ControlItem, { control, day, ground }: Tallying): void {
  const { judgements, timeline } = ground;
  sum.items[item.status]++;
  if (item.status === 'alarm' && judgements.isAlarmExplained?.(control.id, item, day)) sum.explainedAlarms++;
  if (timeline.trusted.isUntrusted(control, item)) sum.untrustedItems++;
}

/** The place of the day an instant falls on; `undefined` outside the window. */
export function placeOf(days: readonly WindowDay[], time: bigint): number | undefined {
  let low = 0;
  let high = days.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (time < days[middle]!.from) high = middle - 1;
    else if (time >= days[middle]!.to) low = middle + 1;
    else return middle;
  }
  return undefined;
}

interface Found extends Tested {
  readonly emptyTables: readonly string[];
  readonly error: string | null;
}

function daysOf({ days, coverage, timeline }: Ground, control: Control, found: Found): readonly ControlDayRow[] {
  const evidence = evidenceByDay(control, coverage, { days, ...timeline });
  return days.map(({ day }, place) => {
    const { items, explainedAlarms, untrustedItems } = found.tallies[place]!;
    const { per } = control;
    const isDue = periodEndingOn(day, per) !== undefined;
    const { emptyTables, error } = found;
    return controlDay({
      ...{ day, per, isDue, items, explainedAlarms, untrustedItems },
      ...{ evidence: evidence[place]!, emptyTables, error },
    });
  });
}

function nothingTested(days: readonly WindowDay[]): Tested {
  return { tallies: days.map(emptyTally), population: 0, outside: 0, populationHash: startPopulationHash().digest() };
}

function emptyTally(): DayTally {
  const items = Object.fromEntries(rowStatuses.map((status) => [status, 0])) as Record<RowStatus, number>;
  return { items, explainedAlarms: 0, untrustedItems: 0 };
}

function errorOf(thrown: unknown): string {
  if (
    thrown instanceof ProblemError &&
    ['refused_query', 'limit_reached', 'pack_invalid'].includes(thrown.problem.code)
  ) {
    return thrown.problem.message;
  }
  throw thrown;
}
