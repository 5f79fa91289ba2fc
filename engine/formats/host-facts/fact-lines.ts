/** The lines of an output as text; what is no text is told apart. */
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';

export interface FactLine {
  /** Without white space at its end. */
  readonly text: string;
  readonly byte: number;
  readonly length: number;
  /** Its bytes without the line end; valid during the call only. */
  readonly bytes: Uint8Array;
}

export interface FactLineHandler {
  /** A line that is not blank and is text. */
  textLine(line: FactLine): void;
  /** A line that cannot be read as text; `reason` is a sentence. */
  badLine(line: FactLine, reason: string): void;
}

/** Command lines of processes can be long; no command that is read here prints a longer line. */
const LONGEST_TEXT = 256 * 1024;
const LF = 10;
/** What no text has: control characters but the tab, and U+FFFD, which stands for bad UTF-8. */
const NO_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f\ufffd]/;

export class FactLines {
  readonly #splitter: LineSplitter;
  #lastByte = LF;

  constructor(private readonly handler: FactLineHandler) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => this.#take(bytes.subarray(from, to), byte),
      longLine: (head, byte, length) =>
        handler.badLine({ text: '', byte, length, bytes: head }, longLineReason(length)),
    });
  }

  push(piece: Uint8Array): void {
    this.#lastByte = piece[piece.length - 1] ?? this.#lastByte;
    this.#splitter.push(piece);
  }

  /** Ends the file. True when its last line has no line end: it may have been cut off. */
  finish(): boolean {
    this.#splitter.finish();
    return this.#lastByte !== LF;
  }

  #take(bytes: Uint8Array, byte: number): void {
    const line = { text: '', byte, length: bytes.length, bytes };
    if (bytes.length > LONGEST_TEXT)
      return this.handler.badLine(
        line,
        `The line is ${bytes.length} bytes long; no output that is read here has such a line.`,
      );
    const text = decodeText(bytes).trimEnd();
    if (NO_TEXT.test(text)) return this.handler.badLine(line, 'The line has bytes that are not text in UTF-8.');
    this.handler.textLine({ ...line, text });
  }
}

/** A piece of a text for a message: quoted, at most 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text);
}
