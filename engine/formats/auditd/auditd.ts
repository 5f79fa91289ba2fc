/** /var/log/audit/audit.log. Each line is a record: it ends in `auditd_records` or in the rejects. */
import { isUtf8 } from 'node:buffer';
import type { RowColumns } from '../../core/row-columns.ts';
import { firstLines, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { asUtf8 } from './decode.ts';
import { EventRows } from './event-rows.ts';
import { EventJoiner } from './event.ts';
import { LineHead } from './line-head.ts';
import { RecordReader } from './record.ts';
import { SignInRows } from './sign-ins.ts';

export const auditd: Format = {
  id: 'auditd',
  title: 'Linux audit log (audit.log), raw and enriched',
  version: 4,
  framing: 'lines',
  letsGo: true,
  streams: ['auditd'],
  recognise,
  open: (sink, context) => new AuditReader(sink, context),
};

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such a line. */
const FEWEST_MATCHING = 0.2;

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT).map((line) => new TextEncoder().encode(line));
  const reader = new LineHead();
  const matching = lines.filter((line) => reader.read(line, 0, line.length) === undefined).length;
  return {
    confidence: matching < lines.length * FEWEST_MATCHING || matching === 0 ? 0 : matching / lines.length,
    reason: `${matching} of the first ${lines.length} lines match type=... msg=audit(...).`,
  };
}

class AuditReader implements SourceReader, LineHandler {
  private readonly splitter = new LineSplitter(this);
  private readonly head = new LineHead();
  private readonly rows: RowColumns<'auditd_records'>;
  private readonly eventRecord: number;
  private readonly reader: RecordReader;
  private readonly joiner: EventJoiner;
  /** The piece that is being read, where every line that begins and ends in it is UTF-8. */
  private validPiece: Uint8Array | undefined;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.rows = sink.columns('auditd_records');
    this.eventRecord = this.rows.column('event_record');
    this.reader = new RecordReader(this.rows);
    const signIns = new SignInRows(sink.columns('authentications'));
    const events = new EventRows(sink.columns('events'), signIns, context.system);
    this.joiner = new EventJoiner((event) => events.add(event));
  }

  push(piece: Uint8Array): void {
    const bytes = asBuffer(piece);
    this.validPiece = isValid(bytes) ? bytes : undefined;
    this.splitter.push(bytes);
    this.validPiece = undefined;
  }

  finish(): undefined {
    this.splitter.finish();
    this.joiner.finish();
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const record = this.sink.record(byte, to - from);
    const reason =
      bytes === this.validPiece ? this.read(bytes, from, to, record) : this.readOther(bytes.subarray(from, to), record);
    if (reason !== undefined) this.sink.reject(reason, bytes.subarray(from, to));
  }

  /** A line that may have bytes that are not UTF-8: those become U+FFFD before it is read. */
  private readOther(bytes: Uint8Array, record: number): string | undefined {
    const line = asBuffer(asUtf8(bytes));
    return this.read(line, 0, line.length, record);
  }

  /** Gives why the line is none of an audit log; nothing when it became a row. */
  private read(bytes: Uint8Array, from: number, to: number, record: number): string | undefined {
    const { head, reader, rows } = this;
    const reason = head.read(bytes, from, to);
    if (reason !== undefined) return reason;
    reader.read(head, bytes, from, to);
    rows.number(this.eventRecord, this.joiner.add(head, reader, record));
    rows.end(record);
    return undefined;
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }
}

/** False where a line that begins and ends in the piece is perhaps not UTF-8. A line of it may begin before, or go on after it. */
function isValid(piece: Buffer): boolean {
  return isUtf8(piece.subarray(0, piece.lastIndexOf(LF) + 1));
}

const LF = 10;

/** One class of arrays, whatever comes: code for one kind of array is twice as fast as code for two. */
function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
