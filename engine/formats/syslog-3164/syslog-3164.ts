/** /var/log/messages, secure, auth.log, cron: the files of syslog daemons. Each line is a record. */
import { decodeText, firstLines, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { MessageRows } from '../syslog-messages/message-rows.ts';
import { facilityOf, severityOf } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { readSyslogLine, type SyslogLine } from './header.ts';
import { HostNotes } from './host-notes.ts';
import { LineClock } from './line-clock.ts';

export const syslog3164: Format = {
  id: 'syslog-3164',
  title: 'Syslog files (RFC 3164 and the traditional format, also with RFC 3339 times)',
  version: 3,
  framing: 'lines',
  streams: ['syslog'],
  recognise,
  open: (sink, context) => new SyslogReader(sink, context),
};

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such a line. */
const FEWEST_MATCHING = 0.2;

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT);
  const matching = lines.filter((line) => isSyslogLine(line)).length;
  // Never quite certain: a format that says more about the same line goes first.
  return {
    confidence: matching < lines.length * FEWEST_MATCHING || matching === 0 ? 0 : (matching / lines.length) * 0.9,
    reason: `${matching} of the first ${lines.length} lines begin with a time, a host and a tag.`,
  };
}

/**
 * A time and two words are needed: with an RFC 3339 time alone a line could be any program's own log. A decimal comma
 * is how dmesg writes, and no syslog daemon.
 */
function isSyslogLine(text: string): boolean {
  const line = readSyslogLine(text, new Set());
  if (line.kind === 'not_a_line') return false;
  if (line.time.kind === 'no_year') return line.host !== undefined || line.program !== undefined;
  if (/^[^ ]*,/.test(text)) return false;
  return line.host !== undefined && /^[\w.:-]+$/.test(line.host) && /^[^ ]+ [^ ]+ [^ :]+:( |$)/.test(text);
}

class SyslogReader implements SourceReader, LineHandler {
  private readonly splitter = new LineSplitter(this);
  private readonly clock: LineClock;
  private readonly hosts = new HostNotes();
  private readonly times = new SecondMemo();
  private readonly rows: MessageRows;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.clock = new LineClock(context);
    this.rows = new MessageRows(sink, 'syslog');
  }

  push(piece: Uint8Array): void {
    this.splitter.push(piece);
  }

  finish(): undefined {
    this.splitter.finish();
    for (const statement of [...this.clock.assumptions(), ...this.hosts.assumptions()]) this.sink.assume(statement);
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const record = this.sink.record(byte, to - from);
    const text = decodeText(bytes, from + octetCountLength(bytes, from, to), to);
    const line = readSyslogLine(text, this.hosts.known, this.times);
    if (line.kind === 'not_a_line') return this.sink.reject(line.reason, bytes.subarray(from, to));
    const joined = countJoined(line);
    if (joined >= MANY_JOINED) return this.sink.reject(joinedReason(joined), bytes.subarray(from, to));
    this.addRows(line, this.clock.instantOf(line.time), record);
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }

  private addRows(line: SyslogLine, time: UtcMicros, record: number): void {
    const { host, program, processId, priority, message } = line;
    this.hosts.add(host, record);
    const system = host ?? this.context.system;
    this.rows.add({ time, system, program, severity: severityOf(priority), message }, record);
    const pid = processId !== undefined && /^\d{1,15}$/.test(processId) ? Number(processId) : undefined;
    this.sink.row('syslog_records', { facility: facilityOf(priority), program, pid }, record);
  }
}

/**
 * Length of an octet count (RFC 6587) before a line that is as long as it says, its line end counted or not; else 0.
 * Such a line is one that a sender framed and something wrote down with a line end after it.
 */
function octetCountLength(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] ?? 0;
  if (first < 0x31 || first > 0x39) return 0;
  const [prefix, digits] = /^(\d{1,8}) (?=<)/.exec(decodeText(bytes, from, Math.min(from + 12, to))) ?? [];
  if (prefix === undefined) return 0;
  const left = to - from - prefix.length - Number(digits);
  return left === 0 || left === -1 ? prefix.length : 0;
}

/** Further headers in one line that make it several messages without line ends, not one that quotes another. */
const MANY_JOINED = 2;
const JOINED_HEADER = /<\d{1,3}>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d /g;

function countJoined({ priority, message }: SyslogLine): number {
  if (priority === undefined || !message.includes('<')) return 0;
  return message.match(JOINED_HEADER)?.length ?? 0;
}

function joinedReason(joined: number): string {
  return `The line holds ${joined + 1} messages with priorities and no line ends between them.`;
}
