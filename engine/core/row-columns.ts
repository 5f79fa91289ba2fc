/**
 * Rows that are filled value by value, straight from the bytes of the evidence: for formats whose files are so large
 * that a string a value and an object a row would take most of the time.
 */
import { evidenceTable, type EvidenceRow, type EvidenceTableName } from './tables.ts';

/** The columns of a table that can be filled in this way. */
export type ColumnName<N extends EvidenceTableName> = keyof EvidenceRow<N> & string;

/**
 * The next row of a table. Each column is set at most once, in any order; one that is not set is NULL. `end` ends the
 * row. Columns are named by number, which is looked up once, before the first row.
 */
export interface RowColumns<N extends EvidenceTableName> {
  column(name: ColumnName<N>): number;
  /** Text out of `bytes[from, to)`, which must be UTF-8: where it is not, the whole import fails. It is copied. */
  bytes(column: number, bytes: Uint8Array, from: number, to: number): void;
  text(column: number, text: string): void;
  /** A whole number or a double, as the column is; of a `time` column UTC microseconds. Fails on what does not fit. */
  number(column: number, value: number): void;
  boolean(column: number, value: boolean): void;
  /** Ends the row, which cites `record`. */
  end(record: number): void;
}

/** The numbers of all columns of a table, by name. */
export type ColumnNumbers<N extends EvidenceTableName> = Readonly<Record<ColumnName<N>, number>>;

/** Looks up the numbers of all columns of the table that `rows` fills. */
export function columnNumbers<N extends EvidenceTableName>(table: N, rows: RowColumns<N>): ColumnNumbers<N> {
  const names = evidenceTable(table).columns.map(({ name }) => name as ColumnName<N>);
  return Object.fromEntries(names.map((name) => [name, rows.column(name)])) as ColumnNumbers<N>;
}

/** Sets a text where there is one. */
export function setText(
  rows: Pick<RowColumns<EvidenceTableName>, 'text'>,
  column: number,
  text: string | null | undefined,
): void {
  if (text !== undefined && text !== null) rows.text(column, text);
}

/** Sets a number where there is one. */
export function setNumber(
  rows: Pick<RowColumns<EvidenceTableName>, 'number'>,
  column: number,
  value: number | null | undefined,
): void {
  if (value !== undefined && value !== null) rows.number(column, value);
}
