/** Runs the cases of a pack the way a case is run, and compares what is found with what was expected. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../../shared/problem.ts';
import { formatInstant } from '../../shared/time.ts';
import type { JobContext } from '../core/effects.ts';
import type { SpawnLocked } from '../core/locked-child.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow, SqlValue } from '../store/sql-values.ts';
import { readCases, type ControlCase, type Expectation } from './cases.ts';
import type { Control, Pack } from './pack.ts';
import { runControls } from './run-controls.ts';
import { makeScratchDatabase } from './scratch-evidence.ts';

/** One thing that was found otherwise than expected. */
export interface Difference {
  /** `2026-03-01`, `row 2 reason`, `rows`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface CaseOutcome {
  readonly control: string;
  readonly name: string;
  readonly differences: readonly Difference[];
}

export interface PackTest {
  readonly cases: readonly CaseOutcome[];
  readonly passed: number;
  /** A sentence a difference: control, case, what, expected, found. */
  readonly failures: readonly string[];
}

const nobody: JobContext = { signal: new AbortController().signal, progress: () => {} };

/**
 * Tests every case of every control of a pack, each on a database of its own on the locked connection.
 * A control without cases is a failure. Fails with `pack_invalid` when cases cannot be read, and with `cancelled`.
 */
export async function testPack(
  pack: Pack,
  { spawnLocked }: { readonly spawnLocked: SpawnLocked },
  job: JobContext = nobody,
): Promise<PackTest> {
  const outcomes: CaseOutcome[] = [];
  for (const control of pack.controls) {
    const cases = readCases(control)?.cases ?? [];
    if (cases.length === 0) outcomes.push(withoutCases(control));
    for (const one of cases) {
      job.progress({ step: `${control.id}: ${one.name}` });
      outcomes.push({
        control: control.id,
        name: one.name,
        differences: await testCase(pack, control, { one, spawnLocked, job }),
      });
    }
  }
  const failed = outcomes.filter(({ differences }) => differences.length > 0);
  return { cases: outcomes, passed: outcomes.length - failed.length, failures: failed.flatMap(sentences) };
}

function withoutCases({ id }: Control): CaseOutcome {
  return { control: id, name: 'cases', differences: [{ what: 'cases', expected: 'at least one', found: 'none' }] };
}

function sentences({ control, name, differences }: CaseOutcome): string[] {
  return differences.map(
    ({ what, expected, found }) => `${control}, ${name}: ${what}: expected ${expected}, found ${found}.`,
  );
}

interface CaseRun {
  readonly one: ControlCase;
  readonly spawnLocked: SpawnLocked;
  readonly job: JobContext;
}

async function testCase(pack: Pack, control: Control, run: CaseRun): Promise<readonly Difference[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-cases-'));
  try {
    const database = await makeScratchDatabase(join(folder, 'case.duckdb'), run.one.evidence);
    try {
      return await compare(database, pack, { control, ...run });
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'pack_invalid') throw error;
    return [{ what: 'evidence', expected: 'what the tables can hold', found: error.problem.message }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  database: CaseDatabase,
  pack: Pack,
  { control, one, spawnLocked, job }: CaseRun & { readonly control: Control },
): Promise<readonly Difference[]> {
  const { from, to, zone } = one.window;
  const result = await runControls({
    database,
    spawn: spawnLocked,
    packs: [{ ...pack, controls: [{ ...control, maturity: 'test' }] }],
    window: { firstDay: from, lastDay: to, zone },
    parameters: { [control.id]: one.parameters },
    run: { runId: 'case', now: () => 0n, ledgerSeq: 0, evidenceHash: '' },
    job: { signal: job.signal, progress: () => {} },
  });
  const [outcome] = result.controls;
  const failed = outcome?.error ?? null;
  const rows = await database.query('SELECT * FROM results ORDER BY item');
  return [
    ...compareDays(one.expect, outcome?.days ?? []),
    ...(one.expect.rows ? compareRows('row', one.expect.rows, rows) : []),
    ...(one.expect.deviations
      ? compareRows(
          'deviation',
          one.expect.deviations,
          rows.filter((row) => row['status'] === 'alarm'),
        )
      : []),
    ...(failed === null || states(one.expect).includes('error')
      ? []
      : [{ what: 'run', expected: 'no error', found: failed }]),
  ];
}

function states({ days }: Expectation): readonly string[] {
  return Object.values(days ?? {});
}

function compareDays(
  { days = {} }: Expectation,
  found: readonly { readonly day: string; readonly state: string; readonly reasons: readonly string[] }[],
): readonly Difference[] {
  const outside = Object.keys(days).filter((day) => day !== 'others' && !found.some((one) => one.day === day));
  return [
    ...outside.map((day) => ({ what: day, expected: days[day]!, found: 'no such day in the window' })),
    ...found.flatMap(({ day, state, reasons }) => {
      const expected = days[day] ?? days['others'];
      if (expected === state) return [];
      return [{ what: day, expected: expected ?? 'a state for this day', found: `${state} (${reasons.join(' ')})` }];
    }),
  ];
}

function compareRows(
  noun: string,
  expected: readonly Readonly<Record<string, string | number | null>>[],
  found: readonly SqlRow[],
): readonly Difference[] {
  if (expected.length !== found.length) {
    const seen = found.slice(0, 5).map((row) => `${String(row['resource'])} ${String(row['status'])}`);
    return [{ what: `${noun}s`, expected: String(expected.length), found: `${found.length} (${seen.join(', ')})` }];
  }
  return expected.flatMap((row, place) =>
    Object.entries(row).flatMap(([column, value]) => {
      const cell = cellText(column, found[place]!);
      const wanted = value === null ? 'NULL' : String(value);
      return cell === wanted ? [] : [{ what: `${noun} ${place + 1} ${column}`, expected: wanted, found: cell }];
    }),
  );
}

/** A column of a row, or one of its dimensions, as text. */
function cellText(column: string, row: SqlRow): string {
  if (column === 'time') return formatInstant(BigInt(row['time'] as bigint));
  const dimensions = JSON.parse(String(row['dimensions'])) as Record<string, string | null>;
  const value: SqlValue | undefined = column in row ? row[column] : dimensions[column];
  return value === null || value === undefined ? 'NULL' : String(value);
}
