import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { decodeText, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import { readAuditLine } from './audit-line.ts';
import { describeEntry } from './describe.ts';
import type { AuditEntry, NotAnEntry } from './entry.ts';
import { readFileLine } from './file-line.ts';

/** Reads an entry of either backend. */
export function readEntry(text: string): AuditEntry | NotAnEntry {
  return /^(?:node=|type=)/.test(text) ? readAuditLine(text) : readFileLine(text);
}

/** Reads the audit log line by line. */
export class UsbguardReader implements SourceReader, LineHandler {
  readonly #splitter = new LineSplitter(this);
  #read = 0;
  #rejects = 0;
  #firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    this.#splitter.push(piece);
  }

  finish(): Problem | undefined {
    this.#splitter.finish();
    if (this.#read > 0 || this.#rejects === 0) return undefined;
    return {
      code: 'damaged_file',
      message: `None of ${this.#rejects} lines is of a USBGuard audit log. Line 1: ${this.#firstReason}`,
      where: { file: this.context.name },
      remedy: 'Import the file as the format it is, or obtain it again.',
    };
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    this.sink.record(byte, to - from);
    const entry = readEntry(decodeText(bytes, from, to));
    if (entry.kind === 'not_an_entry') return this.#reject(entry.reason, bytes.subarray(from, to));
    this.#read++;
    const { event, fields } = describeEntry(entry, this.context.system);
    this.sink.row('events', event);
    this.sink.row('event_fields', { stream: 'usbguard', fields });
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.#reject(longLineReason(length), head);
  }

  #reject(reason: string, raw: Uint8Array): void {
    this.#rejects++;
    this.#firstReason ||= reason;
    this.sink.reject(reason, raw);
  }
}
