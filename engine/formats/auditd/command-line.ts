/** The command line of an event, put together from its EXECVE records. */
import { nameOf } from '../framing/name-table.ts';
import { hexBytes } from './decode.ts';
import type { Fields } from './fields.ts';

/** Of one event's command line; the rest stands in its EXECVE lines. */
const LONGEST_COMMAND = 64 * 1024;

interface Piece {
  readonly argument: number;
  readonly bytes: Uint8Array;
}

/** The arguments of a command: `a0`, `a1`, then `a2[0]`, `a2[1]` of a long one, whose pieces may cut a character. */
export class CommandLine {
  private readonly pieces: Piece[] = [];
  private kept = 0;
  private isCut = false;
  private isInOrder = true;

  /** Adds the arguments among the fields of an EXECVE record. */
  addAll(fields: Fields): void {
    for (let field = 0; field < fields.count; field++) {
      const key = fields.keys[field]!;
      if (key.isArgument) this.add(Number.parseInt(key.name.slice(1), 10), argumentOf(fields, field));
    }
  }

  /** Adds an argument, or a piece of one, that is decoded already. */
  addText(name: string, text: string): void {
    this.add(Number.parseInt(name.slice(1), 10), Buffer.from(text));
  }

  private add(argument: number, bytes: Uint8Array): void {
    if (this.kept + bytes.length > LONGEST_COMMAND) {
      this.isCut = true;
      return;
    }
    this.kept += bytes.length;
    if (argument < (this.pieces.at(-1)?.argument ?? 0)) this.isInOrder = false;
    this.pieces.push({ argument, bytes });
  }

  /** The command line as a shell would take it; `undefined` without arguments. */
  text(): string | undefined {
    const { pieces } = this;
    if (pieces.length === 0) return undefined;
    // Stable: pieces of one argument stay in their order.
    if (!this.isInOrder) pieces.sort((a, b) => a.argument - b.argument);
    let text = '';
    for (let at = 0; at < pieces.length;) {
      const { argument, bytes } = pieces[at]!;
      let end = at + 1;
      while (end < pieces.length && pieces[end]!.argument === argument) end++;
      const all = end === at + 1 ? bytes : Buffer.concat(pieces.slice(at, end).map((piece) => piece.bytes));
      const word = quoteArgument(nameOf(all, 0, all.length));
      text = at === 0 ? word : `${text} ${word}`;
      at = end;
    }
    return this.isCut ? `${text} [cut]` : text;
  }
}

function argumentOf(fields: Fields, field: number): Uint8Array {
  const bytes = fields.bytesOf(field);
  const from = fields.from[field]!;
  const to = fields.to[field]!;
  return (
    (fields.isQuoted[field] === 1 ? undefined : hexBytes(bytes, from, to)) ?? Buffer.from(bytes.subarray(from, to))
  );
}

/** Single quotes around an argument that is empty or has white space or quotes in it. */
function quoteArgument(argument: string): string {
  return argument !== '' && !/[\s'"]/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
