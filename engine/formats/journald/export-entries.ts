/**
 * Journal Export Format, as `journalctl -o export` writes it and systemd-journal-remote reads it.
 *
 *     entry = 1*field LF
 *     field = NAME "=" text LF                                text without line ends
 *           / NAME LF size data LF                            size: 64 bits, little endian; data: any bytes
 *
 * Source: https://systemd.io/JOURNAL_EXPORT_FORMATS/. After damage, reading goes on at the next blank line that the
 * field follows with which entries of the file begin.
 */
import { ByteWindow, bomLength } from '../framing/byte-window.ts';
import { valueOfBytes, type FieldValue, type JournalEntry } from './entry.ts';

export interface ExportHandler {
  entry(entry: JournalEntry, byte: number, bytes: Uint8Array): void;
  /** Bytes that hold no readable entry; at most the first KEPT_OF_LOST_BYTES of `length`. */
  damaged(bytes: Uint8Array, span: { readonly byte: number; readonly length: number }, reason: string): void;
}

/** Longer entries are not read: memory stays bounded whatever a file holds. */
export const LONGEST_ENTRY_BYTES = 16 * 1024 * 1024;
const KEPT_OF_LOST_BYTES = 64 * 1024;
export const MOST_FIELDS = 20_000;
const SIZE_BYTES = 8;
const LF = 10;
const EQUALS = 0x3d;
const NAME = /^[A-Z_][A-Z0-9_]{0,255}$/;

export class ExportSplitter {
  readonly #window = new ByteWindow();
  #begun = false;
  /** Where the next field begins, and how far its line end was looked for. */
  #at = 0;
  #soughtTo = 0;
  #entryFrom = -1;
  #fields: [string, FieldValue][] = [];
  /** The field with which entries of this file begin. */
  #firstName = '__CURSOR';
  #lostFrom = -1;
  #lostHead: Uint8Array | undefined;
  #lostBecause = '';
  #endsOpen = false;

  constructor(private readonly handler: ExportHandler) {}

  /** The last entry had no blank line after it. */
  get endsOpen(): boolean {
    return this.#endsOpen;
  }

  push(piece: Uint8Array): void {
    this.#window.append(piece);
    this.#scan(false);
    const needed = [this.#lostHead ? -1 : this.#lostFrom, this.#entryFrom].find((from) => from >= 0);
    this.#window.letGo(needed ?? Math.min(this.#at, this.#soughtTo));
  }

  finish(): void {
    this.#scan(true);
    // What swallowed the end may hold entries that were lost in it.
    while (this.#lostFrom < 0 && (this.#entryFrom >= 0 || this.#at < this.#window.end)) {
      if (this.#at === this.#window.end) {
        this.#endsOpen = true;
        this.#giveEntry();
      } else {
        this.#lose('The file is cut off inside this entry.');
        this.#scan(true);
      }
    }
    if (this.#lostFrom >= 0) this.#giveLost(this.#window.end);
  }

  #scan(last: boolean): void {
    if (!this.#begun) {
      if (!last && this.#window.end < 3) return;
      this.#begun = true;
      this.#at = this.#soughtTo = bomLength(this.#window.view());
    }
    while (this.#lostFrom >= 0 ? this.#seek() : this.#step()) {
      const from = this.#entryFrom;
      if (from >= 0 && this.#at - from > LONGEST_ENTRY_BYTES)
        this.#lose(`The entry is longer than ${LONGEST_ENTRY_BYTES} bytes.`);
    }
  }

  /** Reads a field, or the line end that closes an entry. False: more bytes are needed. */
  #step(): boolean {
    const bytes = this.#window.view();
    const base = this.#window.start;
    const from = this.#at - base;
    const end = bytes.indexOf(LF, Math.max(this.#soughtTo - base, from));
    if (end < 0) {
      this.#soughtTo = this.#window.end;
      if (this.#window.end - this.#at <= LONGEST_ENTRY_BYTES) return false;
      return this.#lose(`The entry is longer than ${LONGEST_ENTRY_BYTES} bytes.`);
    }
    if (end === from) return this.#closeEntry(end);
    const equals = bytes.subarray(from, Math.min(end, from + 257)).indexOf(EQUALS);
    const nameEnd = equals < 0 ? end : from + equals;
    const name = nameEnd - from > 256 ? '' : Buffer.from(bytes.subarray(from, nameEnd)).toString('latin1');
    if (!NAME.test(name)) return this.#lose(`Byte ${this.#at}: no field name stands where a field begins.`);
    if (equals < 0) return this.#binary(bytes, name, end + 1);
    return this.#field(name, bytes.subarray(nameEnd + 1, end), base + end + 1);
  }

  #binary(bytes: Uint8Array, name: string, at: number): boolean {
    if (bytes.length < at + SIZE_BYTES) return false;
    const size = Buffer.from(bytes.buffer, bytes.byteOffset + at, SIZE_BYTES).readBigUInt64LE();
    if (size > BigInt(LONGEST_ENTRY_BYTES))
      return this.#lose(`The field ${name} has ${size} bytes, over the limit of ${LONGEST_ENTRY_BYTES}.`);
    const from = at + SIZE_BYTES;
    const to = from + Number(size);
    if (bytes.length <= to) return false;
    if (bytes[to] !== LF) return this.#lose(`The field ${name} has ${size} bytes, but no line end after them.`);
    return this.#field(name, bytes.subarray(from, to), this.#window.start + to + 1);
  }

  #field(name: string, value: Uint8Array, next: number): boolean {
    if (this.#fields.length >= MOST_FIELDS) return this.#lose(`The entry has more than ${MOST_FIELDS} fields.`);
    if (this.#entryFrom < 0) this.#entryFrom = this.#at;
    this.#fields.push([name, valueOfBytes(value)]);
    this.#at = this.#soughtTo = next;
    return true;
  }

  #closeEntry(end: number): boolean {
    if (this.#entryFrom >= 0) this.#giveEntry();
    this.#at = this.#soughtTo = this.#window.start + end + 1;
    return true;
  }

  #giveEntry(): void {
    const byte = this.#entryFrom;
    const entry = new Map<string, FieldValue[]>();
    for (const [name, value] of this.#fields) {
      const values = entry.get(name);
      if (values) values.push(value);
      else entry.set(name, [value]);
    }
    this.#firstName = this.#fields[0]?.[0] ?? this.#firstName;
    this.#entryFrom = -1;
    this.#fields = [];
    const { start } = this.#window;
    this.handler.entry(entry, byte, this.#window.view().subarray(byte - start, this.#at - start));
  }

  /** Gives up the entry under way; the next may begin in what was read of it. */
  #lose(because: string): boolean {
    this.#lostFrom = this.#entryFrom >= 0 ? this.#entryFrom : this.#at;
    this.#lostBecause = because;
    this.#soughtTo = this.#lostFrom;
    this.#entryFrom = -1;
    this.#fields = [];
    return true;
  }

  /** Looks for the next entry. False: more bytes are needed. */
  #seek(): boolean {
    const bytes = this.#window.view();
    const base = this.#window.start;
    const mark = Buffer.from(`\n\n${this.#firstName}`);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let found = buffer.indexOf(mark, Math.max(this.#soughtTo - base, 0));
    while (found >= 0 && ![EQUALS, LF, undefined].includes(bytes[found + mark.length]))
      found = buffer.indexOf(mark, found + 1);
    if (found >= 0) {
      this.#giveLost(base + found + 1);
      return true;
    }
    this.#soughtTo = Math.max(this.#soughtTo, this.#window.end - mark.length);
    if (this.#window.end - this.#lostFrom > LONGEST_ENTRY_BYTES) this.#lostHead ??= this.#headOfLost();
    return false;
  }

  #headOfLost(): Uint8Array {
    return this.#window.copy(this.#lostFrom, this.#lostFrom + KEPT_OF_LOST_BYTES);
  }

  #giveLost(to: number): void {
    const length = to - this.#lostFrom;
    const head = (this.#lostHead ?? this.#headOfLost()).subarray(0, length);
    const byte = this.#lostFrom;
    this.#at = this.#soughtTo = to;
    this.#lostFrom = -1;
    this.#lostHead = undefined;
    if (length > 0) this.handler.damaged(head, { byte, length }, this.#lostBecause);
  }
}
