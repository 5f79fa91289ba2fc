/**
 * Comma-separated values (RFC 4180) from bytes, and what spreadsheets and databases make of them: semicolons, tabs or bars, CR alone as a
 * line end, a byte order mark, a first line `sep=;`.
 *
 *   file   = [BOM] [sep line] header *(line-end row)      blank lines and rows of empty cells are no rows
 *   row    = field *(delimiter field)
 *   field  = '"' *(any byte but '"' / '""') '"'  /  *(any byte but delimiter and line end)
 */
import { isUtf8 } from 'node:buffer';
import { bomLength, ByteWindow, looksLikeUtf16 } from './byte-window.ts';

export interface CsvRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly byte: number;
  /** The bytes of the row without its line end; valid during the call only. */
  readonly bytes: Uint8Array;
  readonly fields: readonly string[];
  /** Why the row cannot be trusted, as a sentence; its fields are then not to be used. */
  readonly trouble: string | undefined;
}

export interface CsvHandler {
  /** The first row. False stops the reading. */
  header(row: CsvRow): boolean;
  row(row: CsvRow): void;
}

/** Why the whole file cannot be read. */
export interface CsvTrouble {
  readonly line: number;
  readonly because: string;
}

export const MAX_CSV_COLUMNS = 10_000;
export const MAX_CSV_FIELD_BYTES = 1024 * 1024;
const MAX_ROW_BYTES = 16 * 1024 * 1024;

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

// Where in a field the parser stands.
const FIELD_START = 0;
const PLAIN = 1;
const QUOTED = 2;
const QUOTE_SEEN = 3;

export class CsvParser {
  readonly #window = new ByteWindow();
  #begun = false;
  #stopped = false;
  #trouble: CsvTrouble | undefined;
  #delimiter: number | undefined;
  #state = FIELD_START;
  #position = 0;
  #rowStart = 0;
  #fieldStart = 0;
  #fields = 1;
  #line = 1;
  #rowLine = 1;
  #quoteLine = 1;
  #looseText = false;
  #afterCr = false;
  #headerSeen = false;

  constructor(private readonly handler: CsvHandler) {}

  push(piece: Uint8Array): void {
    if (this.#stopped) return;
    this.#window.append(piece);
    if (!this.#begun && this.#window.end < 4) return;
    this.#scan();
    this.#window.letGo(this.#rowStart);
  }

  /** Ends the file. A trouble: nothing of it is to be used. */
  finish(): CsvTrouble | undefined {
    if (!this.#stopped) this.#scan();
    if (!this.#stopped && this.#state === QUOTED)
      this.#stop(this.#quoteLine, `The quote opened in line ${this.#quoteLine} is never closed.`);
    if (!this.#stopped && this.#position > this.#rowStart) this.#endRow();
    return this.#trouble;
  }

  #begin(): void {
    this.#begun = true;
    const head = this.#window.view();
    this.#position = this.#rowStart = this.#fieldStart = bomLength(head);
    if (looksLikeUtf16(head)) this.#stop(1, 'The file is UTF-16 text, not UTF-8.');
  }

  #scan(): void {
    if (!this.#begun) this.#begin();
    const bytes = this.#window.view();
    const base = this.#window.start;
    for (let at = this.#position - base; at < bytes.length && !this.#stopped; at++) {
      this.#position = base + at;
      this.#step(bytes[at]!);
    }
    if (!this.#stopped) this.#position = this.#window.end;
  }

  #step(byte: number): void {
    if (this.#afterCr && byte === LF) return this.#secondOfLineEnd();
    this.#afterCr = false;
    if (byte === CR || byte === LF) this.#lineEnd(byte);
    else if (this.#state === QUOTED) this.#state = byte === QUOTE ? QUOTE_SEEN : QUOTED;
    else if (byte === QUOTE) this.#quote();
    else if (this.#isDelimiter(byte)) this.#nextField();
    else {
      if (this.#state === QUOTE_SEEN) this.#looseText = true;
      this.#state = PLAIN;
    }
    this.#checkSizes();
  }

  /** Before the header is complete its delimiter is not known: then any of them ends a field. */
  #isDelimiter(byte: number): boolean {
    return this.#delimiter === undefined ? delimiters.includes(byte) : byte === this.#delimiter;
  }

  #secondOfLineEnd(): void {
    this.#afterCr = false;
    if (this.#state !== QUOTED) this.#rowStart = this.#fieldStart = this.#position + 1;
  }

  #quote(): void {
    if (this.#state === FIELD_START) this.#quoteLine = this.#line;
    // In a plain field a quote is a character like any other.
    if (this.#state !== PLAIN) this.#state = QUOTED;
  }

  #nextField(): void {
    this.#fields++;
    this.#state = FIELD_START;
    this.#fieldStart = this.#position + 1;
    if (this.#fields > MAX_CSV_COLUMNS)
      this.#stop(this.#line, `Line ${this.#line} has more than ${MAX_CSV_COLUMNS} columns.`);
  }

  #lineEnd(byte: number): void {
    this.#line++;
    this.#afterCr = byte === CR;
    if (this.#state === QUOTED) return;
    this.#state = FIELD_START;
    this.#endRow();
    this.#rowStart = this.#fieldStart = this.#position + 1;
    this.#rowLine = this.#line;
    this.#fields = 1;
    this.#looseText = false;
  }

  #checkSizes(): void {
    if (this.#stopped) return;
    if (this.#position - this.#fieldStart > MAX_CSV_FIELD_BYTES) {
      const quoted = this.#state === QUOTED ? `; its quote was opened in line ${this.#quoteLine}` : '';
      this.#stop(
        this.#rowLine,
        `A field in line ${this.#rowLine} is longer than ${MAX_CSV_FIELD_BYTES} bytes${quoted}.`,
      );
    } else if (this.#position - this.#rowStart > MAX_ROW_BYTES)
      this.#stop(this.#rowLine, `The row in line ${this.#rowLine} is longer than ${MAX_ROW_BYTES} bytes.`);
  }

  #endRow(): void {
    const base = this.#window.start;
    const end = this.#position;
    const bytes = this.#window.view().subarray(this.#rowStart - base, end - base);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    if (text.trim() === '') return;
    if (this.#delimiter === undefined) {
      this.#delimiter = separatorLine(text) ?? likelyDelimiter(text);
      if (separatorLine(text) !== undefined) return;
    }
    const fields = splitFields(text, String.fromCharCode(this.#delimiter!));
    if (fields.every((field) => field.trim() === '')) return;
    this.#give({ line: this.#rowLine, byte: this.#rowStart, bytes, fields, trouble: this.#rowTrouble(bytes) });
  }

  #give(row: CsvRow): void {
    if (this.#headerSeen) return this.handler.row(row);
    this.#headerSeen = true;
    if (row.trouble !== undefined) this.#stop(row.line, row.trouble);
    else if (!this.handler.header(row)) this.#stopped = true;
  }

  #rowTrouble(bytes: Uint8Array): string | undefined {
    if (!isUtf8(bytes)) return `Line ${this.#rowLine} is not valid UTF-8.`;
    if (bytes.includes(0)) return `Line ${this.#rowLine} holds a NUL byte.`;
    return this.#looseText ? `Line ${this.#rowLine} has text after a closing quote.` : undefined;
  }

  #stop(line: number, because: string): void {
    this.#stopped = true;
    this.#trouble ??= { line, because };
  }
}

const delimiters: readonly number[] = [0x2c, 0x3b, 0x09, 0x7c];

// Excel understands a first line `sep=;` as the delimiter of the rest.
function separatorLine(text: string): number | undefined {
  return /^"?sep=([,;\t|])"?$/i.exec(text.trimEnd())?.[1]?.charCodeAt(0);
}

/** The delimiter that the header has most of, quoted text aside; a comma where it has none. */
function likelyDelimiter(header: string): number {
  const plain = header.replace(/"[^"]*"/g, '');
  const counted = delimiters.map((code) => ({ code, count: plain.split(String.fromCharCode(code)).length }));
  return counted.reduce((best, each) => (each.count > best.count ? each : best)).code;
}

function splitFields(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter);
    fields.push(field.text);
    if (field.end >= text.length) return fields;
    at = field.end + 1;
  }
}

function plainField(text: string, at: number, delimiter: string): { text: string; end: number } {
  const found = text.indexOf(delimiter, at);
  const end = found < 0 ? text.length : found;
  return { text: text.slice(at, end), end };
}

function quotedField(text: string, at: number, delimiter: string): { text: string; end: number } {
  let close = at + 1;
  while (close < text.length && !(text[close] === '"' && text[close + 1] !== '"')) close += text[close] === '"' ? 2 : 1;
  const rest = plainField(text, Math.min(close + 1, text.length), delimiter);
  return { text: text.slice(at + 1, close).replaceAll('""', '"') + rest.text, end: rest.end };
}
