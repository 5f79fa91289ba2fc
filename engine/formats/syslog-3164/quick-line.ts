/**
 * Lines as rsyslog, syslog-ng and the BSDs write nearly all of them, straight from bytes. It says no to everything else,
 * right or wrong, and the reader of text in header.ts decides; where it says yes, both find the same.
 *
 *     [<PRI>]Mmm dd hh:mm:ss HOST TAG[PID]: MESSAGE
 *     [<PRI>]2026-03-01T00:00:00.123456+00:00 HOST TAG[PID]: MESSAGE
 */
import { ByteInstant } from '../syslog-messages/byte-instant.ts';
import { MessageStretches, NOWHERE, wholeNumberIn } from '../syslog-messages/message-stretches.ts';
import { endOfPriority } from '../syslog-messages/priority.ts';
import { isDayOfYear } from './written-time.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const COLON = 0x3a;
const LESS = 0x3c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const UPPER_A = 0x41;
const LONGEST_INSTANT = 40;
const LONGEST_PROCESS = 64;
const LONGEST_LEVEL = 9;
const MICROS_PER_SECOND = 1_000_000;

/** By its three letters in one number: the number of the month, from 1. */
const MONTH_OF_LETTERS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    packed(Buffer.from(name), 0),
    i + 1,
  ]),
);

/** Reads one line after the other into its own fields; `time` is set only of an instant. */
export class QuickLine extends MessageStretches {
  /** The time has a year and an offset, see `offset`. Else it is `month`, `day` and `microsOfDay`. */
  isInstant = false;
  /** As RFC 3339 writes it. */
  offset = 'Z';
  month = 0;
  day = 0;
  microsOfDay = 0;
  private readonly instant = new ByteInstant();
  private offsetMinutes = NaN;

  /** Whether `bytes[from, to)`, which is UTF-8, is such a line. */
  read(bytes: Buffer, from: number, to: number): boolean {
    this.bytes = bytes;
    let at = from;
    this.priority = NOWHERE;
    if (bytes[from] === LESS) {
      at = endOfPriority(bytes, from, to);
      if (at === NOWHERE) return false;
      this.priority = wholeNumberIn(bytes, from + 1, at - 1);
    }
    const first = bytes[at]!;
    const isDigit = first >= 0x30 && first <= 0x39;
    const timeEnd = isDigit ? this.readInstant(bytes, at, to) : this.readYearless(bytes, at, to);
    return timeEnd !== NOWHERE && this.readSource(bytes, timeEnd + 1, to);
  }

  private readInstant(bytes: Buffer, at: number, to: number): number {
    const farthest = Math.min(to, at + LONGEST_INSTANT);
    let end = at;
    while (end < farthest && bytes[end] !== SPACE) end++;
    if (end === farthest || !this.instant.read(bytes, at, end)) return NOWHERE;
    this.isInstant = true;
    this.time = this.instant.micros;
    const { offsetMinutes } = this.instant;
    if (!Object.is(offsetMinutes, this.offsetMinutes)) {
      this.offsetMinutes = offsetMinutes;
      this.offset = Number.isNaN(offsetMinutes) ? 'Z' : bytes.toString('latin1', end - 6, end).replace(/^[^+-]+/, '');
    }
    return end;
  }

  private readYearless(bytes: Buffer, at: number, to: number): number {
    const end = at + 15;
    if (end >= to || bytes[end] !== SPACE || bytes[at + 3] !== SPACE || bytes[at + 6] !== SPACE) return NOWHERE;
    if (bytes[at + 9] !== COLON || bytes[at + 12] !== COLON) return NOWHERE;
    const month = MONTH_OF_LETTERS.get(packed(bytes, at));
    const dayFrom = bytes[at + 4] === SPACE ? at + 5 : at + 4;
    const day = wholeNumberIn(bytes, dayFrom, at + 6);
    const hour = wholeNumberIn(bytes, at + 7, at + 9);
    const minute = wholeNumberIn(bytes, at + 10, at + 12);
    const second = wholeNumberIn(bytes, at + 13, at + 15);
    if (month === undefined || !isDayOfYear(month, day) || !(hour < 24 && minute < 60 && second <= 60)) return NOWHERE;
    this.isInstant = false;
    this.month = month;
    this.day = day;
    this.microsOfDay = ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND;
    return end;
  }

  /** `HOST TAG[PID]: MESSAGE`. */
  private readSource(bytes: Buffer, from: number, to: number): boolean {
    let hostTo = from;
    while (hostTo < to && bytes[hostTo] !== SPACE) hostTo++;
    if (hostTo === from || hostTo >= to - 1 || bytes[hostTo - 1] === COLON) return false;
    if (mayBeLevel(bytes, from, hostTo)) return false;
    this.hostFrom = hostTo - from === 1 && bytes[from] === DASH ? NOWHERE : from;
    this.hostTo = hostTo;
    return this.readTag(bytes, hostTo + 1, to);
  }

  private readTag(bytes: Buffer, from: number, to: number): boolean {
    let end = from;
    while (end < to && bytes[end] !== SPACE && bytes[end] !== COLON && bytes[end] !== OPEN) end++;
    // Without a colon or a process the word may be no tag at all, as in "last message repeated 3 times"; and devices of
    // Cisco begin with a number or `%`.
    if (end === from || end === to || bytes[end] === SPACE || bytes[from]! < UPPER_A) return false;
    this.programFrom = from;
    this.programTo = end;
    this.processFrom = NOWHERE;
    if (bytes[end] === OPEN) {
      const close = endOfProcess(bytes, end + 1, to);
      if (close === NOWHERE) return false;
      this.processFrom = end + 1;
      this.processTo = close;
      end = close + 1;
    }
    if (end < to && bytes[end] === COLON) end++;
    if (end < to && bytes[end] === SPACE) end++;
    // macOS has a level there.
    if (bytes[end] === LESS && bytes[end - 1] === SPACE && bytes[end - 2] === CLOSE) return false;
    if (isNumbered(bytes, end, to)) return false;
    this.textFrom = end;
    this.textTo = to;
    // A line with a priority may be several messages without line ends between them.
    return this.priority === NOWHERE || !hasByte(bytes, LESS, end, to);
  }
}

function packed(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

/** A short word in capitals may be the level of the message, and not a host. */
function mayBeLevel(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > LONGEST_LEVEL) return false;
  let at = from;
  while (at < to && bytes[at]! >= UPPER_A && bytes[at]! <= 0x5a) at++;
  return at === to;
}

function endOfProcess(bytes: Uint8Array, from: number, to: number): number {
  const farthest = Math.min(to, from + LONGEST_PROCESS - 1);
  for (let at = from; at < farthest; at++) {
    if (bytes[at] === CLOSE) return at;
    if (bytes[at] === SPACE) return NOWHERE;
  }
  return NOWHERE;
}

/** `126: `: what a device of Cisco may put before its own time and tag. */
function isNumbered(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at > from && at < to && bytes[at] === COLON;
}

function hasByte(bytes: Uint8Array, byte: number, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === byte) return true;
  return false;
}
