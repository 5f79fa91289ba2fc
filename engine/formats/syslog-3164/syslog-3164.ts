/** /var/log/messages, secure, auth.log, cron: the files of syslog daemons. Each line is a record. */
import { decodeText, firstLines, longLineReason } from '../framing/lines.ts';
import { Utf8LineSplitter, type Place, type Utf8LineHandler } from '../framing/utf8-lines.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { MessageColumns } from '../syslog-messages/message-columns.ts';
import { readSyslogLine, type SyslogLine } from './header.ts';
import { HostNotes } from './host-notes.ts';
import { LineClock } from './line-clock.ts';
import { LineRows } from './line-rows.ts';
import { YearAhead } from './year-ahead.ts';

export const syslog3164: Format = {
  id: 'syslog-3164',
  title: 'Syslog files (RFC 3164 and the traditional format, also with RFC 3339 times)',
  version: 4,
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

const ISO_TIME = /^(?:<\d{1,3}>)?\d{4}-/;
const HOST_AND_TAG = /^[^ ]+ [^ ]+ [^ :]+:( |$)/;
/** macOS, with a space between day and time. So begin the logs of many programs: without a process it is none. */
const SPACED_WITH_PROCESS = /^[^ ]+ [^ ]+ [^ ]+ [^ :[]+\[\d+\]/;

/**
 * A time and two words are needed: with an RFC 3339 time alone a line could be any program's own log. A decimal comma
 * is how dmesg writes, and no syslog daemon.
 */
function isSyslogLine(text: string): boolean {
  const line = readSyslogLine(text, new Set());
  if (line.kind === 'not_a_line') return false;
  if (!ISO_TIME.test(text)) return line.host !== undefined || line.program !== undefined;
  if (/^[^ ]*(?: [^ ]*)?,\d/.test(text)) return false;
  const isSpaced = /^[^ ]{10,15} \d\d:/.test(text);
  if (line.host === undefined) return !isSpaced && line.time.kind === 'instant' && line.severity !== undefined;
  return /^[\w.:-]+$/.test(line.host) && (isSpaced ? SPACED_WITH_PROCESS : HOST_AND_TAG).test(text);
}

class SyslogReader implements SourceReader, Utf8LineHandler {
  private readonly splitter = new Utf8LineSplitter(this);
  private readonly clock: LineClock;
  private readonly lines: LineRows;
  private readonly hosts = new HostNotes();
  private readonly ahead: YearAhead;
  /** Copies of the pieces so far, as long as it is not known in which year the file begins. */
  private held: Uint8Array[] | undefined = [];

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.clock = new LineClock(context);
    this.ahead = new YearAhead(context.window, context.zone);
    const columns = new MessageColumns(sink, 'syslog');
    this.lines = new LineRows({ columns, clock: this.clock, hosts: this.hosts, system: context.system });
  }

  push(piece: Uint8Array): void {
    if (!this.held) return this.splitter.push(piece);
    this.ahead.take(piece);
    this.held.push(Uint8Array.from(piece));
    if (this.ahead.isDone) this.begin(this.held);
  }

  private begin(held: readonly Uint8Array[]): void {
    this.held = undefined;
    if (this.ahead.isBefore) this.clock.beginBeforeWindow();
    for (const piece of held) this.splitter.push(piece);
  }

  finish(): undefined {
    if (this.held) {
      this.ahead.finish();
      this.begin(this.held);
    }
    this.splitter.finish();
    for (const statement of [...this.clock.assumptions(), ...this.hosts.assumptions()]) this.sink.assume(statement);
  }

  line(bytes: Buffer, from: number, to: number, { byte, length, raw }: Place): void {
    const record = this.sink.record(byte, length);
    if (this.lines.addQuickly(bytes, from, to, record)) return;
    const reason = this.addText(decodeText(bytes, from + octetCountLength(bytes, from, to), to), record);
    if (reason !== undefined) this.sink.reject(reason, raw ?? bytes.subarray(from, to));
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }

  /** Gives why the text is no line; nothing when it became rows. */
  private addText(text: string, record: number): string | undefined {
    const line = this.lines.read(text);
    if (line.kind === 'not_a_line') return line.reason;
    const joined = countJoined(line);
    if (joined >= MANY_JOINED) return joinedReason(joined);
    this.lines.add(line, record);
    return undefined;
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
const JOINED_HEADER =
  /<\d{1,3}>(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d |\d{4}-\d\d-\d\dT)\d\d:\d\d:\d\d[ .Z+-]/g;

function countJoined({ priority, message }: SyslogLine): number {
  if (priority === undefined || !message.includes('<')) return 0;
  return message.match(JOINED_HEADER)?.length ?? 0;
}

function joinedReason(joined: number): string {
  return `The line holds ${joined + 1} messages with priorities and no line ends between them.`;
}
