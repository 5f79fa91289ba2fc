/** The lines of a rule set as text. A line that is no text is told apart from one that is. */
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';

export interface TextLine {
  /** Without white space at its end. */
  readonly text: string;
  readonly byte: number;
  readonly length: number;
  /** Its bytes without the line end; valid during the call only. */
  readonly bytes: Uint8Array;
}

export interface TextLineHandler {
  /** A line that is not blank and is text. */
  textLine(line: TextLine): void;
  /** A line that cannot be read as text; `reason` is a sentence. */
  badLine(line: Omit<TextLine, 'text'>, reason: string): void;
}

/** The kernel takes no rule that is written longer. */
export const LONGEST_TEXT = 1024 * 1024;
const NO_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f\ufffd]/;

/** Splits a file that comes in pieces into lines of text. */
export function textLines(handler: TextLineHandler): LineSplitter {
  return new LineSplitter({
    line: (bytes, from, to, byte) => takeLine(handler, bytes.subarray(from, to), byte),
    longLine: (head, byte, length) => handler.badLine({ byte, length, bytes: head }, longLineReason(length)),
  });
}

function takeLine(handler: TextLineHandler, bytes: Uint8Array, byte: number): void {
  const line = { byte, length: bytes.length, bytes };
  if (bytes.length > LONGEST_TEXT)
    return handler.badLine(line, `The line is ${bytes.length} bytes long, over the limit of ${LONGEST_TEXT}.`);
  const text = decodeText(bytes).trimEnd();
  if (NO_TEXT.test(text)) return handler.badLine(line, 'The line has bytes that are not text in UTF-8.');
  handler.textLine({ ...line, text });
}

/** A piece of a text for a message: quoted, at most 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text);
}
