/**
 * The fields without a column as a JSON object, written as bytes. It is the text that `JSON.stringify` gives of an
 * object to which the fields were added one by one.
 */
import { copyOf } from '../framing/copy-of.ts';
import type { Key, Keys } from './keys.ts';

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
/** A control character takes six bytes: `\u001d`. */
const MOST_BYTES_A_BYTE = 6;

export class JsonFields {
  /** `bytes[0, length)` is the object, once it is ended. */
  bytes: Buffer = Buffer.alloc(4096);
  length = 0;
  count = 0;
  private view = viewOf(this.bytes);
  private line = 0;
  private readonly keys: Key[] = [];
  /** Where the member of each key begins; each ends with a comma. */
  private starts = new Int32Array(256);
  private hasIndex = false;
  /** Places of names that have no key of their own. */
  private readonly strangers = new Map<string, number>();
  private readonly copies = new Map<string, number>();

  constructor(private readonly keyTable: Keys) {}

  /** Begins the object of the next line. */
  begin(): void {
    this.line++;
    this.bytes[0] = OPEN;
    this.length = 1;
    this.count = 0;
    this.hasIndex = false;
    if (this.strangers.size > 0) this.strangers.clear();
    if (this.copies.size > 0) this.copies.clear();
  }

  has(key: Key): boolean {
    return key.isKept ? key.line === this.line : this.strangers.has(key.name);
  }

  /** Adds a field under its name, or under `name#2` and so on where that is taken. Gives the key it has now. */
  add(key: Key, bytes: Uint8Array, from: number, to: number): Key {
    const free = this.has(key) || key.name === '__proto__' ? this.freeKey(key) : key;
    this.set(free, bytes, from, to);
    return free;
  }

  /** Gives `key` this value, whether it had one or not. */
  set(key: Key, bytes: Uint8Array, from: number, to: number): void {
    if (this.has(key)) return this.replace(this.placeOf(key), bytes, from, to);
    if (this.count === this.starts.length) this.growStarts();
    if (key.isKept) {
      key.line = this.line;
      key.entry = this.count;
    } else this.strangers.set(key.name, this.count);
    if (key.isIndex) this.hasIndex = true;
    this.keys[this.count] = key;
    this.starts[this.count++] = this.length;
    this.write(key, bytes, from, to);
  }

  end(): void {
    if (this.hasIndex) this.sort();
    if (this.count === 0) this.length++;
    this.bytes[this.length - 1] = CLOSE;
  }

  private freeKey({ name }: Key): Key {
    const copy = (this.copies.get(name) ?? (name === '__proto__' ? 0 : 1)) + 1;
    this.copies.set(name, copy);
    return this.keyTable.named(`${name}#${copy}`);
  }

  private placeOf(key: Key): number {
    return key.isKept ? key.entry : this.strangers.get(key.name)!;
  }

  private write(key: Key, value: Uint8Array, from: number, to: number): void {
    const { jsonWords, jsonLength } = key;
    this.room(jsonLength + (to - from) * MOST_BYTES_A_BYTE + 6);
    const { bytes, view } = this;
    let { length } = this;
    // Word by word: what the last one writes too much is written over.
    for (let at = 0; at < jsonWords.length; at++) view.setUint32(length + (at << 2), jsonWords[at]!, true);
    length += jsonLength;
    for (let at = from; at < to; at++) {
      const byte = value[at]!;
      if (byte < 32 || byte === QUOTE || byte === BACKSLASH) length = writeEscaped(bytes, length, byte);
      else bytes[length++] = byte;
    }
    bytes[length++] = QUOTE;
    bytes[length++] = COMMA;
    this.length = length;
  }

  /** Writes a member again with another value; those behind it move. */
  private replace(entry: number, value: Uint8Array, from: number, to: number): void {
    const next = entry + 1 < this.count ? this.starts[entry + 1]! : this.length;
    const behind = copyOf(this.bytes, next, this.length);
    this.length = this.starts[entry]!;
    this.write(this.keys[entry]!, value, from, to);
    const moved = this.length - next;
    this.room(behind.length + 1);
    this.bytes.set(behind, this.length);
    this.length += behind.length;
    for (let after = entry + 1; after < this.count; after++) this.starts[after]! += moved;
  }

  /** Names that are indexes come first in an object, in the order of their numbers. */
  private sort(): void {
    const members = this.keys.slice(0, this.count).map((key, at) => {
      const end = at + 1 < this.count ? this.starts[at + 1] : this.length;
      return { key, bytes: copyOf(this.bytes, this.starts[at], end) };
    });
    const indexes = members.filter(({ key }) => key.isIndex).sort((a, b) => Number(a.key.name) - Number(b.key.name));
    this.length = 1;
    for (const { bytes } of [...indexes, ...members.filter(({ key }) => !key.isIndex)]) {
      this.bytes.set(bytes, this.length);
      this.length += bytes.length;
    }
  }

  private room(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(2 * this.bytes.length, needed));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  private growStarts(): void {
    const larger = new Int32Array(2 * this.starts.length);
    larger.set(this.starts);
    this.starts = larger;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

const HEX = '0123456789abcdef';
const ESCAPES: ReadonlyMap<number, string> = new Map([
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [12, 'f'],
  [13, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
]);

/** Gives where to go on. */
function writeEscaped(bytes: Uint8Array, at: number, byte: number): number {
  const escape = ESCAPES.get(byte) ?? `u00${HEX[byte >> 4]}${HEX[byte & 15]}`;
  bytes[at] = BACKSLASH;
  for (let i = 0; i < escape.length; i++) bytes[at + 1 + i] = escape.charCodeAt(i);
  return at + 1 + escape.length;
}
