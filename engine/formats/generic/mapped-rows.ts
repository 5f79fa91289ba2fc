/** Rows of an evidence table from the values of a record, as a mapping says. */
import type { EvidenceRow, EvidenceTableName } from '../../core/tables.ts';
import { evidenceTable } from '../../core/tables.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { convert, type ColumnValue, type SourceValue } from './column-values.ts';
import type { ColumnRule, TableMapping } from './mapping.ts';
import { meaningOf, neededColumns, tablesOfOneSystem } from './table-rules.ts';

/** The value that a record has under the name or path that the mapping gives; `undefined` where there is none. */
export type FindValue = (from: string) => SourceValue | undefined;

type Cell = { readonly value: ColumnValue | undefined } | { readonly because: string };

/** What a record gives to a table: a row, nothing because it is not wanted there, or a sentence why it gives none. */
export type MadeRow =
  | { readonly kind: 'row'; readonly row: ReadonlyMap<string, ColumnValue> }
  | { readonly kind: 'unwanted' | 'unreadable'; readonly because: string };

/** Makes the rows of one table from one source. What it takes for granted, it says once for each column. */
export class MappedRows {
  readonly #needed: readonly string[];
  readonly #hasSystem: boolean;
  readonly #hasStream: boolean;
  /** Names that the mapping gives and that no record had yet. */
  readonly #unseen: Set<string>;

  constructor(
    readonly mapping: TableMapping,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    const { table } = mapping;
    this.#needed = neededColumns(table);
    this.#hasSystem = tablesOfOneSystem.includes(table);
    this.#hasStream = evidenceTable(table).columns.some(({ name }) => name === 'stream');
    this.#unseen = new Set(mapping.columns.flatMap(({ from }) => from ?? []));
  }

  /** Makes the row of a record; `give` adds it to its table. */
  make(find: FindValue): MadeRow {
    const unwanted = this.#unwanted(find);
    if (unwanted !== undefined) return { kind: 'unwanted', because: unwanted };
    const row = new Map<string, ColumnValue>();
    let filled = 0;
    for (const rule of this.mapping.columns) {
      const cell = this.#cell(rule, find);
      if ('because' in cell) return { kind: 'unreadable', because: cell.because };
      if (cell.value === undefined) continue;
      row.set(rule.column, cell.value);
      if (rule.from !== undefined) filled++;
    }
    const missing = this.#needed.find((name) => !row.has(name));
    if (missing !== undefined) return { kind: 'unreadable', because: this.#nothingFor(missing) };
    if (filled === 0)
      return { kind: 'unreadable', because: 'The record has nothing in any of the columns that the mapping names.' };
    this.#complete(row);
    return { kind: 'row', row };
  }

  /** Adds a row that was made from the current record. */
  give(row: ReadonlyMap<string, ColumnValue>): void {
    // Every value was made for the type of its column.
    this.sink.row(this.mapping.table, Object.fromEntries(row) as EvidenceRow<EvidenceTableName>);
  }

  /** Says which names of the mapping no record had: a typing error would otherwise show as columns without values. */
  finish(records: number): void {
    if (records === 0) return;
    for (const { column, from, place } of this.mapping.columns)
      if (from !== undefined && this.#unseen.has(from))
        this.sink.assume(`No record has ${quoted(from)}, which the mapping names in ${place}: ${column} is empty.`);
  }

  #unwanted(find: FindValue): string | undefined {
    const { only } = this.mapping;
    if (only === undefined) return undefined;
    const found = find(only.from);
    const text = found === undefined ? '' : plainText(found);
    if ((text === only.text) === only.equals) return undefined;
    const wanted = only.equals ? `it is ${quoted(only.text)}` : `it is not ${quoted(only.text)}`;
    const is = found === undefined ? 'is empty' : `is ${quoted(text ?? 'an object or a list')}`;
    return `${quoted(only.from)} ${is}; the mapping reads rows only where ${wanted}.`;
  }

  #cell(rule: ColumnRule, find: FindValue): Cell {
    const { from } = rule;
    if (from === undefined) return { value: rule.constant };
    const found = find(from);
    if (found !== undefined) this.#unseen.delete(from);
    if (rule.values !== undefined) return this.#fromValues(rule, from, found);
    if (found === undefined) return { value: undefined };
    const converted = convert(found, rule);
    const meant = 'because' in converted ? converted : meaningOf(this.mapping.table, rule.column, converted.value);
    if ('because' in meant) return { because: `${quoted(from)}: ${shownValue(found)} ${meant.because}.` };
    this.#stateZone(rule, from);
    return meant;
  }

  #fromValues(rule: ColumnRule, from: string, found: SourceValue | undefined): Cell {
    const text = found === undefined ? '' : plainText(found);
    const known = text === undefined ? undefined : rule.values!.get(text);
    if (known !== undefined) return { value: known ?? undefined };
    if (found === undefined) return { value: undefined };
    if (rule.otherwise !== undefined) return { value: rule.otherwise ?? undefined };
    return {
      because: `${quoted(from)}: ${shownValue(found)} is not among the values that the mapping gives for ${rule.column}.`,
    };
  }

  #stateZone({ type, times }: ColumnRule, from: string): void {
    if (type !== 'time') return;
    for (const { zone } of times)
      if (zone !== undefined)
        this.sink.assume(`Times without an offset in ${quoted(from)} are taken in ${zone}, as the mapping says.`);
  }

  #nothingFor(missing: string): string {
    const from = this.mapping.columns.find(({ column }) => column === missing)?.from;
    return from === undefined
      ? `The record has no ${missing}.`
      : `${quoted(from)}, which is to give ${missing}, is empty.`;
  }

  #complete(row: Map<string, ColumnValue>): void {
    const { system } = this.context;
    if (this.#hasSystem && !row.has('system') && system !== undefined) row.set('system', system);
    if (this.#hasStream && this.mapping.stream !== undefined) row.set('stream', this.mapping.stream);
    if (this.mapping.table !== 'tickets') return;
    // As the table of tickets means them: what a ticket covers begins and ends with it where nothing else is stated.
    for (const [to, other] of [
      ['starts', 'opened'],
      ['ends', 'resolved'],
    ] as const)
      if (!row.has(to) && row.has(other)) row.set(to, row.get(other)!);
  }
}

/** A single value as text, as the keys of `values` and the text of `only` are compared with it. */
function plainText({ value, raw }: SourceValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? undefined : (raw ?? String(value));
}

function shownValue(found: SourceValue): string {
  return quoted(plainText(found) ?? found.raw ?? 'an object or a list');
}

/** Short enough for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text.toWellFormed());
}
