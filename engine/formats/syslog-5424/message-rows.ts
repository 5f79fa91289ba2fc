/** Messages of RFC 5424, and those of RFC 3164 among them, as rows. */
import type { RowColumns } from '../../core/row-columns.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { decodeText } from '../framing/lines.ts';
import { HostNotes } from '../syslog-3164/host-notes.ts';
import { LineClock } from '../syslog-3164/line-clock.ts';
import { LineRows } from '../syslog-3164/line-rows.ts';
import { MessageColumns } from '../syslog-messages/message-columns.ts';
import { facilityOf, severityOf } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { readMessage5424, sequenceOf, type Message5424 } from './message.ts';
import { QuickMessage } from './quick-message.ts';
import { asObject, paramOf } from './structured-data.ts';

const PID = /^\d{1,15}$/;
const STREAM = 'syslog';

export class MessageRows5424 {
  private readonly columns: MessageColumns;
  private readonly fields: RowColumns<'event_fields'>;
  private readonly streamColumn: number;
  private readonly fieldsColumn: number;
  private readonly quick = new QuickMessage();
  private readonly hosts = new HostNotes();
  private readonly times = new SecondMemo();
  private readonly clock: LineClock;
  private readonly lines: LineRows;
  private readonly system: string | undefined;
  private readonly counts = { old: 0, timeless: 0, zoneless: 0 };

  constructor(sink: Pick<RowSink, 'columns'>, context: ReadContext) {
    this.columns = new MessageColumns(sink, STREAM);
    this.fields = sink.columns('event_fields');
    this.streamColumn = this.fields.column('stream');
    this.fieldsColumn = this.fields.column('fields');
    this.system = context.system;
    this.clock = new LineClock(context);
    const { columns, clock, hosts, system } = this;
    this.lines = new LineRows({ columns, clock, hosts, system });
  }

  /** Adds the rows of the message `bytes[from, to)`, which is UTF-8. Gives why it is none; nothing when it became rows. */
  add(bytes: Buffer, from: number, to: number, record: number): string | undefined {
    if (this.quick.read(bytes, from, to)) {
      this.addQuick(record);
      return undefined;
    }
    const text = decodeText(bytes, from, to);
    const message = readMessage5424(text, this.times);
    if (message.kind === 'message') {
      this.addMessage(message, record);
      return undefined;
    }
    if (message.kind === 'damaged') return message.reason;
    return this.addOld(text, record, message.reason);
  }

  /** What was taken for granted, to be asked for after the last message. */
  assumptions(): readonly string[] {
    const { old, timeless, zoneless } = this.counts;
    return [
      ...(old > 0 ? [`Messages of RFC 3164 among them: ${old}; they were read as such.`] : []),
      ...(timeless > 0
        ? [
            `Messages without a time of their own: ${timeless}; the time at which the collector received them was taken.`,
          ]
        : []),
      ...(zoneless > 0
        ? [`Messages whose sender did not know its time zone (tzKnown="0"): ${zoneless}; the offset was believed.`]
        : []),
      ...this.clock.assumptions(),
      ...this.hosts.assumptions(),
    ];
  }

  private addQuick(record: number): void {
    const { quick, columns, fields: rows } = this;
    if (quick.isZoneless) this.counts.zoneless++;
    const host = columns.hostOf(quick);
    this.hosts.add(host, record);
    columns.addStretches(quick, host ?? this.system, record);
    if (quick.fields.length === 0) return;
    rows.text(this.streamColumn, STREAM);
    rows.bytes(this.fieldsColumn, quick.fields.bytes, 0, quick.fields.length);
    rows.end(record);
  }

  private addMessage(said: Message5424, record: number): void {
    const { priority, time, received, host, program, processId, data } = said;
    this.count(said);
    this.hosts.add(host, record);
    const system = host ?? paramOf(data, 'origin', 'ip') ?? this.system;
    const pid = processId !== undefined && PID.test(processId) ? Number(processId) : undefined;
    const sequence = sequenceOf(data);
    const [severity, facility] = [severityOf(priority), facilityOf(priority)];
    const columns = { time, received, system, program, severity, facility, pid, sequence, message: said.text };
    this.columns.add(columns, record);
    const fields = fieldsOf(said);
    if (fields === undefined) return;
    this.fields.text(this.streamColumn, STREAM);
    this.fields.text(this.fieldsColumn, fields);
    this.fields.end(record);
  }

  private count({ isTimeReceived, data }: Message5424): void {
    if (isTimeReceived) this.counts.timeless++;
    if (paramOf(data, 'timeQuality', 'tzKnown') === '0') this.counts.zoneless++;
  }

  private addOld(text: string, record: number, because: string): string | undefined {
    const line = this.lines.read(text);
    // What begins with a priority and has no version is an attempt at RFC 3164: its reader says what is wrong.
    if (line.kind === 'not_a_line') return /^<\d{1,3}>/.test(text) ? line.reason : because;
    this.counts.old++;
    this.lines.add(line, record);
    return undefined;
  }
}

/** What no column holds, as JSON; `undefined` where there is nothing. */
function fieldsOf({ sender, processId, messageId, data }: Message5424): string | undefined {
  const fields = {
    ...(sender === undefined ? {} : { received_from: sender }),
    ...(processId === undefined || PID.test(processId) ? {} : { procid: processId }),
    ...(messageId === undefined ? {} : { msgid: messageId }),
    ...(data.size === 0 ? {} : { structured_data: asObject(data) }),
  };
  return Object.keys(fields).length === 0 ? undefined : JSON.stringify(fields);
}
