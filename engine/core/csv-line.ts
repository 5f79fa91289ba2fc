/**
 * CSV as RFC 4180 has it: CRLF, UTF-8, every text cell in quotes.
 *
 * Spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula, and evidence is hostile. Such a cell gets
 * one apostrophe in front; so does a cell that begins with an apostrophe, a tab or a line end. To read a cell back,
 * take away one leading apostrophe. An absent value is an empty cell without quotes, an empty text is `""`.
 */
export type CsvCell = string | number | bigint | null;

const STARTS_FORMULA = /^[=+\-@'\t\r\n]/;

/** One line with its CRLF. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const guarded = STARTS_FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${guarded.replaceAll('"', '""')}"`;
}
