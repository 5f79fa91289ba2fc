/** What the last run found, as text for other programs. */
import type { ControlDay, ResultItem } from '../shared/contract.ts';
import { fail } from '../shared/problem.ts';
import { isDay } from '../shared/time.ts';
import { csvLine } from './core/csv-line.ts';
import type { ControlDescription } from './controls/describe-control.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { resultItem } from './case-reads.ts';
import { controlDayOf, descriptionOf } from './result-reads.ts';

export const exportFormats = ['json', 'csv', 'powerpipe'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ResultChoice {
  readonly control?: string;
  readonly day?: string;
}

/** A control-day for other programs. Systems are counts; those that were silent are named. */
export interface ControlDayRecord {
  readonly control: string;
  readonly day: string;
  readonly state: string;
  readonly all_states: readonly string[];
  readonly reasons: readonly string[];
  readonly population: number;
  readonly tested: number;
  readonly deviations: number;
  readonly systems_expected: number;
  readonly systems_seen: number;
  readonly systems_silent: readonly string[];
}

/**
 * Looks whether the last run can have what was chosen: an empty answer about a day or a control that there never was
 * would read as a fact. Fails with `bad_request` or `not_found`.
 */
export async function checkChoice(target: EvidenceCase, { control, day }: ResultChoice): Promise<void> {
  const { firstDay, lastDay } = auditWindow(target.engagement);
  if (day !== undefined && !(isDay(day) && day >= firstDay && day <= lastDay)) {
    fail({
      code: 'bad_request',
      message: `${day} is not a day of the window, ${firstDay} to ${lastDay}.`,
      remedy: 'Give a day of the window as YYYY-MM-DD.',
    });
  }
  const controls = (await target.database.query('SELECT control FROM run_controls')).map((row) => row['control']);
  if (controls.length === 0) {
    fail({
      code: 'not_found',
      message: 'No control was run in this case yet.',
      remedy: 'Run the controls with `fieldwork run`.',
    });
  }
  if (control !== undefined && !controls.includes(control)) {
    fail({
      code: 'not_found',
      message: `The last run has no control ${control}.`,
      remedy: '`fieldwork results` without --control lists what there is.',
    });
  }
}

/** The chosen control-days, by control and day. */
export async function readControlDays(target: EvidenceCase, choice: ResultChoice): Promise<ControlDayRecord[]> {
  const { where, parameters } = condition(choice);
  const rows = await target.database.query(`SELECT * FROM control_days ${where} ORDER BY control, day`, parameters);
  return rows.map((row) => controlDayRecord(controlDayOf(row)));
}

/** The chosen items of populations, by control and in the order of the query. */
export async function readItems(
  target: EvidenceCase,
  choice: ResultChoice,
): Promise<(ResultItem & { control: string })[]> {
  const { where, parameters } = condition(choice);
  const rows = await target.database.query(`SELECT * FROM results ${where} ORDER BY control, item`, parameters);
  return rows.map((row) => ({ control: String(row['control']), ...resultItem(row) }));
}

/**
 * Gives the chosen results as text: `json` and `csv` a control-day each, `powerpipe` the items in Powerpipe's shape,
 * with the two statuses that it does not have as `info` and a dimension.
 */
export async function exportResults(target: EvidenceCase, format: ExportFormat, choice: ResultChoice): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(await readControlDays(target, choice), null, 2)}\n`;
    case 'csv':
      return controlDaysCsv(await readControlDays(target, choice));
    case 'powerpipe':
      return `${JSON.stringify(await powerpipe(target, choice), null, 2)}\n`;
  }
}

function condition({ control, day }: ResultChoice): { where: string; parameters: Record<string, string> } {
  const parts = [...(control ? ['control = $control'] : []), ...(day ? ['day = $day'] : [])];
  const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
  return { where, parameters: { ...(control ? { control } : {}), ...(day ? { day } : {}) } };
}

function controlDayRecord(day: ControlDay): ControlDayRecord {
  const seen = new Set(day.systemsSeen);
  return {
    control: day.control,
    day: day.day,
    state: day.state,
    all_states: day.allStates,
    reasons: day.reasons,
    population: day.population,
    tested: day.tested,
    deviations: day.deviations,
    systems_expected: day.systemsExpected.length,
    systems_seen: day.systemsSeen.length,
    systems_silent: day.systemsExpected.filter((system) => !seen.has(system)),
  };
}

function controlDaysCsv(days: readonly ControlDayRecord[]): string {
  const header = [
    'control',
    'day',
    'state',
    'population',
    'deviations',
    'systems_expected',
    'systems_seen',
    'systems_silent',
    'reasons',
  ];
  const lines = days.map((day) =>
    csvLine([
      ...[day.control, day.day, day.state, day.population, day.deviations, day.systems_expected, day.systems_seen],
      ...[day.systems_silent.join('; '), day.reasons.join(' ')],
    ]),
  );
  return [csvLine(header), ...lines].join('');
}

interface PowerpipeControl {
  readonly control_id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly PowerpipeResult[];
}

interface PowerpipeResult {
  readonly resource: string;
  readonly status: string;
  readonly reason: string;
  readonly dimensions: readonly { readonly key: string; readonly value: string }[];
}

async function powerpipe(target: EvidenceCase, choice: ResultChoice): Promise<{ controls: PowerpipeControl[] }> {
  const rows = await target.database.query('SELECT * FROM run_controls ORDER BY pack, control');
  const wanted = rows
    .map(descriptionOf)
    .filter(({ control }) => choice.control === undefined || choice.control === control);
  const items = await readItems(target, choice);
  return {
    controls: wanted.map((control) =>
      powerpipeControl(
        control,
        items.filter((item) => item.control === control.control),
      ),
    ),
  };
}

function powerpipeControl(control: ControlDescription, items: readonly ResultItem[]): PowerpipeControl {
  const results = items.map(powerpipeResult);
  const summary = { ok: 0, alarm: 0, info: 0, skip: 0, error: 0 };
  for (const { status } of results) summary[status as keyof typeof summary]++;
  const { control: id, title, why: description, severity, criteria } = control;
  return { control_id: id, title, description, severity, tags: { criteria: criteria.join(', ') }, summary, results };
}

function powerpipeResult(item: ResultItem): PowerpipeResult {
  const ours = item.status === 'no_evidence' || item.status === 'undecidable';
  const { time, system, citation } = item;
  const dimensions = {
    ...(time === null ? {} : { time }),
    ...(system === null ? {} : { system }),
    ...(citation === null ? {} : { evidence: `S${citation.sourceId} #${citation.record}` }),
    ...(ours ? { fieldwork_status: item.status } : {}),
    ...item.dimensions,
  };
  return {
    resource: item.resource,
    status: ours ? 'info' : item.status,
    reason: item.reason,
    dimensions: Object.entries(dimensions).map(([key, value]) => ({ key, value: value ?? '' })),
  };
}
