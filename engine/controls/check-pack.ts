/** Looks for what is wrong with a pack without running it on evidence. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../../shared/problem.ts';
import type { SpawnLocked } from '../core/locked-child.ts';
import { parseSelector } from '../formats/prometheus-tsdb/selector.ts';
import { controlTables } from '../store/locked/allowed-tables.ts';
import { defaultLimits, LockedQueries } from '../store/locked/locked-queries.ts';
import { SCHEMA_VERSION } from '../store/schema.ts';
import { clockMacroNeeds } from '../timeline/clocks/clock-macros.ts';
import { readCases } from './cases.ts';
import { itemReader } from './control-rows.ts';
import { isCriterion } from './criteria.ts';
import { readCatalogue, makeNarrowDatabase, type Catalogue } from './narrow-database.ts';
import type { Control, Pack } from './pack.ts';
import { hasType } from './parameters.ts';

export interface Finding {
  /** Name of the file within the pack. */
  readonly file: string;
  readonly message: string;
}

const WINDOW_PARAMETERS = ['window_start', 'window_end'];

/**
 * Checks names, criteria, tables, columns, parameters, order, output and cases of every control of a pack.
 * Tables, functions and parameters come from DuckDB's own tree of the SQL; columns from binding it to tables that have
 * no others than those the control says it needs. Empty means that nothing was found.
 */
export async function checkPack(pack: Pack, spawn: SpawnLocked): Promise<readonly Finding[]> {
  const catalogue = await readCatalogue();
  const findings: Finding[] = [];
  if (pack.evidence_schema > SCHEMA_VERSION) {
    findings.push({
      file: 'pack.yaml',
      message: `It needs evidence schema ${pack.evidence_schema}; this is ${SCHEMA_VERSION}.`,
    });
  }
  if (pack.controls.length === 0) findings.push({ file: 'pack.yaml', message: 'The pack has no control.' });
  for (const { name } of pack.files) {
    const owner = name.replace(/\.cases\.yaml$/, '');
    if (owner !== name && !pack.controls.some(({ id }) => id === owner)) {
      findings.push({ file: name, message: `There is no control ${owner}.` });
    }
  }
  for (const control of pack.controls) {
    const messages = [
      ...checkFrontMatter(control),
      ...checkNeeds(control, catalogue),
      ...checkCases(control).map((message) => ({ message, file: `${control.id}.cases.yaml` })),
      ...(await checkSql(control, catalogue, spawn)),
    ];
    findings.push(...messages.map((one) => (typeof one === 'string' ? { file: control.file, message: one } : one)));
  }
  return findings;
}

function checkFrontMatter(control: Control): readonly string[] {
  const parameters = Object.entries(control.parameters);
  return [
    ...(control.file === `${control.id}.sql`
      ? []
      : [`The id is ${control.id}, so the file is called ${control.id}.sql.`]),
    ...control.criteria.filter((id) => !isCriterion(id)).map((id) => `There is no criterion ${id}.`),
    ...(/^(ensure|check|verify)\b/i.test(control.title) ? ['The title is an order; it says the good state.'] : []),
    ...parameters
      .filter(([, definition]) => !hasType(definition.default, definition))
      .map(([name, { type }]) => `The default of the parameter ${name} is no ${type}.`),
    ...parameters
      .filter(([name]) => WINDOW_PARAMETERS.includes(name))
      .map(([name]) => `The parameter ${name} is bound by Fieldwork and cannot be declared.`),
    ...control.metrics.flatMap(selectorTrouble),
    ...control.optional
      .filter((table) => !(table in control.needs))
      .map((table) => `${table} is optional, but not among the tables needed.`),
  ];
}

function selectorTrouble(selector: string): readonly string[] {
  try {
    parseSelector(selector);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function checkNeeds(control: Control, catalogue: Catalogue): readonly string[] {
  return [...checkTables(control, catalogue), ...checkClockFunctions(control)];
}

/** Without these columns DuckDB would only say that it has no such function. */
function checkClockFunctions({ needs, sql }: Control): readonly string[] {
  const declared = needs['clock_intervals'];
  if (!declared || !/\b(event_time_trusted|ordered)\s*\(/i.test(sql)) return [];
  const missing = clockMacroNeeds.clock_intervals.filter((column) => !declared.includes(column));
  if (missing.length === 0) return [];
  return [`event_time_trusted and ordered also need ${missing.join(', ')} of clock_intervals.`];
}

function checkTables({ needs }: Control, catalogue: Catalogue): readonly string[] {
  return Object.entries(needs).flatMap(([table, columns]) => {
    const known = controlTables.includes(table) ? catalogue.get(table) : undefined;
    if (!known) return [`There is no table ${table} that controls may read.`];
    return columns.filter((column) => !known.has(column)).map((column) => `${table} has no column ${column}.`);
  });
}

async function checkSql(control: Control, catalogue: Catalogue, spawn: SpawnLocked): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-check-'));
  const path = join(folder, 'narrow.duckdb');
  const queries = new LockedQueries(spawn, path, { ...defaultLimits, seconds: 10 });
  try {
    await makeNarrowDatabase(path, control.needs, catalogue);
    const tables = Object.keys(control.needs).filter((table) => catalogue.has(table));
    const uses = await queries.inspect(control.sql, tables);
    return [
      ...tables
        .filter((table) => !uses.tables.includes(table))
        .map((table) => `It needs ${table} and does not read it.`),
      ...checkParameterUse(control, uses.parameters),
      ...(uses.isOrdered ? [] : ['The SQL does not end with an order by, so its rows come in any order.']),
      ...uses.unorderedCalls.map((name) => `${name} has no order by, so its value depends on the order of rows.`),
      ...(await checkOutput(control, queries, tables)),
    ];
  } catch (error) {
    return [messageOf(error)];
  } finally {
    await queries.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function checkParameterUse({ parameters }: Control, used: readonly string[]): readonly string[] {
  const declared = Object.keys(parameters);
  const unknown = used.filter((name) => !declared.includes(name) && !WINDOW_PARAMETERS.includes(name));
  return [
    ...declared.filter((name) => !used.includes(name)).map((name) => `The parameter ${name} is declared and not used.`),
    ...unknown.map((name) => `The parameter ${name} is used and not declared.`),
  ];
}

/** Binds the SQL to tables without rows: a column that is not declared is not there, and the output shows its columns. */
async function checkOutput(
  control: Control,
  queries: LockedQueries,
  tables: readonly string[],
): Promise<readonly string[]> {
  const values = Object.fromEntries(Object.entries(control.parameters).map(([name, one]) => [name, one.default]));
  const window = { window_start: { micros: 0n }, window_end: { micros: 0n } };
  try {
    const result = await queries.query({ sql: control.sql, parameters: { ...values, ...window }, tables });
    await result.rows.return(undefined);
    itemReader(result.columns);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function checkCases(control: Control): readonly string[] {
  try {
    const cases = readCases(control);
    if (cases === null) return ['The control has no cases.'];
    const states = cases.cases.flatMap(({ expect }) => Object.values(expect.days ?? {}));
    const names = cases.cases.map(({ name }) => name);
    return [
      ...(['effective', 'deviation', 'no evidence'] as const)
        .filter((state) => !states.includes(state))
        .map((state) => `No case expects a day that is ${state}.`),
      ...names.filter((name, place) => names.indexOf(name) !== place).map((name) => `Two cases are called ${name}.`),
      ...cases.plant.filter((plant) => !names.includes(plant.case)).map((plant) => `There is no case ${plant.case}.`),
    ];
  } catch (error) {
    return [messageOf(error)];
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ProblemError && error.problem.code !== 'internal') return error.problem.message;
  throw error;
}
