/**
 * What a report says of one file, or of a database:
 *
 *   File: /etc/passwd
 *    Size      : 18                               | 23
 *    SHA256    : X+lKsNAW8OUGmsJ99KHb8COzzWC6Iqyw | WTn29m/ecIrnpho2HbynBgNUKjHam9HW
 *                3E/QOSiXQQs=                     | H4Ye2JwBofs=
 *
 * Columns are bytes. The old value begins two after the colon and has 33 of them, the new one follows behind `| ` (`, `
 * before 0.16). Where only one side is there, the bar is not. A value of 32 bytes goes on in the next line.
 */
import { attributeName } from './attributes.ts';
import type { AttributeChange } from '../integrity-checks/found-changes.ts';

const OLD_WIDTH = 33;
const CHUNK = OLD_WIDTH - 1;
const NAMED = /^(\s{1,8})([A-Za-z][\w/-]*(?: [\w(>)]+)?) *:(?: |$)/;

/** True for a line that belongs to the block above it. */
export function isDetailLine(line: string): boolean {
  return NAMED.test(line) || /^\s{10,}\S/.test(line);
}

/** Reads the lines below the head of a block. `undefined`: one of them is none that AIDE writes. */
export function readDetails(lines: readonly Uint8Array[]): ReadonlyMap<string, AttributeChange> | undefined {
  const found = new Map<string, Sides>();
  let last: Sides | undefined;
  let from = 0;
  for (const bytes of lines) {
    // One character a byte, so that columns are those of the report; turned back into text at the end.
    const line = Buffer.from(bytes).toString('latin1');
    const named = NAMED.exec(line);
    if (named) {
      from = named[0].trimEnd().length + 1;
      last = new Sides();
      found.set(attributeName(named[2]!), last);
    } else if (last === undefined || line.slice(0, from).trim() !== '') return undefined;
    last.add(line.slice(from));
  }
  return new Map([...found].map(([name, sides]) => [name, sides.change()]));
}

class Sides {
  readonly #old = new Value();
  readonly #new = new Value();
  #separator: string | undefined;

  add(rest: string): void {
    const both = this.#cut(rest);
    if (both) {
      this.#old.add(both[0]);
      this.#new.add(both[1]);
    } else if (/^ {34,}\S/.test(rest)) this.#new.add(rest.trimStart());
    else this.#old.add(rest.trimEnd());
  }

  /** The two sides, where both are there. */
  #cut(rest: string): readonly [string, string] | undefined {
    const sign = rest[OLD_WIDTH];
    if ((sign === '|' || sign === ',') && rest[OLD_WIDTH - 1] === ' ') {
      this.#separator ??= sign;
      return [rest.slice(0, OLD_WIDTH).trimEnd(), rest.slice(OLD_WIDTH + 1).trim()];
    }
    if (this.#separator !== undefined) return undefined;
    // Somebody changed the spaces, or printed it narrower.
    const at = rest.search(/ [|,] /);
    return at < 0 ? undefined : [rest.slice(0, at).trim(), rest.slice(at + 3).trim()];
  }

  change(): AttributeChange {
    return { old: this.#old.text(), new: this.#new.text() };
  }
}

/** A value: its lines one text where they were full, else one below the other (ACLs, extended attributes). */
class Value {
  #text = '';
  #lastLength = 0;

  add(chunk: string): void {
    if (chunk === '') return;
    const goesOn = this.#text === '' || this.#lastLength === CHUNK;
    this.#text += goesOn ? chunk : `\n${chunk}`;
    this.#lastLength = chunk.length;
  }

  text(): string | undefined {
    return this.#text === '' ? undefined : Buffer.from(this.#text, 'latin1').toString('utf8').toWellFormed();
  }
}
