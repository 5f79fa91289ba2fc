/**
 * Values of PDF (ISO 32000-1, 7.3) read from bytes: our own reader, so that a binder is not checked by the library that
 * wrote it. It reads what binders are made of and refuses the rest; two readings of one byte sequence are not possible.
 */

export type PdfValue = null | boolean | number | PdfName | PdfText | PdfReference | readonly PdfValue[] | PdfDictionary;

export interface PdfName {
  readonly kind: 'name';
  readonly name: string;
}

/** A string. `from` and `to` are the offsets of its first delimiter and after its last one. */
export interface PdfText {
  readonly kind: 'text';
  readonly bytes: Uint8Array;
  readonly hex: boolean;
  readonly from: number;
  readonly to: number;
}

export interface PdfReference {
  readonly kind: 'reference';
  readonly number: number;
}

export type PdfDictionary = ReadonlyMap<string, PdfValue>;

/** What the reader does not accept, and where. Caught by the checks; never leaves engine/verify. */
export class UnreadablePdf extends Error {
  override readonly name = 'UnreadablePdf';
  constructor(
    message: string,
    readonly byte: number,
  ) {
    super(`${message} at byte ${byte}`);
  }
}

/** No binder nests deeper; a hostile file must not exhaust the stack. */
const DEEPEST = 64;

const WHITE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '(': '(',
  ')': ')',
  '\\': '\\',
};

/** Reads values one after another from `at` on. */
export class PdfScanner {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  /** Skips white space. Comments are refused: binders have none outside the header and the end. */
  skipWhite(): void {
    while (WHITE.has(this.bytes[this.at] ?? -1)) this.at += 1;
  }

  /** The word up to the next delimiter or white space; may be empty. */
  word(): string {
    this.skipWhite();
    const from = this.at;
    while (this.at < this.bytes.length && !this.isBoundary(this.bytes[this.at]!)) this.at += 1;
    return latin1(this.bytes.subarray(from, this.at));
  }

  /** Takes the word `expected`, or refuses. */
  expect(expected: string): void {
    const from = this.at;
    const found = this.word();
    if (found !== expected) throw new UnreadablePdf(`"${expected}" expected, "${found.slice(0, 20)}" found`, from);
  }

  /** A non-negative integer, or refuses. */
  integer(): number {
    const from = this.at;
    const word = this.word();
    if (!/^\d{1,10}$/.test(word)) throw new UnreadablePdf(`A number expected, "${word.slice(0, 20)}" found`, from);
    return Number(word);
  }

  /** Reads one value. */
  value(depth = 0): PdfValue {
    if (depth > DEEPEST) throw new UnreadablePdf('Values are nested too deep', this.at);
    this.skipWhite();
    const first = this.bytes[this.at];
    if (first === 0x2f) return this.nameValue();
    if (first === 0x28) return this.literalText();
    if (first === 0x5b) return this.list(depth);
    if (first === 0x3c) return this.bytes[this.at + 1] === 0x3c ? this.dictionary(depth) : this.hexText();
    return this.numberOrWord();
  }

  private isBoundary(byte: number): boolean {
    return WHITE.has(byte) || DELIMITERS.has(byte);
  }

  private nameValue(): PdfName {
    this.at += 1;
    const from = this.at;
    while (this.at < this.bytes.length && !this.isBoundary(this.bytes[this.at]!)) this.at += 1;
    const written = latin1(this.bytes.subarray(from, this.at));
    const name = written.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    return { kind: 'name', name };
  }

  private list(depth: number): readonly PdfValue[] {
    this.at += 1;
    const values: PdfValue[] = [];
    for (;;) {
      this.skipWhite();
      if (this.bytes[this.at] === 0x5d) break;
      values.push(this.value(depth + 1));
    }
    this.at += 1;
    return values;
  }

  private dictionary(depth: number): PdfDictionary {
    this.at += 2;
    const members = new Map<string, PdfValue>();
    for (;;) {
      this.skipWhite();
      if (this.bytes[this.at] === 0x3e && this.bytes[this.at + 1] === 0x3e) break;
      if (this.bytes[this.at] !== 0x2f) throw new UnreadablePdf('A key of a dictionary expected', this.at);
      const { name } = this.nameValue();
      // Readers differ in which of two equal keys they take.
      if (members.has(name)) throw new UnreadablePdf(`Key ${name} stands twice in a dictionary`, this.at);
      members.set(name, this.value(depth + 1));
    }
    this.at += 2;
    return members;
  }

  private hexText(): PdfText {
    const from = this.at;
    const end = this.bytes.indexOf(0x3e, from);
    if (end < 0) throw new UnreadablePdf('A hexadecimal string has no end', from);
    const digits = latin1(this.bytes.subarray(from + 1, end));
    if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
      throw new UnreadablePdf('A hexadecimal string has other characters, or an odd number of digits', from);
    }
    this.at = end + 1;
    return { kind: 'text', bytes: Buffer.from(digits, 'hex'), hex: true, from, to: this.at };
  }

  private literalText(): PdfText {
    const from = this.at;
    const bytes: number[] = [];
    let open = 1;
    this.at += 1;
    while (open > 0) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new UnreadablePdf('A string has no end', from);
      this.at += 1;
      if (byte === 0x5c) bytes.push(...this.escaped());
      else {
        open += byte === 0x28 ? 1 : byte === 0x29 ? -1 : 0;
        if (open > 0) bytes.push(byte);
      }
    }
    return { kind: 'text', bytes: Uint8Array.from(bytes), hex: false, from, to: this.at };
  }

  /** What follows a backslash: one of the named escapes, or one to three octal digits. */
  private escaped(): number[] {
    const character = String.fromCharCode(this.bytes[this.at] ?? 0);
    const octal = /^[0-7]{1,3}/.exec(latin1(this.bytes.subarray(this.at, this.at + 3)))?.[0];
    if (octal) {
      this.at += octal.length;
      return [parseInt(octal, 8) & 0xff];
    }
    const plain = ESCAPES[character];
    if (plain === undefined) throw new UnreadablePdf('A string has an escape that is not known', this.at);
    this.at += 1;
    return [plain.charCodeAt(0)];
  }

  /** `12 0 R` needs two words of look-ahead. */
  private numberOrWord(): PdfValue {
    const from = this.at;
    const word = this.word();
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) throw new UnreadablePdf(`"${word.slice(0, 20)}" is no value`, from);
    const after = this.at;
    if (/^\d{1,10}$/.test(word) && this.word() === '0' && this.word() === 'R') {
      return { kind: 'reference', number: Number(word) };
    }
    this.at = after;
    return Number(word);
  }
}

/** Bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function isDictionary(value: PdfValue | undefined): value is PdfDictionary {
  return value instanceof Map;
}

export function isText(value: PdfValue | undefined): value is PdfText {
  return kindOf(value) === 'text';
}

export function isReference(value: PdfValue | undefined): value is PdfReference {
  return kindOf(value) === 'reference';
}

/** The name itself, or `undefined` where the value is something else. */
export function nameOf(value: PdfValue | undefined): string | undefined {
  return kindOf(value) === 'name' ? (value as PdfName).name : undefined;
}

function kindOf(value: PdfValue | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

/** A text string: UTF-16 with its mark, else one character a byte. */
export function readText({ bytes }: PdfText): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  }
  return latin1(bytes);
}
