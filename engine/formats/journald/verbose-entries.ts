/**
 * `journalctl -o verbose`: a line with the cursor, and a line for each field.
 *
 *   Sat 2026-11-21 06:34:45.434208 UTC [s=7376...;i=3f;b=dd95...;m=9530dd41;t=660c38e78cb6a;x=d85a...]
 *       PRIORITY=6
 *       MESSAGE=first line
 *               second line
 *
 * The time is taken from the cursor (`t=`, microseconds, hexadecimal), because the one that is written out has no offset.
 * A line with space before it that begins no field goes on with the field before it; journalctl puts space before every
 * line of a value. One without is the first line of an entry that cannot be read: the lines after it are of that one, and
 * not of the entry before. Of values that are no text only the
 * size is shown: `[17B blob data]`.
 */
import { isUtf8 } from 'node:buffer';
import { LineSplitter, longLineReason } from '../framing/lines.ts';
import type { FieldValue, JournalEntry } from './entry.ts';
import { LONGEST_ENTRY_BYTES, MOST_FIELDS, type ExportHandler } from './export-entries.ts';

const HEAD =
  /^\S{1,20} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [^[\]]{0,40}\[(s=[0-9a-f]+;i=[0-9a-f]+;b=[0-9a-f]+;m=([0-9a-f]{1,15});t=([0-9a-f]{1,15});x=[0-9a-f]+)\]\s*$/;
const FIELD = /^ {4}([A-Z_][A-Z0-9_]{0,255})=([^]*)$/;
const BLOB = /^\[\d+(?:\.\d+)?[BKMGT] blob data\]$/;
/** Lines of journalctl itself: where the journal begins, and another boot. */
const NOTE = /^-- .*(?: --|\.)$/;
/** Before the lines that a message goes on with: the space before a field, its name and the sign. */
const MESSAGE_INDENT = /^ {1,12}/;

/** Fields that the first line gives. */
const OF_THE_HEAD = 3;

interface Pending {
  readonly fields: [string, FieldValue][];
  readonly byte: number;
  bytes: Uint8Array[];
  length: number;
}

/** True for the first line of an entry. */
export function isVerboseHead(line: string): boolean {
  return HEAD.test(line);
}

export class VerboseSplitter {
  readonly #splitter: LineSplitter;
  #pending: Pending | undefined;
  /** An entry whose first line cannot be read. */
  #headless: { readonly byte: number; readonly lines: Uint8Array[]; length: number } | undefined;
  /** Entries with a value of which only the size is shown. */
  blobs = 0;

  constructor(private readonly handler: ExportHandler) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => this.#line(bytes.subarray(from, to), byte),
      longLine: (head, byte, length) => {
        this.#give();
        handler.damaged(head, { byte, length }, longLineReason(length));
      },
    });
  }

  push(piece: Uint8Array): void {
    this.#splitter.push(piece);
  }

  finish(): void {
    this.#splitter.finish();
    this.#give();
  }

  #line(bytes: Uint8Array, byte: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    const head = HEAD.exec(text);
    if (head) this.#begin({ cursor: head[1]!, sinceBoot: head[2]!, time: head[3]! }, bytes, byte);
    else if (NOTE.test(text)) this.#give();
    else if (this.#pending === undefined || /^\S/.test(text)) this.#stray(bytes, byte);
    else this.#add(this.#pending, text, { bytes, byte });
  }

  #begin(
    { cursor, sinceBoot, time }: Readonly<Record<'cursor' | 'sinceBoot' | 'time', string>>,
    bytes: Uint8Array,
    byte: number,
  ): void {
    this.#give();
    const fields: [string, FieldValue][] = [
      ['__CURSOR', cursor],
      ['__REALTIME_TIMESTAMP', BigInt(`0x${time}`).toString()],
      ['__MONOTONIC_TIMESTAMP', BigInt(`0x${sinceBoot}`).toString()],
    ];
    this.#pending = { fields, byte, bytes: [new Uint8Array(bytes)], length: bytes.length };
  }

  #stray(bytes: Uint8Array, byte: number): void {
    if (this.#pending !== undefined) this.#give();
    const isBlank = bytes.every((each) => each <= 0x20);
    if (this.#headless === undefined && isBlank) return;
    this.#headless ??= { byte, lines: [], length: 0 };
    this.#headless.lines.push(new Uint8Array(bytes));
    if (!isBlank) this.#headless.length = byte + bytes.length - this.#headless.byte;
    if (this.#headless.length > LONGEST_ENTRY_BYTES) this.#give();
  }

  #add(pending: Pending, text: string, { bytes, byte }: { readonly bytes: Uint8Array; readonly byte: number }): void {
    const field = FIELD.exec(text);
    const last = pending.fields.at(-1)!;
    if (field) pending.fields.push([field[1]!, BLOB.test(field[2]!) ? null : field[2]!]);
    else if (typeof last[1] === 'string')
      last[1] += `\n${last[0] === 'MESSAGE' ? text.replace(MESSAGE_INDENT, '') : text}`;
    if (text.trim() !== '') pending.length = byte + bytes.length - pending.byte;
    pending.bytes.push(new Uint8Array(bytes));
    if (pending.fields.length > MOST_FIELDS) this.#lose(`The entry has more than ${MOST_FIELDS} fields.`);
    else if (pending.length > LONGEST_ENTRY_BYTES) this.#lose(`The entry is longer than ${LONGEST_ENTRY_BYTES} bytes.`);
  }

  #lose(reason: string): void {
    const { byte, length, bytes } = this.#pending!;
    this.#pending = undefined;
    this.handler.damaged(joined(bytes), { byte, length }, reason);
  }

  #give(): void {
    if (this.#headless !== undefined) {
      const { byte, lines, length } = this.#headless;
      this.#headless = undefined;
      this.handler.damaged(
        joined(lines).subarray(0, length),
        { byte, length },
        'The entry has no first line that can be read.',
      );
    }
    if (this.#pending === undefined) return;
    const { fields, byte, bytes, length } = this.#pending;
    const raw = joined(bytes).subarray(0, length);
    if (fields.length === OF_THE_HEAD) return this.#lose('The entry has no field.');
    if (!isUtf8(raw)) return this.#lose('The entry is not valid UTF-8.');
    this.#pending = undefined;
    if (fields.some(([, value]) => value === null)) this.blobs++;
    this.handler.entry(entryOf(fields), byte, raw);
  }
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

function entryOf(fields: readonly (readonly [string, FieldValue])[]): JournalEntry {
  const entry = new Map<string, FieldValue[]>();
  for (const [name, value] of fields) {
    const values = entry.get(name);
    if (values) values.push(value);
    else entry.set(name, [value]);
  }
  return entry;
}
