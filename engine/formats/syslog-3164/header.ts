/**
 * The beginning of a line as syslog daemons write it to files. See docs/formats/syslog-3164.md, "A line".
 *
 *     [<PRI>]Mmm dd hh:mm:ss[.fraction] HOST TAG[PID]: MESSAGE
 *     [<PRI>]2026-03-01T00:00:00.123456+00:00 HOST TAG[PID]: MESSAGE
 */
import { facilityOf, HIGHEST_PRIORITY, severityOf } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { readDevicePrefix } from './cisco.ts';
import { readSource, type LineSource } from './source.ts';
import { readTime, type WrittenTime } from './written-time.ts';

export interface SyslogLine extends LineSource {
  readonly kind: 'line';
  /** 0 to 191, where the line has one. It goes before what words of the line say. */
  readonly priority: number | undefined;
  readonly time: WrittenTime;
}

export interface NotALine {
  readonly kind: 'not_a_line';
  readonly reason: string;
}

const notALine = (reason: string): NotALine => ({ kind: 'not_a_line', reason });

/**
 * Reads a line. `knownHosts` are those of earlier lines: they tell `host: message` from `program: message`. `times` may
 * be kept for the lines of one file.
 */
export function readSyslogLine(
  text: string,
  knownHosts: ReadonlySet<string>,
  times = new SecondMemo(),
): SyslogLine | NotALine {
  const priority = readPriority(text);
  if (priority.kind === 'not_a_line') return priority;
  const prefix = readDevicePrefix(text, priority.end);
  const written = readTime(text, prefix.end + weekdayLength(text, prefix.end), times);
  if (written.kind === 'not_a_line') return written;
  const { time, end } = written;
  const source = readSource(text, end, knownHosts);
  const { value } = priority;
  return {
    kind: 'line',
    priority: value,
    time,
    host: prefix.host ?? source.host,
    program: source.program,
    processId: source.processId,
    severity: severityOf(value) ?? source.severity,
    facility: facilityOf(value) ?? source.facility,
    sequence: prefix.sequence ?? source.sequence,
    clockMark: prefix.clockMark ?? source.clockMark,
    message: source.message,
  };
}

/** `Sun Mar  1 00:00:21 2026 daemon.info program: text`, as logread of OpenWrt has it; of a log of anything else 0. */
const WEEKDAY =
  /(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?=[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} [a-z]{3,8}\d?\.[a-z]{3,7} )/y;

function weekdayLength(text: string, at: number): number {
  WEEKDAY.lastIndex = at;
  return WEEKDAY.test(text) ? 4 : 0;
}

interface Priority {
  readonly kind: 'priority';
  readonly value: number | undefined;
  readonly end: number;
}

function readPriority(text: string): Priority | NotALine {
  if (text[0] !== '<') return { kind: 'priority', value: undefined, end: 0 };
  const close = text.indexOf('>');
  const digits = text.slice(1, Math.max(close, 1));
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > HIGHEST_PRIORITY)
    return notALine('The line begins with < but not with a priority from <0> to <191>.');
  if (/^\d{1,3} /.test(text.slice(close + 1, close + 5)))
    return notALine('The line has a version after its priority: it is RFC 5424, not RFC 3164.');
  return { kind: 'priority', value: Number(digits), end: close + 1 };
}
