/** The lines of a file as text, each with its bytes, and whether the file ends in the middle of it. */
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';

export interface TextLine {
  /** Without white space at its end. */
  readonly text: string;
  readonly byte: number;
  readonly length: number;
  /** Its bytes without the line end; valid during the call only. */
  readonly bytes: Uint8Array;
  /** The last line of the file, with no line end after it: it may have been cut off. */
  readonly hasNoEnd: boolean;
}

export interface TextLineHandler {
  /** A line that is not blank and is text. */
  textLine(line: TextLine): void;
  /** A line that cannot be read as text; `reason` is a sentence. */
  badLine(line: Omit<TextLine, 'text'>, reason: string): void;
}

/** No clock daemon writes a longer line. */
const LONGEST_TEXT = 64 * 1024;
const LF = 10;
/** What no text has: control characters but the tab, and U+FFFD, which stands for bad UTF-8. */
const NO_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f\ufffd]/;

export class TextLines {
  readonly #splitter: LineSplitter;
  #lastByte = LF;
  #isAtEnd = false;

  constructor(handler: TextLineHandler) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => this.#take(handler, bytes.subarray(from, to), byte),
      longLine: (head, byte, length) =>
        handler.badLine({ byte, length, bytes: head, hasNoEnd: this.#hasNoEnd() }, longLineReason(length)),
    });
  }

  push(piece: Uint8Array): void {
    this.#lastByte = piece[piece.length - 1] ?? this.#lastByte;
    this.#splitter.push(piece);
  }

  finish(): void {
    this.#isAtEnd = true;
    this.#splitter.finish();
  }

  #hasNoEnd(): boolean {
    return this.#isAtEnd && this.#lastByte !== LF;
  }

  #take(handler: TextLineHandler, bytes: Uint8Array, byte: number): void {
    const line = { byte, length: bytes.length, bytes, hasNoEnd: this.#hasNoEnd() };
    if (bytes.length > LONGEST_TEXT)
      return handler.badLine(line, `The line is ${bytes.length} bytes long; no clock daemon writes such a line.`);
    const text = decodeText(bytes).trimEnd();
    if (NO_TEXT.test(text)) return handler.badLine(line, 'The line has bytes that are not text in UTF-8.');
    handler.textLine({ ...line, text });
  }
}

/** A piece of a text for a message: quoted, at most 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text);
}
