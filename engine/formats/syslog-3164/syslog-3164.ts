/** /var/log/messages, secure, auth.log, cron: the files of syslog daemons. Each line is a record. */
import { decodeText, firstLines, LineSplitter, longLineReason, type LineHandler } from '../framing/lines.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { readSyslogLine, type SyslogLine, type WrittenTime } from './header.ts';
import { meaningOf } from './messages.ts';
import { YearKeeper, ZoneClock } from './year.ts';

export const syslog3164: Format = {
  id: 'syslog-3164',
  title: 'Syslog files (RFC 3164 and the traditional format, also with RFC 3339 times)',
  version: 2,
  framing: 'lines',
  streams: ['syslog'],
  recognise,
  open: (sink, context) => new SyslogReader(sink, context),
};

/** Lines of the head that are looked at. */
const LOOKED_AT = 100;
/** Below this share of them the file is another one that quotes such a line. */
const FEWEST_MATCHING = 0.2;
/** Host names that are remembered: more than any real file has, few enough for a hostile one. */
const MOST_HOSTS = 1000;

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT);
  const matching = lines.filter((line) => isSyslogLine(line)).length;
  // Never quite certain: a format that says more about the same line goes first.
  return {
    confidence: matching < lines.length * FEWEST_MATCHING || matching === 0 ? 0 : (matching / lines.length) * 0.95,
    reason: `${matching} of the first ${lines.length} lines begin with a time, a host and a tag.`,
  };
}

/** A time and two words are needed: with an RFC 3339 time alone a line could be any program's own log. */
function isSyslogLine(text: string): boolean {
  const line = readSyslogLine(text, new Set());
  if (line.kind === 'not_a_line') return false;
  if (line.time.kind === 'no_year') return line.host !== undefined || line.program !== undefined;
  return line.host !== undefined && /^[\w.:-]+$/.test(line.host) && /^[^ ]+ [^ ]+ [^ :]+:( |$)/.test(text);
}

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

class SyslogReader implements SourceReader, LineHandler {
  private readonly splitter = new LineSplitter(this);
  private readonly years: YearKeeper;
  private readonly clock: ZoneClock;
  private readonly hosts = new Set<string>();

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.years = new YearKeeper(context.window, context.zone);
    this.clock = new ZoneClock(context.zone);
  }

  push(piece: Uint8Array): void {
    this.splitter.push(piece);
  }

  finish(): undefined {
    this.splitter.finish();
    this.sayAssumptions();
  }

  line(bytes: Uint8Array, from: number, to: number, byte: number): void {
    const record = this.sink.record(byte, to - from);
    const text = decodeText(bytes, from, to);
    const line = readSyslogLine(text, this.hosts);
    if (line.kind === 'not_a_line') return this.sink.reject(line.reason, bytes.subarray(from, to));
    const joined = countJoined(line);
    if (joined >= MANY_JOINED) return this.sink.reject(joinedReason(joined), bytes.subarray(from, to));
    this.addRows(line, record);
  }

  longLine(head: Uint8Array, byte: number, length: number): void {
    this.sink.record(byte, length);
    this.sink.reject(longLineReason(length), head);
  }

  private addRows(line: SyslogLine, record: number): void {
    const { host, program, processId, priority, message } = line;
    if (host !== undefined && this.hosts.size < MOST_HOSTS) this.hosts.add(host);
    const severity = priority === undefined ? undefined : SEVERITIES[priority & 7];
    const meaning = program === undefined ? undefined : meaningOf(program, message);
    const event = {
      time: this.timeOf(line.time),
      system: host ?? this.context.system,
      stream: 'syslog',
      class: meaning?.class,
      activity: meaning?.activity,
      code: program,
      actor: meaning?.actor,
      target: meaning?.target,
      src_ip: meaning?.src_ip,
      src_port: meaning?.src_port,
      outcome: meaning?.outcome,
      severity,
      message,
    };
    this.sink.row('events', event, record);
    const facility = priority === undefined ? undefined : FACILITIES[priority >> 3];
    const pid = processId !== undefined && /^\d{1,15}$/.test(processId) ? Number(processId) : undefined;
    this.sink.row('syslog_records', { facility, program, pid }, record);
  }

  private timeOf(written: WrittenTime): UtcMicros {
    if (written.kind === 'instant') return written.time;
    return this.clock.instantOf(this.years.wallClockOf(written));
  }

  private sayAssumptions(): void {
    const years = this.years.years();
    if (!years) return;
    const rolled = years.last === years.first ? '' : ` The year of its last line is ${years.last}.`;
    this.sink.assume(
      `Years are not in the file; ${years.first} was assumed for the first line without one because that is in or nearest to the audit window, and later lines follow it.${rolled}`,
    );
    this.sink.assume(`Time zones are not in the file; ${this.context.zone} was assumed.`);
  }
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
