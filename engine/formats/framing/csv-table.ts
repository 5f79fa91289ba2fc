/** Inventories as CSV: columns are found by what the header calls them, each row is a record, the header is none. */
import type { EvidenceRow, EvidenceTableName } from '../../core/tables.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { Cells, type Cell } from './cells.ts';
import { CsvParser, type CsvRow } from './csv.ts';

export interface TableSpec<N extends EvidenceTableName> {
  readonly table: N;
  /**
   * Names of each column in headers, the one to prefer first, in lower case without spaces and signs; one that ends in
   * `*` stands for all that begin so. The column's own name need not be repeated.
   */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Columns without which the file is refused. */
  readonly needed: readonly string[];
  /** To be recognised, a header also has at least this many ... */
  readonly telling: number;
  /** ... of these columns. */
  readonly tellingColumns: readonly string[];
  readonly row: (cells: Cells) => EvidenceRow<N>;
  /** States which columns of the header belong to none of the table's: an inventory says nothing in vain. */
  readonly namesUnread?: true;
}

const MOST_NAMES = 20;

/** For each column of a table, which fields of a row hold it, in order of preference. */
export type Places = ReadonlyMap<string, readonly number[]>;

/** `Issue Key`, `issue_key` and `ISSUE-KEY` are the same; Jira's `Custom field (Root cause)` is `rootcause`. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^customfield(?=.)/, '');
}

/** Finds the columns of a table among the names of a header. */
export function findPlaces(header: readonly string[], columns: TableSpec<EvidenceTableName>['columns']): Places {
  const names = header.map(plainName);
  const places = new Map<string, readonly number[]>();
  for (const [column, aliases] of Object.entries(columns)) {
    const wanted = [plainName(column), ...aliases];
    const found = wanted.flatMap((alias) => names.flatMap((name, i) => (isCalled(name, alias) ? [i] : [])));
    if (found.length > 0) places.set(column, [...new Set(found)]);
  }
  return places;
}

function isCalled(name: string, alias: string): boolean {
  return alias.endsWith('*') ? name.startsWith(alias.slice(0, -1)) : name === alias;
}

/** How well the header of these bytes fits a table. Rows are not looked at. */
export function recogniseTable<N extends EvidenceTableName>(spec: TableSpec<N>, head: Uint8Array): Recognition {
  let header: readonly string[] = [];
  const parser = new CsvParser({
    header: (row) => {
      header = row.fields;
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const places = findPlaces(header, spec.columns);
  const missing = spec.needed.filter((column) => !places.has(column));
  const telling = spec.tellingColumns.filter((column) => places.has(column)).length;
  const known = new Set([...places.values()].flat()).size;
  const reason = `${known} of ${header.length} header columns belong to ${spec.table}: ${[...places.keys()].join(', ')}.`;
  if (missing.length > 0 || telling < spec.telling || header.length < 2) return { confidence: 0, reason };
  // A header full of known columns is surer than a few in a long one; neither is certain.
  return { confidence: 0.5 + 0.45 * Math.max(known / header.length, Math.min(known / 12, 0.8)), reason };
}

/** Reads the rows of a table. A row that cannot be one is rejected with the reason; a file without the needed columns
 * is refused. */
export class CsvTableReader<N extends EvidenceTableName> implements SourceReader {
  readonly #parser: CsvParser;
  #header: readonly string[] = [];
  #places: Places = new Map();
  #problem: Problem | undefined;

  constructor(
    private readonly spec: TableSpec<N>,
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#parser = new CsvParser({ header: (row) => this.#readHeader(row), row: (row) => this.#readRow(row) });
  }

  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#parser.finish();
    if (this.#problem) return this.#problem;
    const where = { file: this.context.name, line: trouble?.line ?? 1 };
    const remedy = 'Export the table again as CSV in UTF-8, with a header line.';
    if (trouble) return { code: 'damaged_file', message: trouble.because, where, remedy };
    if (this.#header.length > 0) return undefined;
    return { code: 'damaged_file', message: 'The file has no header line.', where, remedy };
  }

  #readHeader(row: CsvRow): boolean {
    this.#header = row.fields.map((name) => name.trim());
    this.#places = findPlaces(row.fields, this.spec.columns);
    const missing = this.spec.needed.filter((column) => !this.#places.has(column));
    if (missing.length === 0) {
      if (this.spec.namesUnread) this.#nameUnread();
      return true;
    }
    this.#problem = {
      code: 'missing_column',
      message: `The header has no column for ${missing.join(' and ')}; it has ${this.#header.slice(0, 50).join(', ')}.`,
      where: { file: this.context.name, line: row.line, column: missing[0]! },
      remedy: `Name the columns ${this.spec.needed.join(', ')} in the first line, or import the file as another format.`,
    };
    return false;
  }

  #nameUnread(): void {
    const read = new Set([...this.#places.values()].flat());
    const unread = [...new Set(this.#header.filter((name, place) => name !== '' && !read.has(place)))];
    const names = unread.slice(0, MOST_NAMES).map((name) => `"${printable(name)}"`);
    const more = unread.length > MOST_NAMES ? ` and ${unread.length - MOST_NAMES} more` : '';
    if (unread.length === 1) this.sink.assume(`The column ${names[0]!} is not read.`);
    if (unread.length > 1) this.sink.assume(`The columns ${names.join(', ')}${more} are not read.`);
  }

  #readRow(row: CsvRow): void {
    this.sink.record(row.byte, row.bytes.length);
    const reason = row.trouble ?? this.#wrongLength(row) ?? this.#addRow(row);
    if (reason !== undefined) this.sink.reject(reason, row.bytes.slice());
  }

  /** Empty cells after the last column do no harm; anything else shifts values into columns they do not belong to. */
  #wrongLength({ fields, line }: CsvRow): string | undefined {
    const extra = fields.slice(this.#header.length);
    if (fields.length >= this.#header.length && extra.every((field) => field.trim() === '')) return undefined;
    return `Line ${line} has ${fields.length} fields, but the header has ${this.#header.length}.`;
  }

  #addRow({ fields }: CsvRow): string | undefined {
    const find = (column: string): readonly Cell[] =>
      (this.#places.get(column) ?? [])
        .map((i) => ({ column: this.#header[i]!, text: fields[i]!.trim() }))
        .filter(({ text }) => text !== '');
    const cells = new Cells(find, this.sink, this.context);
    const values = this.spec.row(cells);
    if (cells.problem === undefined) this.sink.row(this.spec.table, values);
    return cells.problem;
  }
}

/** Short enough for a message. */
function printable(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…`.toWellFormed() : name;
}
