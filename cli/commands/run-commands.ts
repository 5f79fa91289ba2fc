/** Commands that make the sample, compare deliveries, run controls and show what was found. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  askCase,
  checkChoice,
  checkPack,
  exportFormats,
  exportResults,
  generateSample,
  readControlDays,
  readDeliveries,
  readItems,
  readMatrix,
  readPack,
  runCase,
  testPack,
  type Answer,
  type EvidenceCase,
} from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { putSlowly } from '../output.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { print, printJson, printJsonRows, printRows, printTable, type Cell } from '../terminal.ts';
import { collect } from './case-commands.ts';

interface SampleCommandOptions {
  readonly seed?: string;
  readonly scale: string;
}

async function sample(
  { json, job }: CommandContext,
  folder: string,
  { seed, scale }: SampleCommandOptions,
): Promise<ExitCode> {
  if (scale !== 'small' && scale !== 'large') return failChoice('--scale', scale, 'small or large');
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) failChoice('--seed', seed, 'a whole number of at most 9 digits');
  const report = await generateSample({ folder, scale, job, ...(seed === undefined ? {} : { seed: Number(seed) }) });
  if (json) printJson(report);
  else {
    print(
      `${report.folder}: ${report.files} files, ${report.diskBytes} bytes, ${report.deviations} planted deviations.`,
    );
    print('What was planted stands in ground-truth.json.');
  }
  return 0;
}

async function deliveries(context: CommandContext, path: string): Promise<ExitCode> {
  const rows = await withCase(context, path, readDeliveries);
  if (context.json) printJson(rows);
  else
    printTable(
      ['stream', 'system', 'day', 'earlier', 'later', 'in both', 'gone', 'new', 'changed', 'records gone'],
      rows.map((d) => [
        d.stream,
        d.system,
        d.day,
        `S${d.earlier}`,
        `S${d.later}`,
        d.shared,
        d.removed,
        d.added,
        d.changed,
        goneRecords(d),
      ]),
    );
  return rows.some(({ removed }) => removed > 0) ? 1 : 0;
}

type Delivery = Awaited<ReturnType<typeof readDeliveries>>[number];

/** The citations of records that are gone, the first ten of a day; the rest as their number. */
function goneRecords({ earlier, removed, removedRecords }: Delivery): string | null {
  const cited = removedRecords.map((record) => `#${record}`).join(' ');
  const more = removed - removedRecords.length;
  return removed === 0 ? null : `S${earlier} ${cited}${more > 0 ? ` and ${more} more` : ''}`;
}

interface RunCommandOptions {
  readonly pack?: readonly string[];
  readonly control?: readonly string[];
  readonly failOn?: string;
}

async function run(context: CommandContext, path: string, options: RunCommandOptions): Promise<ExitCode> {
  if (options.failOn !== undefined && options.failOn !== 'deviation')
    return failChoice('--fail-on', options.failOn, 'deviation');
  const { summary, matrix } = await withCase(context, path, async (target) => ({
    summary: await runCase(
      context.engine,
      target,
      { packs: options.pack ?? [], controls: options.control ?? [] },
      context.job,
    ),
    matrix: await readMatrix(target),
  }));
  if (context.json) printJson({ ...summary, ...matrix });
  else {
    printTable(
      ['control', 'per', 'overall', 'conclusion'],
      matrix.controls.map((c) => [c.control, c.per, c.overall, c.conclusion]),
    );
    print(`Run ${summary.runId}: ${summary.controls} controls in ${summary.seconds.toFixed(1)} s.`);
    if (summary.unmeasuredClocks.length > 0) print(unmeasuredNotice(summary.unmeasuredClocks));
  }
  const deviates = matrix.controls.some((control) => (control.totals['deviation'] ?? 0) > 0);
  return options.failOn === 'deviation' && deviates ? 1 : 0;
}

const MOST_NAMES = 5;

/** Said once a run: on every day of every control it would drown what is known. */
function unmeasuredNotice(systems: readonly string[]): string {
  const more = systems.length - MOST_NAMES;
  const names = `${systems.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const isOne = systems.length === 1;
  const clocks = isOne ? 'The clock of one system was' : `The clocks of ${systems.length} systems were`;
  const times = `the times of ${isOne ? 'its' : 'their'} records were taken as they are`;
  return `${clocks} never measured, so ${times}: ${names}.`;
}

interface ResultsOptions {
  readonly control?: string;
  readonly day?: string;
  readonly format: string;
}

async function results(context: CommandContext, path: string, options: ResultsOptions): Promise<ExitCode> {
  const asked = context.json ? 'json' : options.format;
  const format = exportFormats.find((known) => known === asked);
  if (format === undefined && asked !== 'table')
    return failChoice('--format', asked, ['table', ...exportFormats].join(', '));
  await withCase(context, path, async (target) => {
    await checkChoice(target, options);
    if (format === undefined) await printResults(target, options);
    else await putSlowly(await exportResults(target, format, options));
  });
  return 0;
}

/** The days that are not effective; of one control on one day, its items. */
async function printResults(target: EvidenceCase, choice: ResultsOptions): Promise<void> {
  const days = await readControlDays(target, choice);
  const shown =
    choice.day === undefined ? days.filter(({ state }) => state !== 'effective' && state !== 'not due') : days;
  printTable(
    ['control', 'day', 'state', 'items', 'deviations', 'reasons'],
    shown.map((d) => [d.control, d.day, d.state, d.population, d.deviations, d.reasons.join(' ')]),
  );
  if (choice.day === undefined) print(`${days.length - shown.length} control-days are effective or not due.`);
  if (choice.control === undefined || choice.day === undefined) return;
  const items = await readItems(target, choice);
  print();
  printTable(
    ['time', 'system', 'resource', 'status', 'evidence', 'reason'],
    items.map((i) => [
      i.time,
      i.system,
      i.resource,
      i.status,
      i.citation && `S${i.citation.sourceId} #${i.citation.record}`,
      i.reason,
    ]),
  );
}

async function sql(
  context: CommandContext,
  path: string,
  query: string,
  options: { readonly format: string },
): Promise<ExitCode> {
  const { engine, job, json } = context;
  if (options.format !== 'table' && options.format !== 'json') failChoice('--format', options.format, 'table or json');
  const isJson = json || options.format === 'json';
  const use = ({ columns, rows }: Answer): Promise<void> => {
    const names = columns.map(({ name }) => name);
    return isJson ? printJsonRows(rows) : printRows(names, cellsOf(names, rows));
  };
  await withCase(context, path, (target) => askCase(engine, target, { sql: query, job, use }));
  return 0;
}

async function* cellsOf(
  names: readonly string[],
  pieces: Answer['rows'],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const piece of pieces) yield piece.map((row) => names.map((name) => cell(row[name])));
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined || typeof value === 'number') return value ?? null;
  return Array.isArray(value) ? `[${value.map((item) => cell(item) ?? 'null').join(', ')}]` : String(value);
}

async function packCheck({ engine, json }: CommandContext, folder: string): Promise<ExitCode> {
  const findings = await checkPack(await readPack(await packFolder(folder, engine.paths.packs)), engine.spawnLocked);
  if (json) printJson(findings);
  else if (findings.length === 0) print(`${folder}: 0 findings.`);
  else
    printTable(
      ['file', 'finding'],
      findings.map((finding) => [finding.file, finding.message]),
    );
  return findings.length === 0 ? 0 : 1;
}

async function packTest({ engine, json, job }: CommandContext, folder: string): Promise<ExitCode> {
  const report = await testPack(await readPack(await packFolder(folder, engine.paths.packs)), engine, job);
  if (json) printJson(report);
  else {
    for (const failed of report.failures) print(failed);
    print(`${folder}: ${report.passed} passed, ${report.failures.length} failed`);
  }
  return report.failures.length === 0 ? 0 : 1;
}

/** A pack is named by its folder, or by its id where it ships with Fieldwork. */
async function packFolder(named: string, shipped: string): Promise<string> {
  for (const folder of [named, join(shipped, named)]) {
    const isPack = await stat(join(folder, 'pack.yaml')).then(
      () => true,
      () => false,
    );
    if (isPack) return folder;
  }
  return fail({
    code: 'not_found',
    message: 'There is no pack.yaml in this folder.',
    where: { file: named },
    remedy: 'Give the folder of a pack.',
  });
}

function failChoice(option: string, given: string, choices: string): never {
  return fail({ code: 'bad_request', message: `${option} cannot be ${given}.`, remedy: `Give ${choices}.` });
}

function withJson(command: Command): Command {
  return command.option('--json', 'one JSON value on stdout');
}

/** Adds `sample`. */
export function addSampleCommand(program: Command): void {
  withJson(program.command('sample <folder>'))
    .description('Writes the evidence of the sample engagement, and the truth about it.')
    .option('--seed <number>', 'a whole number; another one gives other evidence with the same things planted')
    .option('--scale <scale>', 'small or large', 'small')
    .action(action(sample));
}

/** Adds the commands that compare deliveries, run controls and show what was found. */
export function addRunCommands(program: Command): void {
  withJson(program.command('deliveries <case>'))
    .description('Compares logs that were delivered more than once: what is gone, new or changed, by day.')
    .action(action(deliveries));
  withJson(program.command('run <case>'))
    .description('Runs the controls over every day of the window and prints the matrix.')
    .option('--pack <pack>', 'a pack that ships with Fieldwork, or the folder of one; may be given again', collect)
    .option('--control <id>', 'only this control; may be given again', collect)
    .option('--fail-on <state>', 'exit with 1 when a day is in this state: deviation')
    .action(action(run));
  withJson(program.command('results <case>'))
    .description('What the last run found.')
    .option('--control <id>', 'of one control')
    .option('--day <day>', 'on one day')
    .option('--format <format>', ['table', ...exportFormats].join(', '), 'table')
    .action(action(results));
  withJson(program.command('sql <case> <query>'))
    .description('Runs one SELECT on the locked connection.')
    .option('--format <format>', 'table or json', 'table')
    .action(action(sql));
}

/** Adds `pack`. */
export function addPackCommands(program: Command): void {
  const pack = program.command('pack').description('Query packs: `pack check`, `pack test`.');
  withJson(pack.command('check <folder>')).description('Checks the files of a pack.').action(action(packCheck));
  withJson(pack.command('test <folder>')).description('Runs the cases of a pack.').action(action(packTest));
}
