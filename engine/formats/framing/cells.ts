import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { readWrittenTime, writtenTimeForms } from './written-time.ts';

/** A cell that has something in it: the column as the file names it, and its text. */
export interface Cell {
  readonly column: string;
  readonly text: string;
}

/**
 * The cells of one row, asked for by column. The first thing that is wrong is kept in `problem`, as a sentence that
 * names the column as the file does and the value; the row is then to be rejected.
 */
export class Cells {
  problem: string | undefined;

  constructor(
    private readonly find: (column: string) => readonly Cell[],
    private readonly sink: Pick<RowSink, 'assume'>,
    private readonly context: Pick<ReadContext, 'zone'>,
  ) {}

  /** Text without the white space around it; `undefined` when the cell is empty or the file has no such column. */
  text(column: string): string | undefined {
    return this.find(column)[0]?.text;
  }

  /** Text that must be there. */
  needed(column: string): string | undefined {
    const text = this.text(column);
    if (text === undefined) this.fail(`Column "${column}" is empty.`);
    return text;
  }

  /** All parts of all columns of this meaning, split on `;`, `,` and `|`. */
  list(column: string): readonly string[] | undefined {
    const parts = this.find(column).flatMap(({ text }) => text.split(/[;,|]/).map((part) => part.trim()));
    const filled = parts.filter((part) => part !== '');
    return filled.length === 0 ? undefined : filled;
  }

  integer(column: string, least: number, most: number): number | undefined {
    const [cell] = this.find(column);
    if (cell === undefined) return undefined;
    const number = /^\d{1,10}$/.test(cell.text) ? Number(cell.text) : NaN;
    if (number >= least && number <= most) return number;
    this.failOn(cell, `is not a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** An instant; a day alone means its start. */
  time(column: string): UtcMicros | undefined {
    return this.read(column, 'start');
  }

  /** When something ends; a day alone means the end of that day. */
  endTime(column: string): UtcMicros | undefined {
    return this.read(column, 'end');
  }

  fail(problem: string): void {
    this.problem ??= problem;
  }

  /** Something taken for granted about the cells of a column. */
  assume(statement: string): void {
    this.sink.assume(statement);
  }

  /** Says that a cell `is not ...`. */
  failOn({ column, text }: Cell, complaint: string): void {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text;
    this.fail(`Column "${column}": ${JSON.stringify(shown)} ${complaint}.`);
  }

  /** The cell itself, for a value with rules of its own. */
  cell(column: string): Cell | undefined {
    return this.find(column)[0];
  }

  private read(column: string, edge: 'start' | 'end'): UtcMicros | undefined {
    const [cell] = this.find(column);
    if (cell === undefined) return undefined;
    const written = readWrittenTime(cell.text, this.context.zone);
    if (written === undefined) {
      this.failOn(cell, `is not a time; it is written ${writtenTimeForms}`);
      return undefined;
    }
    if (written.kind === 'wall clock') this.sink.assume(`Times without an offset are taken in ${this.context.zone}.`);
    if (written.kind !== 'day') return written.time;
    this.sink.assume(`A day alone in column "${cell.column}" means its ${edge} in ${this.context.zone}.`);
    return edge === 'end' ? written.end : written.time;
  }
}
