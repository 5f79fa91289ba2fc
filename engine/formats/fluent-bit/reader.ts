/**
 * Reads Fluent Bit's files. Lines of its own log and records as JSON lines can stand in one file, as a container that
 * writes both has it; a JSON document over several lines is read as one.
 */
import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../../shared/problem.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { repeatedMember } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { ZoneClock } from '../syslog-messages/zone-clock.ts';
import { readCollected } from './collected.ts';
import { ContentKind } from './content-kind.ts';
import { readJsonLine } from './json-line.ts';
import { readOwnLine } from './own-line.ts';
import { ownRows, type AddedRows } from './rows.ts';

/** Lists that hold records in a document, and keys with which a record begins. */
const documentOptions = {
  lists: ['records', 'Records', 'events', 'logs', 'value', 'items'],
  firstKeys: ['date', '@timestamp', 'timestamp', 'log', 'time'],
  tuples: true,
};

export class FluentBitReader implements SourceReader, LineHandler {
  readonly #kind = new ContentKind();
  readonly #splitter = new LineSplitter(this);
  readonly #scanner = new JsonRecordScanner(documentOptions, {
    record: (record) => this.#takeRecord(record),
    damaged: (byte, bytes, reason) => this.#reject(byte, bytes, reason),
  });
  readonly #clock: ZoneClock;
  #read = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#clock = new ZoneClock(context.zone);
  }

  push(piece: Uint8Array): void {
    for (const bytes of this.#kind.push(piece)) this.#pass(bytes);
  }

  finish(): Problem | undefined {
    for (const bytes of this.#kind.finish()) this.#pass(bytes);
    this.#splitter.finish();
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#refusal('The file is UTF-16 text, not UTF-8.', 'Convert it to UTF-8.');
    if (this.#read === 0 && this.#rejects > 0)
      return this.#refusal(
        `None of ${this.#rejects} records is one of Fluent Bit. Record 1: ${this.#firstReason}`,
        'Import the file as the format it is, or obtain it again.',
      );
    for (const doubt of this.#clock.doubts()) this.sink.assume(doubt);
    if (ending === 'cut-off')
      this.sink.assume('The file ends before its JSON does: records after its end are unknown.');
    return undefined;
  }

  #refusal(message: string, remedy: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy };
  }

  #pass(bytes: Uint8Array): void {
    if (this.#kind.isDocument) this.#scanner.push(bytes);
    else this.#splitter.push(bytes);
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const text = decodeText(bytes, from, to);
    const own = readOwnLine(text);
    if (own)
      return this.#add(
        byte,
        to - from,
        ownRows(own, own.stamped ?? this.#instantOf(own.wallClock), this.context.system),
      );
    const raw = bytes.subarray(from, to);
    if (/^\[\d{4}\//.test(text))
      return this.#reject(byte, raw, 'The line begins as one of the log, but has no time that can be read.');
    if (!/^\s*[[{]/.test(text)) return this.#reject(byte, raw, NOT_A_LINE);
    if (!isUtf8(raw)) return this.#reject(byte, raw, 'The line is not valid UTF-8.');
    const records = readJsonLine(raw, byte);
    if (typeof records === 'string') return this.#reject(byte, raw, records);
    for (const record of records) this.#takeRecord(record);
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.#rejects++;
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }

  #instantOf(wallClock: UtcMicros): UtcMicros {
    this.sink.assume(`Time zones are not in Fluent Bit's own log; ${this.context.zone} was assumed.`);
    return this.#clock.instantOf(wallClock);
  }

  #takeRecord(record: JsonRecord): void {
    const read = readCollected(record, this.context.system);
    if (typeof read === 'string') return this.#reject(record.byte, record.bytes, read);
    if (read.member !== 'date')
      this.sink.assume(`Records without date are dated by their member ${JSON.stringify(shorten(read.member))}.`);
    const repeated = repeatedMember(record);
    if (repeated !== undefined)
      this.sink.assume(`Where an event gives a member twice (${shorten(repeated)}), the last one counts.`);
    this.#add(record.byte, record.bytes.length, read.rows);
  }

  #add(byte: number, length: number, { event, fields }: AddedRows): void {
    this.#read++;
    this.sink.record(byte, length);
    this.sink.row('events', event);
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'fluent-bit', fields });
  }

  #reject(byte: number, bytes: Uint8Array, reason: string): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.record(byte, bytes.length);
    this.sink.reject(reason, bytes.slice());
  }
}

const NOT_A_LINE =
  'The line begins with neither [YYYY/MM/DD hh:mm:ss] [level] nor JSON: it belongs to the banner at the start or to the line before.';

function shorten(text: string): string {
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).toWellFormed();
}
