/** What the last run found, in the shapes of the contract. */
import type { ControlDay, Input, MatrixControl, Output } from '../shared/contract.ts';
import { fail } from '../shared/problem.ts';
import type { ControlDayState } from '../shared/states.ts';
import { windowDays, type AuditWindow } from '../shared/time.ts';
import { describedControl, type ControlDescription } from './controls/describe-control.ts';
import { rollUp } from './controls/roll-up.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import type { SqlRow } from './store/sql-values.ts';
import { coverageLetters, findCoverage } from './timeline/coverage.ts';

/** The audit window of a case. */
export function caseWindow(target: EvidenceCase): AuditWindow {
  return auditWindow(target.engagement);
}

/** The matrix: every control that was run, by pack and id, a state for each day. No run yet gives no controls. */
export async function readMatrix(target: EvidenceCase): Promise<Output<'matrix.get'>> {
  const days = windowDays(caseWindow(target)).map(({ day }) => day);
  const controls = await target.database.query('SELECT * FROM run_controls ORDER BY pack, control');
  const rows = await target.database.query(
    'SELECT control, day, state, deviations, population FROM control_days ORDER BY control, day',
  );
  const outside = await target.database.query(
    'SELECT control, count(*) AS n FROM results WHERE day IS NULL GROUP BY control',
  );
  return {
    days,
    controls: controls.map((control) =>
      matrixControl(control, {
        days: rows.filter((row) => row['control'] === control['control']),
        outside: Number(outside.find((row) => row['control'] === control['control'])?.['n'] ?? 0),
      }),
    ),
  };
}

function matrixControl(
  row: SqlRow,
  found: { readonly days: readonly SqlRow[]; readonly outside: number },
): MatrixControl {
  const definition = descriptionOf(row);
  const days = found.days.map((day) => ({
    state: String(day['state']) as ControlDayState,
    deviations: Number(day['deviations']),
    population: Number(day['population']),
  }));
  const { overall, totals, conclusion } = rollUp(days, found.outside);
  return {
    pack: String(row['pack']),
    control: String(row['control']),
    title: definition.title,
    criteria: definition.criteria,
    per: definition.per,
    severity: definition.severity,
    states: days.map((day) => day.state),
    deviations: days.map((day) => day.deviations),
    populations: days.map((day) => day.population),
    totals: { ...totals } as Record<string, number>,
    overall,
    conclusion,
  };
}

/** The description of a control as it was run, from a row of `run_controls`. */
export function descriptionOf(row: SqlRow): ControlDescription {
  return describedControl(String(row['definition']), String(row['sql']));
}

/** A control as it was run: its description, parameters and query. Fails with `not_found`. */
export async function readControl(target: EvidenceCase, control: string): Promise<ControlDescription> {
  const [row] = await target.database.query('SELECT * FROM run_controls WHERE control = $control', { control });
  return row ? descriptionOf(row) : failNoControl(control);
}

/** One day of one control. Fails with `not_found` when the last run has no such day. */
export async function readControlDay(
  target: EvidenceCase,
  { control, day }: Input<'controlDay.get'>,
): Promise<ControlDay> {
  const [row] = await target.database.query('SELECT * FROM control_days WHERE control = $control AND day = $day', {
    control,
    day,
  });
  if (!row) return failNoControl(`${control} on ${day}`);
  return controlDayOf(row);
}

/** A row of `control_days` as the contract has it. */
export function controlDayOf(row: SqlRow): ControlDay {
  const list = (name: string): string[] => [...((row[name] as readonly string[] | null) ?? [])];
  return {
    control: String(row['control']),
    day: String(row['day']),
    state: String(row['state']) as ControlDayState,
    allStates: list('all_states') as ControlDayState[],
    reasons: list('reasons'),
    population: Number(row['population']),
    tested: Number(row['tested']),
    deviations: Number(row['deviations']),
    systemsExpected: list('systems_expected'),
    systemsSeen: list('systems_seen'),
  };
}

/** Which system spoke in which stream on which day. */
export async function readCoverage(target: EvidenceCase): Promise<Output<'coverage.get'>> {
  const window = caseWindow(target);
  const coverage = await findCoverage(target.database, window);
  return {
    days: windowDays(window).map(({ day }) => day),
    rows: coverage.map((row) => ({
      stream: row.stream,
      system: row.system,
      days: coverageLetters(row),
      records: row.records,
    })),
  };
}

function failNoControl(what: string): never {
  return fail({
    code: 'not_found',
    message: `The last run has no result for ${what}.`,
    remedy: 'Run the controls, then look again; `fieldwork results` lists what there is.',
  });
}
