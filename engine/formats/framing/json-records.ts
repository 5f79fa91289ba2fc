/**
 * Finds the records of a JSON document without reading it as one value: the elements of `{"Records":[...]}` (whatever
 * stands before the list), of a top-level list, or of values that follow each other (JSON lines, concatenated JSON).
 *
 *   document = [BOM] *( value *(ws / ",") )       values at depth 0 are records ...
 *   list     = "[" [element *("," element)] "]"   ... but the elements of a top-level list are, and
 *   envelope = "{" ... "Records" ":" list ... "}" those of a named list in a top-level object,
 *              "{" ... "data" ":" envelope ... "}" or of one in an object in it, where a path names it
 *   tuple    = "[" number ... "]"                a list that begins with a number is a record itself, if so asked
 *
 * The scanner checks the grammar byte by byte, so damage shows where it happens. It then looks for the next byte that
 * begins a record and goes on from there; what lies between is given as damaged. Each byte is looked at no more than
 * three times, and no more is held than the record under way.
 */
import { isUtf8 } from 'node:buffer';
import { ENDS_EARLY } from './json-bytes.ts';
import { bomLength, ByteWindow, looksLikeUtf16 } from './byte-window.ts';
import { JsonSurroundings } from './json-surroundings.ts';

/** One record: where it stands, its bytes (valid during the call only) and the value they spell. */
export interface JsonRecord {
  readonly byte: number;
  readonly bytes: Uint8Array;
  readonly value: unknown;
  /** For each member of an object, offsets in `bytes`: key from, key to, value from, value to. See json-members.ts. */
  readonly members: readonly number[];
  /** Bytes that it takes in its source, where `bytes` are another form of it. */
  readonly span?: number;
}

export interface JsonRecordHandler {
  record(record: JsonRecord): void;
  /** Bytes that hold no readable record, from one boundary to the next. `reason` is a sentence with a full stop. */
  damaged(byte: number, bytes: Uint8Array, reason: string): void;
  /**
   * A document ended that has a list of records: its value without them, all such lists being empty. It is not given
   * where damage stands outside of the records, or more text than a record may have.
   */
  document?(value: unknown): void;
  /**
   * Reads the record that begins with the brace at `bytes[at]`, which is at `byte` of the source, if it can at once and
   * would get the same from `record`. Gives the offset after it; `ENDS_EARLY` where the bytes end before it does, and
   * `UNUSUAL` where it is to be read here. `mayHoldList`: it may turn out to be an envelope, and is to be left alone then.
   */
  quick?(bytes: Buffer, at: number, byte: number, mayHoldList: boolean): number;
}

export interface JsonRecordOptions {
  /**
   * The lists that hold the records, where the document is an object: a member of it (`Records`), or the path to a
   * member of an object in it (`['data', 'result']`).
   */
  readonly lists: readonly (string | readonly string[])[];
  /** Keys with which a record begins; used only to find the next record after damage. */
  readonly firstKeys: readonly string[];
  /** Takes a list of records that begins with a number as one record: `[time, value]`. */
  readonly tuples?: boolean;
  /** A record that is longer is damaged. It bounds the memory. */
  readonly maxRecordBytes?: number;
}

/** How a document ended: whether its last list was closed, and whether it was text at all. */
export type JsonEnding = 'complete' | 'cut-off' | 'utf-16';

/** No CloudTrail record, ticket or audit event comes near this. */
export const MAX_JSON_RECORD_BYTES = 16 * 1024 * 1024;
export const MAX_JSON_DEPTH = 512;
const MAX_MEMBERS = 20_000;
/** White space around the start of a record, as far as it is looked through after damage; also a key and what follows. */
const MAX_SPACE = 4096;

// What may come next.
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const SEPARATOR = 5;
const expectations = ['a value', 'a value or "]"', 'a key', 'a key or "}"', '":"', '"," or the end of the value'];

// What the scanner is in the middle of.
const STRUCTURE = 0;
const STRING = 1;
const LITERAL = 2;
const LOST = 3;

const OBJECT = 1;
const LIST = 2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** 1 for the bytes of numbers, true, false and null. JSON.parse judges their order. */
const literalBytes = bytesOf('0123456789+-.eEtruefalsn');
const spaceBytes = bytesOf(' \t\r\n');
const literalEnds = bytesOf(' \t\r\n,]}');

function bytesOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

export class JsonRecordScanner {
  readonly #window = new ByteWindow();
  readonly #stack = new Uint8Array(MAX_JSON_DEPTH + 2);
  readonly #surroundings: JsonSurroundings;
  readonly #tuples: boolean;
  readonly #maxRecordBytes: number;
  readonly #firstKeys: readonly Buffer[];
  #begun = false;
  #utf16 = false;
  #position = 0;
  #mode = STRUCTURE;
  #escaped = false;
  #expect = VALUE;
  #depth = 0;
  /** Depth at which records stand: 0, 1 in a top-level list, 2 or more in the list of an envelope. */
  #recordDepth = 0;
  #recordStart = -1;
  /** Where the list of records begins, as long as it has none; a record that is such a list begins there. */
  #listFrom = -1;
  #isTuple = false;
  #lastKeyFrom = 0;
  #lastKeyTo = 0;
  /** Where the text after the last list of the document begins, if that is wanted. */
  #afterListFrom = -1;
  #keyFrom = 0;
  #keyTo = 0;
  #valueFrom = 0;
  #members: number[] = [];
  #lostFrom = -1;
  #lostBecause = '';
  #lastFailure = 0;
  /** A record that ended early for `quick`: it is tried once more, with the next piece. */
  #triedAt = -1;
  /** The window, as `quick` gets it. */
  #buffer: Buffer = Buffer.alloc(0);

  constructor(
    options: JsonRecordOptions,
    private readonly handler: JsonRecordHandler,
  ) {
    this.#tuples = options.tuples ?? false;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_JSON_RECORD_BYTES;
    this.#surroundings = new JsonSurroundings(options.lists, this.#maxRecordBytes);
    this.#firstKeys = options.firstKeys.map((name) => Buffer.from(JSON.stringify(name)));
  }

  push(piece: Uint8Array): void {
    if (this.#utf16) return;
    this.#window.append(piece);
    if (!this.#begun && this.#window.end < 4) return;
    this.#scan(false);
    this.#window.letGo(this.#neededFrom());
  }

  #neededFrom(): number {
    const begun = [this.#lostFrom, this.#recordStart, this.#listFrom, this.#afterListFrom].find((from) => from >= 0);
    // The last key may turn out to be that of a list of records; longer ones name none.
    const nearKey = this.#position - this.#lastKeyFrom <= MAX_SPACE ? this.#lastKeyFrom : this.#position;
    return begun ?? nearKey;
  }

  /** Gives what is left: a last record without a line end, or the tail of a document that was cut off. */
  finish(): JsonEnding {
    this.#scan(true);
    if (this.#utf16) return 'utf-16';
    if (this.#mode === LITERAL && this.#depth === this.#recordDepth) this.#endValue(this.#window.end);
    let cutOff = this.#depth > 0;
    // What swallowed the end may hold records that were lost in it; a second failure gives up.
    while (this.#recordStart >= 0) {
      cutOff = true;
      this.#fail(this.#window.end, 'The file is cut off inside this record.');
      this.#scan(true);
    }
    if (this.#mode === LOST) this.#giveLost(this.#window.end);
    return cutOff ? 'cut-off' : 'complete';
  }

  #scan(last: boolean): void {
    if (!this.#begun) this.#begin();
    if (this.#utf16) return;
    const bytes = this.#window.view();
    const base = this.#window.start;
    const isQuick = this.handler.quick !== undefined;
    if (isQuick) this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    while (this.#position - base < bytes.length) {
      if (isQuick && this.#mode === STRUCTURE && this.#readQuickly(base) && !last) break;
      else if (this.#mode === STRUCTURE) this.#scanStructure(bytes, base);
      else if (this.#mode === STRING) this.#scanString(bytes, base);
      else if (this.#mode === LITERAL) this.#scanLiteral(bytes, base);
      else if (!this.#seek(bytes, base, last)) break;
      if (this.#recordStart >= 0 && this.#position - this.#recordStart > this.#maxRecordBytes)
        this.#fail(this.#position, `The record is longer than ${this.#maxRecordBytes} bytes.`);
      if (this.#afterListFrom >= 0 && this.#position - this.#afterListFrom > this.#maxRecordBytes)
        this.#forgetSurroundings();
    }
  }

  #begin(): void {
    this.#begun = true;
    const head = this.#window.view();
    this.#utf16 = looksLikeUtf16(head);
    this.#position = bomLength(head);
  }

  /** Has `quick` read the records that begin here, one after the other. True: the next one needs more bytes. */
  #readQuickly(base: number): boolean {
    const bytes = this.#buffer;
    while (this.#depth === this.#recordDepth && (this.#expect <= VALUE_OR_END || this.#expect === SEPARATOR)) {
      let at = this.#position - base;
      // Between records in a list a comma is passed along with the space.
      let wantsComma = this.#expect === SEPARATOR;
      while (at < bytes.length && (spaceBytes[bytes[at]!] || (wantsComma && bytes[at] === COMMA))) {
        if (bytes[at++] === COMMA) wantsComma = false;
      }
      if (wantsComma || bytes[at] !== OPEN_OBJECT) return false;
      // What is longer than a record may be is not in what `quick` sees.
      const seen = bytes.length - at > this.#maxRecordBytes ? bytes.subarray(0, at + this.#maxRecordBytes) : bytes;
      const to = this.handler.quick!(seen, at, base + at, this.#depth === 0);
      if (to === ENDS_EARLY && this.#triedAt < base + at) {
        this.#triedAt = base + at;
        return true;
      }
      if (to < 0) return false;
      this.#position = base + to;
      this.#listFrom = -1;
      this.#expect = this.#depth === 0 ? VALUE : SEPARATOR;
    }
    return false;
  }

  #scanStructure(bytes: Uint8Array, base: number): void {
    let at = this.#position - base;
    while (at < bytes.length && spaceBytes[bytes[at]!]) at++;
    this.#position = base + at;
    if (at === bytes.length) return;
    const byte = bytes[at]!;
    if (byte === QUOTE) this.#openString();
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#open(byte === OPEN_OBJECT ? OBJECT : LIST, bytes, base);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#close(byte === CLOSE_OBJECT ? OBJECT : LIST);
    else if (byte === COMMA) this.#comma();
    else if (byte === 0x3a && this.#expect === COLON) {
      this.#expect = VALUE;
      this.#position++;
      if (this.#inRecordObject()) this.#valueFrom = this.#position;
    } else if (literalBytes[byte] && this.#expect <= VALUE_OR_END) {
      if (this.#tuples && this.#listFrom >= 0 && isNumberStart(byte)) this.#startTuple();
      else this.#startValue();
      this.#mode = LITERAL;
    } else this.#unexpected(byte);
  }

  #scanString(bytes: Uint8Array, base: number): void {
    let at = this.#position - base;
    if (this.#escaped) {
      at++;
      this.#escaped = false;
    }
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (byte < 0x20) {
        this.#position = base + at;
        this.#fail(this.#position, `Byte ${this.#position}: a string holds the control character ${byte}.`);
        return;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    // A backslash was the last byte: the next piece begins with what it escapes.
    this.#escaped = at > bytes.length;
    this.#position = base + Math.min(at, bytes.length);
    if (at < bytes.length) this.#closeString(base + at + 1);
  }

  #scanLiteral(bytes: Uint8Array, base: number): void {
    let at = this.#position - base;
    while (at < bytes.length && literalBytes[bytes[at]!]) at++;
    this.#position = base + at;
    if (at === bytes.length) return;
    if (literalEnds[bytes[at]!]) this.#endValue(this.#position);
    else this.#unexpected(bytes[at]!);
  }

  #openString(): void {
    if (this.#expect > KEY_OR_END) return this.#unexpected(QUOTE);
    if (this.#expect <= VALUE_OR_END) this.#startValue();
    else {
      this.#lastKeyFrom = this.#position;
      if (this.#inRecordObject()) this.#keyFrom = this.#position;
    }
    this.#mode = STRING;
    this.#position++;
  }

  #closeString(after: number): void {
    this.#position = after;
    this.#mode = STRUCTURE;
    if (this.#expect <= VALUE_OR_END) return this.#endValue(after);
    this.#lastKeyTo = after;
    if (this.#inRecordObject()) this.#keyTo = after;
    this.#expect = COLON;
  }

  #open(kind: number, bytes: Uint8Array, base: number): void {
    if (this.#expect > VALUE_OR_END) return this.#unexpected(kind === OBJECT ? OPEN_OBJECT : OPEN_LIST);
    if (this.#depth > MAX_JSON_DEPTH)
      return this.#fail(this.#position, `Byte ${this.#position}: nested deeper than ${MAX_JSON_DEPTH} levels.`);
    if (kind === LIST && this.#opensRecordList(bytes, base)) this.#openRecordList();
    else {
      if (kind === OBJECT && this.#inSurroundings()) this.#surroundings.enter(this.#depth, this.#lastKey(bytes, base));
      this.#startValue();
    }
    this.#stack[this.#depth++] = kind;
    this.#expect = kind === OBJECT ? KEY_OR_END : VALUE_OR_END;
    this.#position++;
  }

  #opensRecordList(bytes: Uint8Array, base: number): boolean {
    if (this.#recordDepth === 0 && this.#depth === 0) return true;
    return this.#inSurroundings() && this.#surroundings.holdsRecords(this.#depth, this.#lastKey(bytes, base));
  }

  /** At the value of a member that may be, or hold, a list of records: all around it are objects. */
  #inSurroundings(): boolean {
    if (this.#recordDepth !== 0 || this.#depth === 0 || this.#depth > this.#surroundings.deepest) return false;
    for (let i = 0; i < this.#depth; i++) if (this.#stack[i] !== OBJECT) return false;
    return true;
  }

  /** The key whose value begins, as it is written; empty when it was too long to be held. */
  #lastKey(bytes: Uint8Array, base: number): Uint8Array {
    return bytes.subarray(this.#lastKeyFrom - base, this.#lastKeyFrom < base ? 0 : this.#lastKeyTo - base);
  }

  #openRecordList(): void {
    const from = this.#depth === 0 ? this.#position : Math.max(this.#recordStart, this.#afterListFrom);
    if (from >= 0 && this.handler.document) this.#surroundings.keep(this.#window.copy(from, this.#position + 1));
    this.#afterListFrom = -1;
    this.#recordDepth = this.#depth + 1;
    this.#recordStart = -1;
    this.#listFrom = this.#position;
  }

  /** Called when the end of the list has just been read. */
  #closeRecordList(): void {
    this.#recordDepth = 0;
    this.#listFrom = -1;
    if (this.#surroundings.hasText) this.#afterListFrom = this.#position - 1;
  }

  #forgetSurroundings(): void {
    this.#surroundings.forget();
    this.#afterListFrom = -1;
  }

  #close(kind: number): void {
    const fits = kind === LIST ? VALUE_OR_END : KEY_OR_END;
    const closes = this.#expect === SEPARATOR || this.#expect === fits;
    if (this.#depth === 0 || this.#stack[this.#depth - 1] !== kind || !closes)
      return this.#unexpected(kind === OBJECT ? CLOSE_OBJECT : CLOSE_LIST);
    this.#markMember(this.#position);
    this.#depth--;
    this.#position++;
    if (this.#depth < this.#recordDepth) this.#closeRecordList();
    this.#endValue(this.#position);
  }

  #comma(): void {
    // Between values at depth 0 a comma does no harm: some exporters end each line with one.
    if (this.#depth > 0) {
      if (this.#expect !== SEPARATOR) return this.#unexpected(COMMA);
      this.#markMember(this.#position);
      this.#expect = this.#stack[this.#depth - 1] === OBJECT ? KEY : VALUE;
    }
    this.#position++;
  }

  #startValue(): void {
    if (this.#depth !== this.#recordDepth) return;
    this.#recordStart = this.#position;
    this.#listFrom = -1;
    this.#members = [];
  }

  /** The list that was opened is a record, not a list of them. */
  #startTuple(): void {
    this.#isTuple = true;
    this.#recordStart = this.#listFrom;
    this.#recordDepth--;
    this.#listFrom = -1;
    this.#members = [];
  }

  #endValue(after: number): void {
    this.#mode = STRUCTURE;
    this.#expect = this.#depth === 0 ? VALUE : SEPARATOR;
    if (this.#recordStart >= 0 && this.#depth === this.#recordDepth) this.#giveRecord(after);
    if (this.#depth === 0 && this.#afterListFrom >= 0) this.#giveDocument(after);
  }

  #giveDocument(after: number): void {
    this.#surroundings.keep(this.#window.copy(this.#afterListFrom, after));
    this.#afterListFrom = -1;
    const read = parseJson(this.#surroundings.take());
    if ('value' in read) this.handler.document?.(read.value);
  }

  /** Directly in the object that is a record, or that may turn out to hold the list of records. */
  #inRecordObject(): boolean {
    return this.#depth === this.#recordDepth + 1 && this.#stack[this.#depth - 1] === OBJECT;
  }

  #markMember(valueTo: number): void {
    const start = this.#recordStart;
    if (start < 0 || this.#expect !== SEPARATOR || !this.#inRecordObject()) return;
    if (this.#members.length >= 4 * MAX_MEMBERS) return;
    this.#members.push(this.#keyFrom - start, this.#keyTo - start, this.#valueFrom - start, valueTo - start);
  }

  #giveRecord(after: number): void {
    const byte = this.#recordStart;
    const bytes = this.#window.view().subarray(byte - this.#window.start, after - this.#window.start);
    this.#recordStart = -1;
    const tooMany = { because: `The record has ${MAX_MEMBERS} members or more.` };
    const read = this.#members.length < 4 * MAX_MEMBERS ? parseJson(bytes) : tooMany;
    if ('because' in read) this.handler.damaged(byte, bytes, read.because);
    else this.handler.record({ byte, bytes, value: read.value, members: this.#members });
    if (this.#isTuple) this.#endTuple();
  }

  #endTuple(): void {
    this.#isTuple = false;
    this.#closeRecordList();
  }

  #unexpected(byte: number): void {
    const found = byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;
    this.#fail(this.#position, `Byte ${this.#position}: ${found} stands where ${expectations[this.#expect]} belongs.`);
  }

  /** Gives up the record under way, and begins to look for the next one. */
  #fail(at: number, because: string): void {
    const start = this.#recordStart;
    this.#lostFrom = start >= 0 ? start : at;
    this.#lostBecause = because;
    // A record may hide in what was read since the last failure, but is looked for there only once.
    this.#position = start >= this.#lastFailure && start >= 0 ? start + 1 : at;
    this.#lastFailure = at;
    this.#recordStart = -1;
    this.#listFrom = -1;
    if (this.#isTuple) this.#endTuple();
    if (this.#recordDepth === 0) this.#forgetSurroundings();
    this.#mode = LOST;
  }

  /** Looks for the start of a record. False: more bytes are needed. */
  #seek(bytes: Uint8Array, base: number, last: boolean): boolean {
    for (let at = this.#position - base; at < bytes.length; at++) {
      if (bytes[at] !== OPEN_OBJECT) continue;
      this.#position = base + at;
      const begins = this.#beginsRecord(bytes, at, Math.max(this.#lostFrom - base, 0));
      if (begins === undefined && !last) return false;
      if (!begins) continue;
      this.#giveLost(this.#position);
      this.#depth = this.#recordDepth;
      this.#expect = VALUE;
      this.#mode = STRUCTURE;
      return true;
    }
    this.#position = base + bytes.length;
    if (this.#position - this.#lostFrom > this.#maxRecordBytes) {
      this.#giveLost(this.#position);
      this.#lostFrom = this.#position;
    }
    return false;
  }

  /** Whether `{` at `at` begins a record; `undefined` when that lies in bytes still to come. */
  #beginsRecord(bytes: Uint8Array, at: number, from: number): boolean | undefined {
    let before = at - 1;
    while (before >= from && at - before < MAX_SPACE && spaceBytes[bytes[before]!]) before--;
    if (this.#recordDepth === 0 && bytes[at - 1] === 0x0a) return true;
    const joint = before < from || [COMMA, OPEN_LIST, CLOSE_OBJECT].includes(bytes[before]!);
    if (!joint) return false;
    let key = at + 1;
    while (key < bytes.length && key - at < MAX_SPACE && spaceBytes[bytes[key]!]) key++;
    const rest = bytes.subarray(key);
    const longer = this.#firstKeys.filter((name) =>
      name.subarray(0, rest.length).equals(rest.subarray(0, name.length)),
    );
    if (longer.length === 0) return false;
    return longer.some((name) => name.length <= rest.length) ? true : undefined;
  }

  #giveLost(to: number): void {
    const bytes = trimJoints(this.#window.copy(this.#lostFrom, to));
    if (bytes.length > 0) this.handler.damaged(this.#lostFrom + bytes.byteOffset, bytes, this.#lostBecause);
    this.#lostFrom = -1;
  }
}

/** Without the white space and commas at both ends; a view whose byteOffset says how much went at the start. */
function trimJoints(bytes: Uint8Array): Uint8Array {
  const isJoint = (byte: number): boolean => byte === COMMA || spaceBytes[byte] === 1;
  let from = 0;
  let to = bytes.length;
  while (to > from && isJoint(bytes[to - 1]!)) to--;
  while (from < to && isJoint(bytes[from]!)) from++;
  return bytes.subarray(from, to);
}

function isNumberStart(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
}

function parseJson(bytes: Uint8Array): { value: unknown } | { because: string } {
  if (!isUtf8(bytes)) return { because: 'The record is not valid UTF-8.' };
  try {
    return { value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as unknown };
  } catch {
    // The parser's own words differ from one Node version to the next.
    return { because: 'The record is not valid JSON.' };
  }
}
