/** A mapping: which columns of a file are which evidence. docs/formats/generic.md has its grammar. */
import { z } from 'zod';
import { evidenceTable, evidenceTableNames, type Column, type EvidenceTableName } from '../../core/tables.ts';
import type { Problem } from '../../../shared/problem.ts';
import { convert, type ColumnValue, type ValueRule } from './column-values.ts';
import { readMappingYaml, type MappingIssue } from './mapping-yaml.ts';
import { meaningOf, neededColumns } from './table-rules.ts';
import { makeTimeForm, type TimeForm } from './time-forms.ts';

/** How one column of the evidence table is filled. */
export interface ColumnRule extends ValueRule {
  readonly column: string;
  /** `columns.time`, for messages. */
  readonly place: string;
  /** The source column, or the path of a JSON member; `undefined` for a constant. */
  readonly from: string | undefined;
  readonly constant: ColumnValue | undefined;
  /** Values of the source and what they stand for; `null` is no value. */
  readonly values: ReadonlyMap<string, ColumnValue | null> | undefined;
  /** What a value that is not among `values` stands for; `undefined`: the row is rejected. */
  readonly otherwise: ColumnValue | null | undefined;
}

/** Rows that are read: those whose `from` is `text`, or those whose is not. */
export interface RowCondition {
  readonly from: string;
  readonly equals: boolean;
  readonly text: string;
}

/** How a record becomes a row of one table. */
export interface TableMapping {
  readonly table: EvidenceTableName;
  readonly stream: string | undefined;
  readonly only: RowCondition | undefined;
  readonly columns: readonly ColumnRule[];
}

export interface Mapping {
  /** Names that lead to the list of records in a JSON document; `undefined` where there is no such list. */
  readonly list: readonly string[] | undefined;
  /** The tables that a record may give a row of: at least one. */
  readonly tables: readonly TableMapping[];
}

export type ReadMapping =
  { readonly kind: 'mapping'; readonly mapping: Mapping } | { readonly kind: 'refused'; readonly because: Problem };

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'is not a text, a number or true or false' });
const scalarOrNull = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'is not a single value' });
const source = z.string({ error: 'is not the name of a column or a path' }).min(1, 'is empty').max(1000, 'is too long');
const zone = z.string({ error: 'is not the name of a time zone' });

const columnShape = z.strictObject({
  from: source.optional(),
  value: scalar.optional(),
  values: z.record(z.string(), scalarOrNull, { error: 'is not a map of values' }).optional(),
  otherwise: scalarOrNull.optional(),
  as: z
    .union([z.string(), z.array(z.string()).min(1).max(20)], { error: 'is not a form of time or a list of them' })
    .optional(),
  zone: zone.optional(),
  split: z.string({ error: 'is not a text' }).min(1).max(10).optional(),
});
type ColumnShape = z.infer<typeof columnShape>;

const listShape = z.string({ error: 'is not the name of a list' }).optional();
const tableMembers = {
  table: z.string({ error: 'is not the name of an evidence table' }).optional(),
  stream: z
    .string({ error: 'is not the name of a stream' })
    .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'is not a name of lower case letters, digits, "-", "_" and "."')
    .optional(),
  only: z.string({ error: 'is not written "column = value"' }).optional(),
  columns: z.record(z.string(), z.unknown(), { error: 'is not a map of columns' }),
};
const MOST_TABLES = 20;
const tableShape = z.strictObject(tableMembers);
const mappingShape = z.strictObject({ ...tableMembers, list: listShape });
const tablesShape = z.strictObject({
  list: listShape,
  tables: z
    .array(z.unknown(), { error: 'is not a list of tables' })
    .min(1, 'names no table')
    .max(MOST_TABLES, `names more than ${MOST_TABLES} tables`),
});
type TableShape = z.infer<typeof tableShape>;

const MOST_ISSUES = 10;

/**
 * Reads a mapping and checks it against the evidence tables. Failures name each place in the YAML, with its line.
 */
export function readMapping(text: string): ReadMapping {
  const yaml = readMappingYaml(text);
  if (yaml.kind === 'refused') return refused([yaml.issue]);
  const reader = new MappingReader(yaml.lineOf);
  const mapping = reader.read(yaml.value);
  return mapping === undefined || reader.issues.length > 0 ? refused(reader.issues) : { kind: 'mapping', mapping };
}

/** The problem of a mapping that cannot be used. */
export function mappingProblem(issues: readonly MappingIssue[]): Problem {
  const shown = issues.slice(0, MOST_ISSUES).map(({ place, line, says }) => {
    const where = line === undefined ? '' : ` (line ${line})`;
    return place === '' ? `${says}${where}` : `${place}${where}: ${says}`;
  });
  const more = issues.length > MOST_ISSUES ? `; and ${issues.length - MOST_ISSUES} more` : '';
  const line = issues[0]?.line;
  return {
    code: 'bad_request',
    message: `The mapping cannot be used. ${shown.join('; ')}${more}.`,
    where: { file: 'the mapping', ...(line === undefined ? {} : { line }) },
    remedy: 'Correct it and import again with --mapping FILE; docs/formats/generic.md shows its shape.',
  };
}

function refused(issues: readonly MappingIssue[]): ReadMapping {
  return { kind: 'refused', because: mappingProblem(issues) };
}

class MappingReader {
  readonly issues: MappingIssue[] = [];

  constructor(private readonly lineOf: (path: readonly string[]) => number | undefined) {}

  read(value: unknown): Mapping | undefined {
    const isOfSeveral = typeof value === 'object' && value !== null && Object.hasOwn(value, 'tables');
    return isOfSeveral ? this.#several(value) : this.#single(value);
  }

  #single(value: unknown): Mapping | undefined {
    const shape = this.#checked(mappingShape, value, []);
    const table = shape && this.#readTable(shape, []);
    return table && { list: this.#list(shape.list), tables: [table] };
  }

  #several(value: unknown): Mapping | undefined {
    const shape = this.#checked(tablesShape, value, []);
    if (shape === undefined) return undefined;
    const tables = shape.tables.flatMap((each, i) => {
      const at = ['tables', String(i)];
      const table = this.#checked(tableShape, each, at);
      return (table && this.#readTable(table, at)) ?? [];
    });
    return { list: this.#list(shape.list), tables };
  }

  #readTable(shape: TableShape, at: readonly string[]): TableMapping | undefined {
    const table = this.#table(shape.table ?? 'events', at);
    if (table === undefined) return undefined;
    const columns = Object.entries(shape.columns).flatMap(
      ([name, rule]) => this.#column({ table, name, value: rule }, at) ?? [],
    );
    this.#checkNeeded({ table, shape, columns }, at);
    const only = shape.only === undefined ? undefined : this.#only(shape.only, at);
    return { table, stream: shape.stream, only, columns };
  }

  #fail(path: readonly string[], says: string): undefined {
    this.issues.push({ place: path.join('.'), line: this.lineOf(path), says });
  }

  #checked<T>(shape: z.ZodType<T>, value: unknown, path: readonly string[]): T | undefined {
    const read = shape.safeParse(value);
    if (read.success) return read.data;
    for (const issue of read.error.issues) this.#issue(issue, path);
    return undefined;
  }

  #issue(issue: z.core.$ZodIssue, path: readonly string[]): void {
    const at = [...path, ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) this.#fail([...at, key], 'there is no such member of a mapping');
    else if (at.length === 0) this.#fail([], 'The mapping is not a map with the member "columns"');
    else this.#fail(at, issue.message);
  }

  #table(name: string, at: readonly string[]): EvidenceTableName | undefined {
    const known = evidenceTableNames.find((each) => each === name);
    if (known === undefined)
      return this.#fail(
        [...at, 'table'],
        `${shown(name)} is no evidence table; these are: ${evidenceTableNames.join(', ')}`,
      );
    if (evidenceTable(known).columns.some((column) => column.name === 'series_id'))
      return this.#fail([...at, 'table'], `${known} holds series of metrics, which a mapping cannot give an identity`);
    return known;
  }

  #column(
    { table, name, value }: { table: EvidenceTableName; name: string; value: unknown },
    at: readonly string[],
  ): ColumnRule | undefined {
    const path = [...at, 'columns', name];
    const { columns } = evidenceTable(table);
    const column = columns.find((each) => each.name === name);
    if (column === undefined)
      return this.#fail(path, `${table} has no such column; it has ${columns.map((each) => each.name).join(', ')}`);
    if (name === 'stream')
      return this.#fail(path, 'the stream is named once for all rows, by "stream" beside "columns"');
    const shape = typeof value === 'string' ? { from: value } : this.#checked(columnShape, value, path);
    return shape && this.#rule({ table, column, shape }, path);
  }

  #rule(
    { table, column, shape }: { table: EvidenceTableName; column: Column; shape: ColumnShape },
    path: readonly string[],
  ): ColumnRule | undefined {
    if ((shape.from === undefined) === (shape.value === undefined))
      return this.#fail(path, 'it needs either "from" (a column or path) or "value" (a constant)');
    if (shape.otherwise !== undefined && shape.values === undefined)
      return this.#fail([...path, 'otherwise'], 'it stands beside "values" only');
    if ((shape.as ?? shape.zone) !== undefined && column.type !== 'time')
      return this.#fail(
        [...path, shape.as === undefined ? 'zone' : 'as'],
        `${column.name} is no time, but ${column.type}`,
      );
    const rule: ValueRule = { type: column.type, times: this.#times(path, shape), split: shape.split };
    const constant = (value: string | number | boolean | null, ...at: string[]): ColumnValue | null =>
      this.#constant(table, column, { rule, value, path: [...path, ...at] });
    const values = shape.values && new Map(Object.entries(shape.values).map(([k, v]) => [k, constant(v, 'values', k)]));
    return {
      ...rule,
      column: column.name,
      place: path.join('.'),
      from: shape.from,
      constant: shape.value === undefined ? undefined : (constant(shape.value, 'value') ?? undefined),
      values,
      otherwise: shape.otherwise === undefined ? undefined : constant(shape.otherwise, 'otherwise'),
    };
  }

  #times(path: readonly string[], shape: ColumnShape): readonly TimeForm[] {
    return [shape.as ?? 'rfc3339'].flat().flatMap((as) => {
      const form = makeTimeForm(as, shape.zone);
      if (typeof form !== 'string') return [form];
      this.#fail([...path, shape.as === undefined ? 'zone' : 'as'], form);
      return [];
    });
  }

  #constant(
    table: EvidenceTableName,
    column: Column,
    { rule, value, path }: { rule: ValueRule; value: string | number | boolean | null; path: readonly string[] },
  ): ColumnValue | null {
    if (value === null) return null;
    const converted = convert({ value: String(value), raw: undefined }, rule);
    const meant = 'because' in converted ? converted : meaningOf(table, column.name, converted.value);
    if ('value' in meant) return meant.value;
    this.#fail(path, `${shown(String(value))} ${meant.because}`);
    return null;
  }

  #checkNeeded(
    { table, shape, columns }: { table: EvidenceTableName; shape: TableShape; columns: readonly ColumnRule[] },
    at: readonly string[],
  ): void {
    const { stream, columns: given } = shape;
    const hasStream = evidenceTable(table).columns.some((column) => column.name === 'stream');
    if (hasStream && stream === undefined)
      this.#fail([...at, 'stream'], `it is missing: the rows of ${table} belong to a stream, which the mapping names`);
    if (!hasStream && stream !== undefined) this.#fail([...at, 'stream'], `the rows of ${table} belong to no stream`);
    for (const name of neededColumns(table))
      if (!Object.hasOwn(given, name))
        this.#fail([...at, 'columns', name], `it is missing, and no row of ${table} is without it`);
    if (columns.length > 0 && columns.every(({ from }) => from === undefined))
      this.#fail([...at, 'columns'], 'no column of the file is named in it');
    if (Object.keys(given).length === 0) this.#fail([...at, 'columns'], 'it names no column');
  }

  #list(text: string | undefined): readonly string[] | undefined {
    if (text === undefined) return undefined;
    const names = text.split('.');
    if (names.every((name) => name !== '' && !/[[\]"]/.test(name)) && names.length <= 32) return names;
    return this.#fail(['list'], `${shown(text)} is no path of names, such as data.items`);
  }

  #only(text: string, at: readonly string[]): RowCondition | undefined {
    const [, from, sign, value] = /^([^=]*?)\s*(!?=)\s*(.*)$/s.exec(text.trim()) ?? [];
    if (from === undefined || from === '' || value === undefined)
      return this.#fail([...at, 'only'], `${shown(text)} is not written "column = value" or "column != value"`);
    return { from, equals: sign === '=', text: value };
  }
}

/** Short enough for a message. */
function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text);
}
