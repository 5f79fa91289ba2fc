/**
 * The fields of an audit record: `key=value` with spaces between, in three layers that are read alike: the record's
 * own, those inside `msg='...'`, and those that a daemon with log_format=ENRICHED adds after a byte 0x1d.
 * See docs/formats/auditd.md, "Fields".
 */
import { decodeText } from '../framing/lines.ts';
import type { Key, Keys } from './keys.ts';
import type { LineHead } from './line-head.ts';

/** Fields of a line whose names are remembered for the next line of its type. */
const MOST_EXPECTED = 64;
/** No record has nearly as many fields and words; what follows them in a line made to exhaust memory is one word. */
const MOST_TOKENS = 2000;

const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const COMMA = 44;
const EQUALS = 61;
/** Stands before what a daemon with log_format=ENRICHED adds. The first of a line is read as a space. */
const ENRICHMENT = 29;

/** The fields of one line after the other, as places in its bytes. */
export class Fields {
  count = 0;
  readonly keys: Key[] = [];
  readonly from = new Int32Array(MOST_TOKENS);
  readonly to = new Int32Array(MOST_TOKENS);
  /** 1: in double quotes; a value of an encoded field without them is hexadecimal. */
  readonly isQuoted = new Uint8Array(MOST_TOKENS);
  /** Words that belong to no field: `avc: denied { getattr } for`. */
  readonly words: string[] = [];
  private line: Uint8Array = Buffer.alloc(0);
  private lineFrom = 0;
  /** Values that do not stand in the line as they are. */
  private readonly made = new Map<number, Uint8Array>();
  /** `old` or `new` standing before a key, as LOGIN records had it: `old auid=4294967295 new auid=0`. */
  private prefix = '';
  /** The keys of the last line of this type, by place. Mostly the next one has the same: then no name is looked up. */
  private expected: Key[] = [];
  private place = 0;

  constructor(private readonly keyTable: Keys) {}

  /** The bytes in which `from` and `to` of a field are places. */
  bytesOf(field: number): Uint8Array {
    return this.made.size > 0 ? (this.made.get(field) ?? this.line) : this.line;
  }

  /**
   * Reads the fields of the line `bytes[from, to)`, whose beginning is read. Never fails: what is no field is a word.
   * `head.type` remembers the keys: it must be of one reader, as the keys are.
   */
  read(head: Pick<LineHead, 'bodyAt' | 'type'>, bytes: Uint8Array, from: number, to: number): void {
    this.line = bytes;
    this.lineFrom = from;
    this.count = 0;
    this.place = 0;
    this.expected = head.type.expected;
    this.prefix = '';
    if (this.words.length > 0) this.words.length = 0;
    if (this.made.size > 0) this.made.clear();
    let at = head.bodyAt;
    for (let tokens = 0; at < to;) {
      const byte = bytes[at]!;
      if (byte <= SPACE || byte === APOSTROPHE) at++;
      else if (++tokens <= MOST_TOKENS) at = this.readToken(at, to);
      else {
        this.words.push(this.textOf(at, to));
        break;
      }
    }
  }

  /** Gives where to go on. */
  private readToken(start: number, to: number): number {
    const { line } = this;
    const place = this.place++;
    const expected = this.expected[place];
    if (expected !== undefined && this.prefix === '' && this.isNamed(expected, start, to))
      return this.readValue(expected, start + expected.bytes.length + 1, to);
    let at = start;
    let hash = 0;
    for (; at < to; at++) {
      const byte = line[at]!;
      if (byte <= SPACE || byte === EQUALS) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (at > start && at < to && line[at] === EQUALS) {
      const key =
        this.prefix === '' ? this.keyTable.find(hash, line, start, at) : this.prefixedKey(decodeText(line, start, at));
      if (key.isKept && place < MOST_EXPECTED) this.expected[place] = key;
      return this.readValue(key, at + 1, to);
    }
    const end = Math.max(at, start + 1);
    this.word(this.textOf(start, end));
    return end;
  }

  /** The name of `key` and an equals sign stand at `at`. */
  private isNamed({ bytes: name }: Key, at: number, to: number): boolean {
    const { line } = this;
    const { length } = name;
    if (at + length >= to || line[at + length] !== EQUALS) return false;
    for (let i = 0; i < length; i++) if (line[at + i] !== name[i]) return false;
    return true;
  }

  private prefixedKey(name: string): Key {
    const { prefix } = this;
    this.prefix = '';
    return this.keyTable.named(prefix === 'old' ? `old-${name}` : name);
  }

  private readValue(key: Key, at: number, to: number): number {
    const byte = at < to ? this.line[at] : 0;
    if (byte === QUOTE) return this.readQuoted(key, at + 1, to);
    if (byte === APOSTROPHE && key.name === 'msg') return at + 1;
    return this.readBare(key, at, to);
  }

  private readQuoted(key: Key, from: number, to: number): number {
    const { line } = this;
    let end = from;
    let byte = 0;
    for (; end < to; end++) {
      byte = line[end]!;
      if (byte === QUOTE) break;
      if (byte === ENRICHMENT && this.isFirstMark(end)) this.made.set(this.count, this.withSpace(from, end, to));
    }
    this.add(key, from, end, 1);
    const made = this.made.size > 0 ? this.made.get(this.count - 1) : undefined;
    if (made) this.move(this.count - 1, 0, end - from);
    return end + 1;
  }

  private readBare(key: Key, from: number, to: number): number {
    const { line } = this;
    let end = from;
    while (end < to && line[end]! > SPACE) end++;
    let valueEnd = end;
    if (end > from) {
      // The apostrophe that closes msg='...' and the comma of old daemon records are no part of the value.
      const last = line[end - 1];
      if (last === APOSTROPHE || (last === COMMA && end < to && this.isSpace(end))) valueEnd--;
    }
    this.add(key, from, valueEnd, 0);
    return end;
  }

  private add(key: Key, from: number, to: number, isQuoted: 0 | 1): void {
    const field = this.count++;
    this.keys[field] = key;
    this.from[field] = from;
    this.to[field] = to;
    this.isQuoted[field] = isQuoted;
  }

  private move(field: number, from: number, to: number): void {
    this.from[field] = from;
    this.to[field] = to;
  }

  /** A word after `op=` continues it (`op=adding user to group`); `old` and `new` go before the next key. */
  private word(word: string): void {
    const last = this.count - 1;
    if (last >= 0 && this.words.length === 0 && this.keys[last]!.name === 'op' && this.canGoOn(last)) {
      const value = decodeText(this.bytesOf(last), this.from[last], this.to[last]);
      const made = Buffer.from(`${value} ${word.replace(/'$/, '')}`, 'utf8');
      this.made.set(last, made);
      this.move(last, 0, made.length);
    } else if (word === 'old' || word === 'new') this.prefix = word;
    else this.words.push(word);
  }

  private canGoOn(field: number): boolean {
    return this.isQuoted[field] === 0 && this.to[field]! > this.from[field]!;
  }

  private isSpace(at: number): boolean {
    return this.line[at] === SPACE || (this.line[at] === ENRICHMENT && this.isFirstMark(at));
  }

  private isFirstMark(at: number): boolean {
    return this.markIn(this.lineFrom, at + 1) === at;
  }

  /** Not `indexOf`, which goes on to the end of all lines that are in memory. */
  private markIn(from: number, to: number): number {
    let at = from;
    while (at < to && this.line[at] !== ENRICHMENT) at++;
    return at;
  }

  private textOf(from: number, to: number): string {
    const mark = this.markIn(from, to);
    const isMarked = mark < to && this.isFirstMark(mark);
    return isMarked ? decodeText(this.withSpace(from, mark, to)) : decodeText(this.line, from, to);
  }

  /** A copy of a stretch of the line with a space in place of the mark. The line itself is evidence, and stays. */
  private withSpace(from: number, mark: number, to: number): Uint8Array {
    const copy = Buffer.from(this.line.subarray(from, to));
    copy[mark - from] = SPACE;
    return copy;
  }
}
