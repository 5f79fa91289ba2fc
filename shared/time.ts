/**
 * Time as Fieldwork keeps it: UTC microseconds in a bigint. Text exists only at the edges, and only this file makes it.
 */

/** Microseconds since 1970-01-01T00:00:00Z, without leap seconds. */
export type UtcMicros = bigint;

/** A calendar day `YYYY-MM-DD` in the engagement's time zone. */
export type Day = string;

/** A half-open stretch of time `[from, to)`. */
export interface Interval {
  readonly from: UtcMicros;
  readonly to: UtcMicros;
}

/** One day of the window: its name and its half-open interval. 23 or 25 hours long where daylight saving changes. */
export interface WindowDay extends Interval {
  readonly day: Day;
}

/** The audit window as people write it: first and last day, both included, in a named time zone. */
export interface AuditWindow {
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly zone: string;
}

export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_HOUR = 3_600n * MICROS_PER_SECOND;
export const MICROS_PER_DAY = 24n * MICROS_PER_HOUR;

const DAY_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})$/;

/** True for a day that exists in the calendar, written `YYYY-MM-DD`. */
export function isDay(text: string): text is Day {
  const parts = DAY_TEXT.exec(text);
  if (!parts) return false;
  const instant = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return new Date(instant).toISOString().slice(0, 10) === text;
}

/** The day after (or, with a negative count, before) `day`. */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

/** RFC 3339 text in UTC, microseconds shown only where they are not zero: `2026-03-01T00:00:00Z`. */
export function formatInstant(micros: UtcMicros): string {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const seconds = (micros - fraction) / MICROS_PER_SECOND;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const decimals = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  return `${whole}${decimals}Z`;
}

/** Reads RFC 3339 with any offset; nanoseconds are cut to microseconds. `undefined` when the text is not an instant. */
export function parseInstant(text: string): UtcMicros | undefined {
  const parts = RFC3339.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', offset = 'Z'] = parts;
  if (!isDay(`${year}-${month}-${day}`) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const base = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return BigInt(base) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')) - offsetMicros(offset);
}

function offsetMicros(offset: string): bigint {
  if (offset === 'Z' || offset === 'z') return 0n;
  const digits = offset.replace(/[+:-]/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return BigInt(offset.startsWith('-') ? -minutes : minutes) * 60n * MICROS_PER_SECOND;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** True when this machine knows the IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    zoneFormatter(zone);
    return true;
  } catch {
    return false;
  }
}

function zoneFormatter(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** What a wall clock in `zone` shows at an instant, as if it were UTC: the offset is this minus the instant. */
export function wallClockMicros(micros: UtcMicros, zone: string): UtcMicros {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const millis = Number((micros - fraction) / 1000n);
  const part: Record<string, string> = {};
  for (const { type, value } of zoneFormatter(zone).formatToParts(millis)) part[type] = value;
  const wall = Date.UTC(
    Number(part['year']),
    Number(part['month']) - 1,
    Number(part['day']),
    Number(part['hour']),
    Number(part['minute']),
    Number(part['second']),
  );
  return BigInt(wall) * 1000n + fraction;
}

/**
 * The instant at which a wall clock in `zone` shows `wall` (microseconds, as if UTC).
 * An hour that happens twice gives its first pass; an hour that does not happen gives the instant the clock jumped to.
 */
export function instantOfWallClock(wall: UtcMicros, zone: string): UtcMicros {
  if (zone === 'UTC') return wall;
  const offsets = [wall - MICROS_PER_DAY, wall + MICROS_PER_DAY].map((near) => wallClockMicros(near, zone) - near);
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return (
    candidates.find((candidate) => wallClockMicros(candidate, zone) === wall) ?? candidates[candidates.length - 1]!
  );
}

/** The instant at which `day` begins in `zone`. */
export function dayStart(day: Day, zone: string): UtcMicros {
  return instantOfWallClock(BigInt(Date.parse(`${day}T00:00:00Z`)) * 1000n, zone);
}

/** The day in `zone` that an instant falls on. */
export function dayOf(micros: UtcMicros, zone: string): Day {
  const wall = zone === 'UTC' ? micros : wallClockMicros(micros, zone);
  const millis = wall / 1000n - (wall % 1000n < 0n ? 1n : 0n);
  return new Date(Number(millis)).toISOString().slice(0, 10);
}

/** The days of the window in order, adjacent, covering `[start of firstDay, end of lastDay)` exactly. */
export function windowDays(window: AuditWindow): readonly WindowDay[] {
  const days: WindowDay[] = [];
  let day = window.firstDay;
  let from = dayStart(day, window.zone);
  while (day <= window.lastDay) {
    const next = addDays(day, 1);
    const to = dayStart(next, window.zone);
    days.push({ day, from, to });
    day = next;
    from = to;
  }
  return days;
}

/** The window as one half-open interval. */
export function windowInterval(window: AuditWindow): Interval {
  return { from: dayStart(window.firstDay, window.zone), to: dayStart(addDays(window.lastDay, 1), window.zone) };
}
