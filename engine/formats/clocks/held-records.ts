/** A record of several lines while it is being read: its text and its bytes, from its first line to its last. */
import type { TextLine } from './text-lines.ts';

/** A report of more lines is none of a clock daemon. */
const MOST_LINES = 2000;

export class HeldRecord {
  readonly texts: string[] = [];
  readonly byte: number;
  readonly #pieces: Uint8Array[] = [];
  #end: number;
  #bytes = 0;

  constructor(first: TextLine) {
    this.byte = first.byte;
    this.#end = first.byte;
    this.add(first);
  }

  add(line: TextLine): void {
    // The bytes of a line are lent for the call only.
    this.#pieces.push(line.bytes.slice(), LINE_END);
    this.#bytes += line.length;
    this.#end = line.byte + line.length;
    this.texts.push(line.text);
  }

  get isFull(): boolean {
    return this.texts.length >= MOST_LINES || this.#bytes > 1024 * 1024;
  }

  get length(): number {
    return this.#end - this.byte;
  }

  /** Its lines, each with one LF between, whatever their line ends were. */
  raw(): Uint8Array {
    return Buffer.concat(this.#pieces.slice(0, -1));
  }
}

const LINE_END = Uint8Array.of(10);
