/**
 * The beginning of a line as syslog daemons write it to files. See docs/formats/syslog-3164.md, "A line".
 *
 *     [<PRI>]Mmm dd hh:mm:ss[.fraction] HOST TAG[PID]: MESSAGE
 *     [<PRI>]2026-03-01T00:00:00.123456+00:00 HOST TAG[PID]: MESSAGE
 */
import type { UtcMicros } from '../../../shared/time.ts';
import { HIGHEST_PRIORITY } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';

/** A time as written. Without a year it is a wall clock in a zone that somebody must name. */
export type WrittenTime =
  | { readonly kind: 'instant'; readonly time: UtcMicros; readonly offset: string }
  | { readonly kind: 'no_year'; readonly month: number; readonly day: number; readonly microsOfDay: number };

export interface SyslogLine {
  readonly kind: 'line';
  /** 0 to 191, where the line has one. */
  readonly priority: number | undefined;
  readonly time: WrittenTime;
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** What stands in the brackets of the tag. */
  readonly processId: string | undefined;
  readonly message: string;
}

export interface NotALine {
  readonly kind: 'not_a_line';
  readonly reason: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

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
  const written = readTime(text, priority.end, times);
  if (written.kind === 'not_a_line') return written;
  const source = readSource(text, written.end, knownHosts);
  return { kind: 'line', priority: priority.value, time: written.time, ...source };
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
  if (/^\d+ /.test(text.slice(close + 1, close + 5)))
    return notALine('The line has a version after its priority: it is RFC 5424, not RFC 3164.');
  return { kind: 'priority', value: Number(digits), end: close + 1 };
}

interface Timed {
  readonly kind: 'timed';
  readonly time: WrittenTime;
  /** Where the rest of the line begins. */
  readonly end: number;
}

function readTime(text: string, at: number, times: SecondMemo): Timed | NotALine {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57 ? readInstant(text, at, times) : readYearless(text, at);
}

function readInstant(text: string, at: number, times: SecondMemo): Timed | NotALine {
  const end = text.indexOf(' ', at);
  const written = end - at > 40 || end < 0 ? '' : text.slice(at, end);
  const time = times.read(written);
  if (time === undefined) return notALine('The line begins with a digit but not with an RFC 3339 time.');
  return { kind: 'timed', time: { kind: 'instant', time, offset: offsetOf(written) }, end };
}

/** `Z` or `+hh:mm`, as the end of an RFC 3339 time says. */
function offsetOf(written: string): string {
  return /[zZ]$/.test(written) ? 'Z' : written.slice(-6).replace(/^[^+-]+/, '');
}

const NO_TIME = notALine('The line does not begin with a time like Mar  1 00:00:00 or 2026-03-01T00:00:00Z.');

/** `Mmm dd hh:mm:ss`: the day with a space, a zero or nothing before a single digit; second 60 is a leap second. */
function readYearless(text: string, at: number): Timed | NotALine {
  const month = MONTHS.indexOf(text.slice(at, at + 3));
  if (month < 0 || text[at + 3] !== ' ') return NO_TIME;
  let next = at + 4;
  if (text[next] === ' ') next++;
  const dayEnd = text.indexOf(' ', next);
  const day = twoDigits(text, next, dayEnd);
  const hour = twoDigits(text, dayEnd + 1, dayEnd + 3);
  const minute = twoDigits(text, dayEnd + 4, dayEnd + 6);
  const second = twoDigits(text, dayEnd + 7, dayEnd + 9);
  if (day < 1 || hour < 0 || minute < 0 || second < 0 || text[dayEnd + 3] !== ':' || text[dayEnd + 6] !== ':')
    return NO_TIME;
  if (!isDayOfYear(month + 1, day) || hour > 23 || minute > 59 || second > 60)
    return notALine(`There is no time ${text.slice(at, dayEnd + 9)}.`);
  const fraction = /^\.\d{1,9}/.exec(text.slice(dayEnd + 9, dayEnd + 19))?.[0] ?? '';
  const end = dayEnd + 9 + fraction.length;
  if (text[end] !== ' ' && text[end] !== ':') return NO_TIME;
  const micros = Number(fraction.slice(1, 7).padEnd(6, '0'));
  const microsOfDay = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  return { kind: 'timed', time: { kind: 'no_year', month: month + 1, day, microsOfDay }, end };
}

/** Whether some year has the day of the month, both from 1. */
export function isDayOfYear(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** One or two digits from `from` to `to`; -1 for anything else. */
function twoDigits(text: string, from: number, to: number): number {
  if (to <= from || to - from > 2) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

type Source = Pick<SyslogLine, 'host' | 'program' | 'processId' | 'message'>;

/**
 * Host and tag. A first word that ends in a colon is a tag without a host (`kernel: text`), unless it is the host of
 * an earlier line. A colon at once after the time (`...: --- last message repeated 5 times ---`) has neither.
 */
function readSource(text: string, at: number, knownHosts: ReadonlySet<string>): Source {
  if (text[at] === ':') return { ...noSource, message: text.slice(at + 1).trimStart() };
  const hostAt = at + 1;
  const space = text.indexOf(' ', hostAt);
  const hostEnd = space < 0 ? text.length : space;
  const word = text.slice(hostAt, hostEnd);
  const rest = text.slice(hostEnd + 1);
  if (!word.endsWith(':')) return { host: word === '-' || word === '' ? undefined : word, ...readTag(rest) };
  const host = word.slice(0, -1);
  if (knownHosts.has(host)) return { ...noSource, host, message: rest };
  return { host: undefined, ...readTag(text.slice(hostAt)) };
}

const noSource = { host: undefined, program: undefined, processId: undefined };

const REPEATED = /^(?:--- )?last message repeated \d+ times/;

/** The tag ends at the first space, `[` or `:`. What follows `TAG[PID]:` is the message, without its first space. */
function readTag(text: string): Omit<Source, 'host'> {
  if (REPEATED.test(text)) return { program: undefined, processId: undefined, message: text };
  let end = 0;
  while (end < text.length && !' [:'.includes(text[end] ?? '')) end++;
  const program = text.slice(0, end);
  const close = text[end] === '[' ? text.indexOf(']', end) : -1;
  const hasId = close > end && close - end < 64 && !text.slice(end, close).includes(' ');
  if (text[end] === '[' && !hasId) return { program: undefined, processId: undefined, message: text };
  let at = hasId ? close + 1 : end;
  if (text[at] === ':') at++;
  if (text[at] === ' ') at++;
  const processId = hasId ? text.slice(end + 1, close) : undefined;
  return { program: program === '' ? undefined : program, processId, message: text.slice(at) };
}
