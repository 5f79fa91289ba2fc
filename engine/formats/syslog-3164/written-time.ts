/**
 * Times as syslog daemons and network devices write them at the beginning of a line. See docs/formats/syslog-3164.md,
 * "Times".
 */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import type { SecondMemo } from '../syslog-messages/second-memo.ts';

/**
 * A time as written. Without an offset it is a wall clock in a zone that somebody must name; one that ends in `UTC` has
 * said so. The name of any other zone says little (IST is three), and is only kept. `wall` is in microseconds, as if UTC.
 */
export type WrittenTime =
  | { readonly kind: 'instant'; readonly time: UtcMicros; readonly offset: string }
  | {
      readonly kind: 'no_offset';
      readonly wall: UtcMicros;
      readonly isUtc: boolean;
      readonly zoneName?: string | undefined;
    }
  | {
      readonly kind: 'no_year';
      readonly month: number;
      readonly day: number;
      readonly microsOfDay: number;
      readonly isUtc: boolean;
      readonly zoneName?: string | undefined;
    };

export interface Timed {
  readonly kind: 'timed';
  readonly time: WrittenTime;
  /** Where the rest of the line begins: at the space or colon after the time. */
  readonly end: number;
}

export interface NotATime {
  readonly kind: 'not_a_line';
  readonly reason: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const notATime = (reason: string): NotATime => ({ kind: 'not_a_line', reason });
const NO_TIME = notATime('The line does not begin with a time like Mar  1 00:00:00 or 2026-03-01T00:00:00Z.');

/** The number, from 1, of a month as the lines name it. */
export function monthNamed(name: string): number | undefined {
  const at = MONTHS.indexOf(name);
  return at < 0 ? undefined : at + 1;
}

/** Whether some year has the day of the month, both from 1. */
export function isDayOfYear(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** Reads the time at `at`. */
export function readTime(text: string, at: number, times: SecondMemo): Timed | NotATime {
  const code = text.charCodeAt(at);
  if (!(code >= 48 && code <= 57)) return readNamedMonth(text, at);
  const year = /^(\d{4}) (?=[A-Z])/.exec(text.slice(at, at + 6))?.[1];
  return year === undefined ? readInstant(text, at, times) : readNamedMonth(text, at + 5, year);
}

const CLOCK_AFTER_SPACE = /^\d\d:\d\d:\d\d/;

/** RFC 3339; also with a space between day and time, as macOS has it, and without an offset. */
function readInstant(text: string, at: number, times: SecondMemo): Timed | NotATime {
  let end = text.indexOf(' ', at);
  if (end - at === 10 && CLOCK_AFTER_SPACE.test(text.slice(end + 1, end + 9))) end = text.indexOf(' ', end + 1);
  let written = end - at > 40 || end < 0 ? '' : text.slice(at, end);
  if (written.endsWith(':')) {
    written = written.slice(0, -1);
    end--;
  }
  const time = times.read(written);
  if (time !== undefined) return { kind: 'timed', time: { kind: 'instant', time, offset: offsetOf(written) }, end };
  const wall = parseInstant(`${written}Z`);
  if (wall === undefined) return notATime('The line begins with a digit but not with an RFC 3339 time.');
  return { kind: 'timed', time: { kind: 'no_offset', wall, isUtc: false }, end };
}

/** `Z` or `+hh:mm`, as the end of an RFC 3339 time says. */
function offsetOf(written: string): string {
  return /[zZ]$/.test(written) ? 'Z' : written.slice(-6).replace(/^[^+-]+/, '');
}

/** Of one or two digits; the year of a Cisco firewall stands before the time, that of others after it. */
const NAMED_MONTH =
  /([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ((?:19|20|21)\d\d)(?=[ :]))?(?: (?:(UTC|GMT)(?=[ :])|([A-Z]{2,6})(?=: %)))?(?=[ :])/y;

/** `TZ-6` in an example of RFC 3164: it does not say which way it counts, and is no host. */
const UNREAD_ZONE = /^ ((?:TZ|UTC|GMT)[+-]\d[\d:]*) /;

/** `Mmm dd hh:mm:ss`: the day with a space, a zero or nothing before a single digit; second 60 is a leap second. */
function readNamedMonth(text: string, at: number, yearBefore?: string): Timed | NotATime {
  NAMED_MONTH.lastIndex = at;
  const [head, name = '', date, yearInside, hours, minutes, seconds, fraction = '', yearAfter, utc, zoneName] =
    NAMED_MONTH.exec(text) ?? [];
  const month = monthNamed(name);
  if (head === undefined || month === undefined) return NO_TIME;
  const day = Number(date);
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  if (!isDayOfYear(month, day) || hour > 23 || minute > 59 || second > 60)
    return notATime(`There is no time ${head.slice(0, 60)}.`);
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  const microsOfDay = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  const isUtc = utc !== undefined;
  const end = at + head.length;
  const zone = UNREAD_ZONE.exec(text.slice(end, end + 12))?.[1];
  if (zone !== undefined && yearBefore !== undefined)
    return notATime(`The time has the zone ${zone}, which is not read.`);
  const year = yearBefore ?? yearInside ?? yearAfter;
  if (year === undefined)
    return { kind: 'timed', time: { kind: 'no_year', month, day, microsOfDay, isUtc, zoneName }, end };
  const midnight = new Date(Date.UTC(Number(year), month - 1, day));
  if (midnight.getUTCDate() !== day) return notATime(`There is no time ${head.slice(0, 60)}.`);
  const wall = BigInt(midnight.getTime()) * 1000n + BigInt(microsOfDay);
  return { kind: 'timed', time: { kind: 'no_offset', wall, isUtc, zoneName }, end };
}
