/** What the command line says: results on stdout, everything else on stderr. */
import type { Progress } from '../engine/index.ts';
import { put } from './output.ts';

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

/** Rows as columns of text; numbers to the right. A row that is cut says so with an ellipsis. */
export function printTable(headers: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const cells = [headers, ...rows].map((row) => row.map((cell) => harmless(String(cell ?? ''))));
  // The last column is never cut: it holds the paths and the reasons.
  const widest = (column: number): number => (column === headers.length - 1 ? Infinity : 60);
  const widths = headers.map((_, column) =>
    Math.min(widest(column), Math.max(...cells.map((row) => row[column]?.length ?? 0))),
  );
  cells.forEach((row, index) => {
    const isNumber = (column: number): boolean => index > 0 && typeof rows[index - 1]?.[column] === 'number';
    const line = row.map((cell, column) => fitted(cell, widths[column] ?? 0, isNumber(column))).join('  ');
    put(process.stdout, `${line.trimEnd()}\n`);
    if (index === 0) put(process.stdout, `${widths.map((width) => '-'.repeat(width)).join('  ')}\n`);
  });
}

function fitted(cell: string, width: number, right: boolean): string {
  const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
  return right ? text.padStart(width) : text.padEnd(width);
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
