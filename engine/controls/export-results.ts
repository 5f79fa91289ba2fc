/** What the last run found, as text for other tools: control-days as a table, JSON or CSV, items as Powerpipe JSON. */
import { fail } from '../../shared/problem.ts';
import type { RowStatus } from '../../shared/states.ts';
import { assertNever } from '../../shared/states.ts';
import { formatInstant } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlParameters, SqlRow } from '../store/sql-values.ts';
import { describedControl, type ControlDescription } from './describe-control.ts';

export const exportFormats = ['table', 'json', 'csv', 'powerpipe'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly control?: string | undefined;
  readonly day?: string | undefined;
}

/** A control-day as `fieldwork results --format json` gives it. */
export interface ControlDayExport {
  readonly control: string;
  readonly day: string;
  readonly state: string;
  readonly population: number;
  readonly deviations: number;
  readonly systems_expected: readonly string[];
  readonly systems_seen: readonly string[];
  readonly reasons: readonly string[];
}

/**
 * Gives what was found as text that ends with a line feed, ordered by control as run, then day.
 * Fails with `not_found` on a control that the last run did not have.
 */
export async function exportResults(
  { database }: { readonly database: CaseDatabase },
  { format, control, day }: ExportOptions,
): Promise<string> {
  const chosen = { control: control ?? null, day: day ?? null };
  if (control !== undefined) await mustHaveRun(database, control);
  switch (format) {
    case 'json':
      return `${JSON.stringify(await controlDays(database, chosen), null, 2)}\n`;
    case 'csv':
      return csvText(await controlDays(database, chosen));
    case 'table':
      return tableText(await controlDays(database, chosen));
    case 'powerpipe':
      return `${JSON.stringify(await powerpipe(database, chosen), null, 2)}\n`;
    default:
      return assertNever(format);
  }
}

async function mustHaveRun(database: CaseDatabase, control: string): Promise<void> {
  const rows = await database.query('SELECT 1 AS one FROM run_controls WHERE control = $control', { control });
  if (rows.length > 0) return;
  fail({
    code: 'not_found',
    message: `The last run has no control ${control}.`,
    remedy: 'Run it, or name one that was run.',
  });
}

async function controlDays(database: CaseDatabase, chosen: SqlParameters): Promise<readonly ControlDayExport[]> {
  const rows = await database.query(
    `SELECT d.* FROM control_days d LEFT JOIN run_controls c ON c.control = d.control
     WHERE ($control::VARCHAR IS NULL OR d.control = $control) AND ($day::VARCHAR IS NULL OR d.day = $day)
     ORDER BY c.ordinal, d.control, d.day`,
    chosen,
  );
  return rows.map((row) => ({
    control: String(row['control']),
    day: String(row['day']),
    state: String(row['state']),
    population: Number(row['population']),
    deviations: Number(row['deviations']),
    systems_expected: texts(row, 'systems_expected'),
    systems_seen: texts(row, 'systems_seen'),
    reasons: texts(row, 'reasons'),
  }));
}

const columns = [
  'control',
  'day',
  'state',
  'population',
  'deviations',
  'systems_expected',
  'systems_seen',
  'reasons',
] as const;

function csvText(days: readonly ControlDayExport[]): string {
  const lines = days.map((day) => columns.map((name) => csvCell(cellOf(day, name))).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

/** Quoted where it must be. A text that a spreadsheet would run as a formula begins with an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function tableText(days: readonly ControlDayExport[]): string {
  const header = ['control', 'day', 'state', 'items', 'deviating', 'systems', 'reason'];
  const rows = days.map((day) => [
    ...[day.control, day.day, day.state, String(day.population), String(day.deviations)],
    ...[`${day.systems_seen.length}/${day.systems_expected.length}`, day.reasons.join(' ')],
  ]);
  const widths = header.map((name, place) => Math.max(name.length, ...rows.map((row) => row[place]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, place) => (place === row.length - 1 ? cell : cell.padEnd(widths[place]!)))
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(line).join('\n')}\n`;
}

function cellOf(day: ControlDayExport, name: (typeof columns)[number]): string {
  const value = day[name];
  return typeof value === 'object' ? value.join(name === 'reasons' ? ' ' : ';') : String(value);
}

type PowerpipeStatus = 'ok' | 'alarm' | 'info' | 'skip' | 'error';
type Summary = Readonly<Record<PowerpipeStatus, number>>;

/** The shape of `powerpipe benchmark run --output json`: a group a pack, a control each, its items as results. */
async function powerpipe(database: CaseDatabase, chosen: SqlParameters): Promise<unknown> {
  const controls = await database.query(
    `SELECT * FROM run_controls WHERE $control::VARCHAR IS NULL OR control = $control ORDER BY ordinal`,
    { control: chosen['control']! },
  );
  const groups = new Map<string, unknown[]>();
  const summaries: Summary[] = [];
  for (const row of controls) {
    const { results, summary } = await powerpipeResults(database, String(row['control']), chosen);
    summaries.push(summary);
    const pack = String(row['pack']);
    groups.set(pack, [...(groups.get(pack) ?? []), powerpipeControl(row, results, summary)]);
  }
  return {
    group_id: 'root_result_group',
    title: 'Fieldwork',
    summary: { status: summaries.reduce(add, emptySummary()) },
    groups: [...groups].map(([group_id, members]) => ({ group_id, title: group_id, controls: members })),
    controls: null,
  };
}

async function powerpipeResults(
  database: CaseDatabase,
  control: string,
  { day }: SqlParameters,
): Promise<{ readonly results: readonly unknown[]; readonly summary: Summary }> {
  const rows = await database.query(
    `SELECT * FROM results WHERE control = $control AND ($day::VARCHAR IS NULL OR day = $day) ORDER BY item`,
    { control, day: day! },
  );
  const results = rows.map(powerpipeResult);
  const summary = results.reduce((sum, { status }) => add(sum, { ...emptySummary(), [status]: 1 }), emptySummary());
  return { results, summary };
}

function powerpipeControl(row: SqlRow, results: readonly unknown[], summary: Summary): unknown {
  const about: ControlDescription = describedControl(String(row['definition']), String(row['sql']));
  const error = row['error'] ?? null;
  return {
    control_id: about.control,
    title: about.title,
    description: about.why,
    severity: about.severity,
    tags: { criteria: about.criteria.join(','), per: about.per },
    summary,
    run_status: error === null ? 'complete' : 'error',
    run_error: error,
    results,
  };
}

interface PowerpipeResult {
  readonly resource: string;
  readonly status: PowerpipeStatus;
  readonly reason: string;
  readonly dimensions: readonly { readonly key: string; readonly value: string }[];
}

function powerpipeResult(row: SqlRow): PowerpipeResult {
  const status = String(row['status']) as RowStatus;
  const own = JSON.parse(String(row['dimensions'])) as Record<string, string | null>;
  const dimensions: Record<string, unknown> = {
    time: formatInstant(BigInt(row['time'] as bigint)),
    day: row['day'],
    system: row['system'],
    evidence: row['source_id'] === null ? null : `${String(row['source_id'])}:${String(row['record'])}`,
    ...own,
    // Two of our words are not theirs.
    fieldwork_status: status === 'no_evidence' || status === 'undecidable' ? status : null,
  };
  return {
    resource: String(row['resource']),
    status: powerpipeStatus(status),
    reason: String(row['reason']),
    dimensions: Object.entries(dimensions)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => ({ key, value: String(value) })),
  };
}

function powerpipeStatus(status: RowStatus): PowerpipeStatus {
  return status === 'no_evidence' || status === 'undecidable' ? 'info' : status;
}

function emptySummary(): Summary {
  return { ok: 0, alarm: 0, info: 0, skip: 0, error: 0 };
}

function add(a: Summary, b: Summary): Summary {
  return {
    ok: a.ok + b.ok,
    alarm: a.alarm + b.alarm,
    info: a.info + b.info,
    skip: a.skip + b.skip,
    error: a.error + b.error,
  };
}

function texts(row: SqlRow, name: string): readonly string[] {
  return (row[name] ?? []) as readonly string[];
}
