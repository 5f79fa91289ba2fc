/** Pages of documentation that are made from the program, so that they cannot say otherwise than it does. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { criterionTitle } from './controls/criteria.ts';
import type { Control, Pack } from './controls/pack.ts';
import { valueText } from './controls/parameters.ts';
import { readPacks } from './controls/read-pack.ts';
import { citationColumns, evidenceTable, evidenceTableNames } from './core/tables.ts';
import { evidenceViews } from './evidence/views.ts';
import { timelineTables } from './store/timeline-tables.ts';

const MADE = '<!-- Made by `npm run docs`; changes here are lost. -->';

/** docs/evidence-tables.md: every table a control can read, with its columns. */
export function evidenceTablesPage(): string {
  const tables = evidenceTableNames.map((name) => {
    const { means, columns } = evidenceTable(name);
    const view = evidenceViews.find((candidate) => candidate.name === name);
    return tableSection(`## ${name}`, `${means} Read ${view?.means ?? 'as it is'}.`, columns);
  });
  const derived = timelineTables.map(({ target, means, columns }) => tableSection(`### ${target}`, means, columns));
  const citation = citationColumns.map((column) => `- \`${column.name}\`: ${column.means}`);
  return [
    '# Evidence tables',
    '',
    MADE,
    '',
    'What controls read. Every row begins with its citation:',
    '',
    ...citation,
    '',
    'Types: `time` is a UTC timestamp with microseconds, `texts` a list of text, `labels` a map of text to text',
    "(`labels['job']`), `json` JSON as text, `longtext` text that may be long. Every column may be NULL.",
    '',
    ...tables,
    '## Tables of the timeline',
    '',
    'What is made of the evidence and of what people decided, as [the timeline](timeline.md) says. They are brought up to',
    'date before controls run, and for every case of a pack. A row cites the records that it lies between or rests on.',
    'Names that are words of SQL are quoted: `"from"`, `"to"`.',
    '',
    ...derived,
  ].join('\n');
}

interface ColumnMeaning {
  readonly name: string;
  readonly type: string;
  readonly means: string;
}

function tableSection(heading: string, says: string, columns: readonly ColumnMeaning[]): string {
  const rows = columns.map(({ name, type, means }) => `| ${name} | ${type} | ${cell(means)} |`);
  return [heading, '', says, '', '| column | type | what it is |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** docs/controls.md: every control that ships, by criterion. */
export async function controlsPage(packsFolder: string): Promise<string> {
  const names = (await readdir(packsFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const packs = await readPacks(names.map(({ name }) => join(packsFolder, name)).sort());
  const controls = packs.flatMap((pack) => pack.controls);
  const criteria = [...new Set(controls.flatMap((control) => control.criteria))].sort(byNumber);
  const index = criteria.map((id) => {
    const touching = controls.filter((control) => control.criteria.includes(id));
    return `| ${id} | ${criterionTitle(id) ?? ''} | ${touching.map((control) => `[${control.id}](#${anchor(control.id)})`).join(', ')} |`;
  });
  return [
    '# Controls',
    '',
    MADE,
    '',
    'Criteria are named by their ids, with titles of our own. That a control touches a criterion says what it may be',
    'evidence for; no control says that a criterion is met.',
    '',
    '| criterion | our title | controls |',
    '| --- | --- | --- |',
    ...index,
    '',
    ...packs.flatMap(packSection),
  ].join('\n');
}

function packSection(pack: Pack): readonly string[] {
  return [
    `## Pack ${pack.id} ${pack.version}`,
    '',
    `${pack.title}.`.replace(/\.\.$/, '.'),
    '',
    ...pack.controls.flatMap(controlSection),
  ];
}

function controlSection(control: Control): readonly string[] {
  const needs = Object.entries(control.needs).map(([table, columns]) => `\`${table}\` (${columns.join(', ')})`);
  const parameters = Object.entries(control.parameters).map(
    ([name, { default: value, unit, means }]) =>
      `- \`${name}\` = ${valueText(value)}${unit === undefined ? '' : ` ${unit}`}: ${means}`,
  );
  return [
    `### ${control.id}`,
    '',
    `${control.title}. ${control.why}`.replace('..', '.'),
    '',
    `- Criteria: ${control.criteria.join(', ')}`,
    `- Operates: ${control.per}; severity ${control.severity}; ${control.maturity}`,
    `- Population: ${control.population}`,
    `- Needs: ${needs.join('; ')}`,
    ...(control.metrics.length > 0
      ? [`- Metric series: ${control.metrics.map((one) => `\`${one}\``).join(', ')}`]
      : []),
    `- Coverage of: ${control.streams.join(', ') || 'none; the absence of evidence is what it tests'}`,
    ...(parameters.length > 0 ? ['', 'Parameters:', '', ...parameters] : []),
    '',
    'What it cannot see:',
    '',
    ...control.limits.map((limit) => `- ${limit}`),
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function anchor(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9 -]/g, '');
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
