/**
 * Syslog messages as they are sent: RFC 5424, one a line or with octet counting, also mixed with messages of RFC 3164.
 * See docs/formats/syslog-5424.md.
 */
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';
import { readSyslogLine, type SyslogLine } from '../syslog-3164/header.ts';
import { HostNotes } from '../syslog-3164/host-notes.ts';
import { LineClock } from '../syslog-3164/line-clock.ts';
import { MessageRows } from '../syslog-messages/message-rows.ts';
import { facilityOf, severityOf } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { FrameSplitter, isOctetCounted } from './frames.ts';
import { readMessage5424, sequenceOf, type Message5424 } from './message.ts';
import { isMessage, recognise5424 } from './recognise.ts';
import { asObject, paramOf } from './structured-data.ts';

export const syslog5424: Format = {
  id: 'syslog-5424',
  title: 'Syslog messages as sent (RFC 5424; octet counting of RFC 6587, also around messages of RFC 3164)',
  version: 1,
  framing: 'spans',
  streams: ['syslog'],
  recognise: recognise5424,
  open: (sink, context) => new Syslog5424Reader(sink, context),
};

/** How much is looked at to tell octet counting from lines. */
const HEAD_BYTES = 4096;
const PID = /^\d{1,15}$/;

interface Splitter {
  push(piece: Uint8Array): void;
  finish(): void;
}

class Syslog5424Reader implements SourceReader {
  private readonly rows: MessageRows;
  private readonly hosts = new HostNotes();
  private readonly times = new SecondMemo();
  private readonly clock: LineClock;
  private splitter: Splitter | undefined;
  private head: Uint8Array = new Uint8Array(0);
  private readonly counts = { old: 0, timeless: 0, zoneless: 0 };

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.rows = new MessageRows(sink, 'syslog');
    this.clock = new LineClock(context);
  }

  push(piece: Uint8Array): void {
    if (this.splitter) return this.splitter.push(piece);
    this.head = Buffer.concat([this.head, piece]);
    if (this.head.length >= HEAD_BYTES) this.begin();
  }

  finish(): undefined {
    if (!this.splitter) this.begin();
    this.splitter?.finish();
    for (const statement of this.assumptions()) this.sink.assume(statement);
  }

  private begin(): void {
    this.splitter = isOctetCounted(this.head.subarray(0, HEAD_BYTES)) ? this.frames() : this.lines();
    this.splitter.push(this.head);
    this.head = new Uint8Array(0);
  }

  private frames(): Splitter {
    return new FrameSplitter({
      frame: (bytes, { start, byte, length, from, to }) => {
        const record = this.sink.record(byte, length);
        this.read(decodeText(bytes, from, to), record, bytes.subarray(start, start + length));
      },
      isMessage: (bytes, from, to) => isMessage(decodeText(bytes, from, to)),
      damaged: (raw, { byte, length }, reason) => this.reject(raw, { byte, length }, reason),
    });
  }

  private lines(): Splitter {
    return new LineSplitter({
      line: (bytes, from, to, byte) => {
        const record = this.sink.record(byte, to - from);
        this.read(decodeText(bytes, from, to), record, bytes.subarray(from, to));
      },
      longLine: (head, byte, length) => this.reject(head, { byte, length }, longLineReason(length)),
    });
  }

  private reject(raw: Uint8Array, { byte, length }: { byte: number; length: number }, reason: string): void {
    this.sink.record(byte, length);
    this.sink.reject(reason, raw);
  }

  private read(text: string, record: number, raw: Uint8Array): void {
    const message = readMessage5424(text, this.times);
    if (message.kind === 'message') return this.addMessage(message, record);
    const old = message.kind === 'other' ? readSyslogLine(text, this.hosts.known) : undefined;
    if (old?.kind === 'line') return this.addOldMessage(old, record);
    // What begins with a priority and has no version is an attempt at RFC 3164: its reader says what is wrong.
    this.sink.reject(old && /^<\d{1,3}>/.test(text) ? old.reason : message.reason, raw);
  }

  private addMessage(said: Message5424, record: number): void {
    const { priority, time, received, host, program, processId, data } = said;
    this.count(said);
    this.hosts.add(host, record);
    const system = host ?? paramOf(data, 'origin', 'ip') ?? this.context.system;
    const sequence = sequenceOf(data);
    const severity = severityOf(priority);
    this.rows.add({ time, received, system, program, severity, sequence, message: said.text }, record);
    const pid = processId !== undefined && PID.test(processId) ? Number(processId) : undefined;
    this.sink.row('syslog_records', { facility: facilityOf(priority), program, pid }, record);
    const fields = fieldsOf(said);
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'syslog', fields }, record);
  }

  private count({ isTimeReceived, data }: Message5424): void {
    if (isTimeReceived) this.counts.timeless++;
    if (paramOf(data, 'timeQuality', 'tzKnown') === '0') this.counts.zoneless++;
  }

  private addOldMessage(line: SyslogLine, record: number): void {
    const { host, program, processId, priority, message } = line;
    this.counts.old++;
    this.hosts.add(host, record);
    const time = this.clock.instantOf(line.time);
    const system = host ?? this.context.system;
    this.rows.add({ time, system, program, severity: severityOf(priority), message }, record);
    const pid = processId !== undefined && PID.test(processId) ? Number(processId) : undefined;
    this.sink.row('syslog_records', { facility: facilityOf(priority), program, pid }, record);
  }

  private assumptions(): readonly string[] {
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
