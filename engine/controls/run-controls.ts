/** Runs controls over every day of the window and keeps what they found in the case. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../shared/problem.ts';
import type { AuditWindow, UtcMicros } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import type { SpawnLocked } from '../core/locked-child.ts';
import type { CaseDatabase, Transaction } from '../store/case-database.ts';
import { controlTables } from '../store/locked/allowed-tables.ts';
import { defaultLimits, LockedQueries, type LockedLimits } from '../store/locked/locked-queries.ts';
import { DEFAULT_CLOCK_THRESHOLD_S } from '../timeline/clock-interval.ts';
import { findCoverage } from '../timeline/coverage.ts';
import { refreshTimeline, type TimelineRequest } from '../timeline/stored-timeline.ts';
import { fillWindowDays } from '../timeline/window-table.ts';
import { ItemSpool } from './item-spool.ts';
import type { Control, Pack } from './pack.ts';
import { parameterValues, type ParameterOverrides } from './parameters.ts';
import { runControl, type ControlOutcome, type Judgements } from './run-control.ts';
import { readRunTimeline } from './run-timeline.ts';
import { writeRun, type RunIdentity } from './write-run.ts';

export interface RunRequest {
  readonly database: CaseDatabase;
  readonly spawn: SpawnLocked;
  readonly packs: readonly Pack[];
  /** Ids of the controls to run; all of the packs where left out or empty. */
  readonly only?: readonly string[];
  readonly window: AuditWindow;
  readonly parameters: ParameterOverrides;
  readonly run: RunIdentity;
  readonly job: JobContext;
  readonly judgements?: Judgements;
  /** What was declared and decided about the timeline; nothing where it is left out. */
  readonly timeline?: Omit<TimelineRequest, 'window'>;
  readonly limits?: LockedLimits;
  /** Does `write` in a transaction together with what the caller keeps of the run; by itself where left out. */
  readonly keep?: (
    write: (transaction: Transaction) => Promise<void>,
    outcomes: readonly ControlOutcome[],
  ) => Promise<void>;
}

export interface RunResult {
  readonly runId: string;
  /** In the order of the packs, then by id. Retired controls are not run. */
  readonly controls: readonly ControlOutcome[];
  /** Systems whose clocks nobody measured and nobody asked for: their times are taken as they are. */
  readonly unmeasuredClocks: readonly string[];
}

/**
 * Tests every control on the locked connection and writes its items, days and definition in one transaction, in place
 * of what an earlier run found for the same controls.
 *
 * A control that cannot be run gives `error` days and leaves the others alone. Rows outside the window are kept in
 * `results` with no day and counted in `outside`.
 * Fails with `not_found` on an id in `only` that no pack has, `bad_request` on a parameter of the wrong type,
 * `cancelled`; then nothing is written but `window_days`.
 */
export async function runControls(request: RunRequest): Promise<RunResult> {
  const { database, window, run } = request;
  const chosen = chooseControls(request.packs, request.only ?? []);
  const asked = chosen.map((control) => ({ control, values: parameterValues(control, request.parameters) }));
  const started = run.now();
  const days = await fillWindowDays(database, window);
  const coverage = await findCoverage(database, window);
  await refreshTimeline(database, { ...(request.timeline ?? nothingDecided(days.at(-1)!.to)), window });
  const timeline = await readRunTimeline(database);
  const emptyTables = await findEmptyTables(database);
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-run-'));
  try {
    const judgements = request.judgements ?? {};
    const ground = { days, coverage, timeline, emptyTables, judgements, signal: request.job.signal };
    const spools = asked.map((_, place) => new ItemSpool(join(folder, `${place}.items`)));
    const outcomes = await database.lendReadOnly((path) => runAll(request, { path, ground, asked, spools }));
    const write = (transaction: Transaction): Promise<void> =>
      writeRun(transaction, { run, started, packs: request.packs, days, outcomes, spools });
    await (request.keep?.(write, outcomes) ?? database.transaction(write));
    return { runId: run.runId, controls: outcomes, unmeasuredClocks: timeline.unmeasured };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nothingDecided(asOf: UtcMicros): Omit<TimelineRequest, 'window'> {
  return { expectations: [], decisions: [], clockThresholdS: DEFAULT_CLOCK_THRESHOLD_S, asOf };
}

interface RunPlan {
  readonly path: string;
  readonly ground: Omit<Parameters<typeof runControl>[0], 'queries'>;
  readonly asked: readonly Pick<ControlOutcome, 'control' | 'values'>[];
  readonly spools: readonly ItemSpool[];
}

async function runAll(
  { spawn, limits = defaultLimits, job }: RunRequest,
  { path, ground, asked, spools }: RunPlan,
): Promise<readonly ControlOutcome[]> {
  const queries = new LockedQueries(spawn, path, limits);
  const outcomes: ControlOutcome[] = [];
  try {
    for (const [place, one] of asked.entries()) {
      job.progress({ step: one.control.id, fraction: place / asked.length });
      const spool = spools[place]!;
      outcomes.push(await runControl({ ...ground, queries }, one, spool));
    }
    return outcomes;
  } finally {
    for (const spool of spools) await spool.end();
    await queries.close();
  }
}

function chooseControls(packs: readonly Pack[], only: readonly string[]): readonly Control[] {
  const all = packs.flatMap(({ controls }) => controls).filter(({ maturity }) => maturity !== 'retired');
  const unknown = only.find((id) => !all.some((control) => control.id === id));
  if (unknown !== undefined) {
    fail({
      code: 'not_found',
      message: `No pack of the run has a control ${unknown}.`,
      remedy: 'Name a control by its id, as the packs list it.',
    });
  }
  return only.length === 0 ? all : all.filter(({ id }) => only.includes(id));
}

async function findEmptyTables(database: CaseDatabase): Promise<ReadonlySet<string>> {
  const tests = controlTables.map((table) => `SELECT '${table}' AS name WHERE NOT EXISTS (SELECT 1 FROM ${table})`);
  const rows = await database.query(tests.join(' UNION ALL '));
  return new Set(rows.map((row) => String(row['name'])));
}
