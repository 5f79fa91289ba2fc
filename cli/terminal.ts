/** What the command line says: results on stdout, everything else on stderr. */
import type { Progress } from '../engine/index.ts';
import { put, putSlowly } from './output.ts';

/** One JSON value on stdout. Big integers are written as numbers where they are exact, else as text. */
export function printJson(value: unknown): void {
  put(process.stdout, `${jsonText(value, 2)}\n`);
}

/** JSON that is safe to show: what could steer a terminal can only stand inside a string, and is escaped there. */
function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(
    value,
    (_key, member: unknown) => (typeof member === 'bigint' ? exact(member) : member),
    indent,
  );
  return harmlessText(text);
}

function exact(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** One line on stdout. A line end inside it is escaped: a file may be named so that it looks like lines of ours. */
export function print(line = ''): void {
  put(process.stdout, `${harmless(line)}\n`);
}

/** Text on stdout as it stands in a file: its lines and tabs are kept, all else that a terminal acts on is escaped. */
export function printText(text: string): void {
  put(process.stdout, `${harmlessText(text)}\n`);
}

/** A note for the person at the keyboard, one line on stderr. */
export function note(line: string): void {
  clearProgress();
  put(process.stderr, `${harmless(line)}\n`);
}

// C0 and C1 controls; then what makes text stand in another order or on another line than it does in the file:
// the Arabic letter mark, the marks and embeddings for direction, the separators of lines and paragraphs, the isolates.
const ACTED_UPON = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Evidence may hold terminal escapes and line ends; none of them reaches the terminal. For one line or one cell. */
export function harmless(text: string): string {
  return text.replace(ACTED_UPON, escaped);
}

function harmlessText(text: string): string {
  return text.replace(ACTED_UPON, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export type Cell = string | number | null;
type Row = readonly Cell[];

/** Rows as columns of text; numbers to the right. A cell of more than 60 characters says by an ellipsis that it is cut. */
export function printTable(headers: readonly string[], rows: readonly Row[]): void {
  const widths = columnWidths(headers, rows);
  put(process.stdout, [headLines(headers, widths), ...rows.map((row) => rowLine(row, widths))].join(''));
}

// Later rows that are wider are pushed out of line, and not cut.
const ROWS_MEASURED = 1000;

/** The same for rows that come in pieces, however many; the first 1000 say how wide the columns are. */
export async function printRows(headers: readonly string[], pieces: AsyncIterable<readonly Row[]>): Promise<void> {
  let measured: Row[] = [];
  let widths: readonly number[] | undefined;
  for await (const piece of pieces) {
    if (widths) await putSlowly(piece.map((row) => rowLine(row, widths!)).join(''));
    else measured = measured.concat(piece);
    if (widths || measured.length < ROWS_MEASURED) continue;
    widths = columnWidths(headers, measured.slice(0, ROWS_MEASURED));
    await putSlowly(headLines(headers, widths) + measured.map((row) => rowLine(row, widths!)).join(''));
  }
  if (!widths) printTable(headers, measured);
}

/**
 * Values that come in pieces as one JSON array on stdout, a value on a line. With `total`, an object of both.
 * When the pieces end in a failure the array stays open, so that nobody takes a part for the whole.
 */
export async function printJsonRows(pieces: AsyncIterable<readonly unknown[]>, total?: number): Promise<void> {
  jsonBegun = true;
  await putSlowly(total === undefined ? '[' : `{"total": ${total}, "rows": [`);
  let separator = '\n';
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    await putSlowly(separator + piece.map((value) => jsonText(value)).join(',\n'));
    separator = ',\n';
  }
  const end = separator === '\n' ? ']' : '\n]';
  await putSlowly(total === undefined ? `${end}\n` : `${end}}\n`);
}

let jsonBegun = false;

/** True once a part of a JSON value stands on stdout: a problem can be no value beside it. */
export function hasBegunJson(): boolean {
  return jsonBegun;
}

const WIDEST = 60;

function columnWidths(headers: readonly string[], rows: readonly Row[]): readonly number[] {
  const widest = (column: number): number =>
    [headers, ...rows].reduce((most, row) => Math.max(most, harmless(String(row[column] ?? '')).length), 0);
  // The last column is never cut, nor filled: it holds the paths and the reasons.
  return headers.map((_, column) =>
    column === headers.length - 1 ? widest(column) : Math.min(WIDEST, widest(column)),
  );
}

function headLines(headers: readonly string[], widths: readonly number[]): string {
  return `${rowLine(headers, widths)}${widths.map((width) => '-'.repeat(width)).join('  ')}\n`;
}

function rowLine(row: Row, widths: readonly number[]): string {
  const cells = widths.map((width, column) => {
    const shown = harmless(String(row[column] ?? ''));
    const isCut = column < widths.length - 1 && shown.length > WIDEST;
    const text = isCut ? `${shown.slice(0, WIDEST - 1)}…` : shown;
    return typeof row[column] === 'number' ? text.padStart(width) : text.padEnd(width);
  });
  return `${cells.join('  ').trimEnd()}\n`;
}

let progressShown = false;

/** Shows progress on one line of the terminal, only when stderr is one. */
export function showProgress(progress: Progress): void {
  if (!process.stderr.isTTY) return;
  const percent = progress.fraction === undefined ? '' : ` ${Math.floor(progress.fraction * 100)} %`;
  const records = progress.recordsDone === undefined ? '' : `, ${progress.recordsDone} records`;
  const left = progress.secondsLeft === undefined ? '' : `, ${Math.ceil(progress.secondsLeft)} s left`;
  put(process.stderr, `\r\u001b[2K${harmless(progress.step)}${percent}${records}${left}`);
  progressShown = true;
}

export function clearProgress(): void {
  if (progressShown) put(process.stderr, '\r\u001b[2K');
  progressShown = false;
}
