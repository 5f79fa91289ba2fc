/** /var/log/audit/audit.log. Each line is a record: it ends in `auditd_records` or in the rejects. */
import { decodeText, firstLines, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { describeEvent } from './describe.ts';
import { EventJoiner } from './event.ts';
import { readLineHead } from './line.ts';
import { readRecord } from './record.ts';

export const auditd: Format = {
  id: 'auditd',
  title: 'Linux audit log (audit.log), raw and enriched',
  version: 2,
  framing: 'lines',
  streams: ['auditd'],
  recognise,
  open: (sink, context) => new AuditReader(sink, context),
};

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such a line. */
const FEWEST_MATCHING = 0.2;

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT);
  const matching = lines.filter((line) => readLineHead(line).kind === 'line').length;
  return {
    confidence: matching < lines.length * FEWEST_MATCHING || matching === 0 ? 0 : matching / lines.length,
    reason: `${matching} of the first ${lines.length} lines match type=... msg=audit(...).`,
  };
}

class AuditReader implements SourceReader, LineHandler {
  private readonly splitter = new LineSplitter(this);
  private readonly joiner: EventJoiner;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.joiner = new EventJoiner((event) => sink.row('events', describeEvent(event, context.system), event.record));
  }

  push(piece: Uint8Array): void {
    this.splitter.push(piece);
  }

  finish(): undefined {
    this.splitter.finish();
    this.joiner.finish();
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const record = this.sink.record(byte, to - from);
    const text = decodeText(bytes, from, to);
    const line = readLineHead(text);
    if (line.kind === 'not_a_line') return this.sink.reject(line.reason, bytes.subarray(from, to));
    const audit = readRecord(line, text);
    const { columns, others } = audit;
    columns.event_record = this.joiner.add(line, audit, record);
    if (audit.hasOthers) columns.fields = JSON.stringify(others);
    this.sink.row('auditd_records', columns, record);
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }
}
