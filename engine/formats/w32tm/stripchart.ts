/**
 * What `w32tm /stripchart` prints, with and without `/dataonly`: offsets of the server against the clock, in seconds,
 * positive when the clock is BEHIND (adding the offset to the clock sets it right).
 *
 *     Tracking time.windows.com [20.101.57.9:123].
 *     Collecting 3 samples.
 *     The current time is 28.05.2025 11:21:53.
 *     11:21:53, +137.0856223s                                /dataonly
 *     11:21:55, d:+00.0541615s o:-00.0031265s                newer versions
 *     09:56:11 d:+00.0623991s o:-00.6887759s  [      *  |         ]
 *     09:56:13 error: 0x800705B4
 */
import { instantOfWallClock, isDay, parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { reading, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, negated, readDecimal } from '../clocks/numbers.ts';

const TRACKING = /^Tracking (\S+?)(?: \[.*\])?\.$/;
const CURRENT = /^The current time is (.+?)\.$/;
const NUMBER = '[+-]?\\d+[.,]\\d+';
const SAMPLE = new RegExp(
  `^(\\d\\d:\\d\\d:\\d\\d),? (?:d:(${NUMBER})s o:(${NUMBER})s|(${NUMBER})s|error: (0x[0-9A-Fa-f]+))(?:\\s+\\[.*\\])?$`,
);

/** The server that the samples after this line are of. */
export function trackedServer(text: string): string | undefined {
  return TRACKING.exec(text)?.[1];
}

/** The day that the samples after this line begin on, `YYYY-MM-DD`; `null` where its form does not tell day from month. */
export function currentDay(text: string): string | null | undefined {
  const written = CURRENT.exec(text)?.[1];
  return written === undefined ? undefined : (dayOf(written) ?? null);
}

/** True for the line that says how many samples there will be. */
export function isCollecting(text: string): boolean {
  return /^Collecting \d+ samples\.$/.test(text);
}

/** `28.05.2025 ...` has the day first, `9/20/2026 11:44:07 PM` the month; `26/09/2026` has only one reading. */
function dayOf(written: string): string | undefined {
  const [date = '', , half] = written.split(' ');
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  if (iso) return isDay(date) ? date : undefined;
  const [, first = '', sign, second = '', year = ''] = /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})$/.exec(date) ?? [];
  const isDayFirst = sign === '.' || Number(first) > 12;
  const isMonthFirst = !isDayFirst && (/^[AP]M$/.test(half ?? '') || Number(second) > 12);
  if (!isDayFirst && !isMonthFirst) return undefined;
  const [day, month] = isDayFirst ? [first, second] : [second, first];
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}

export interface StripSample {
  readonly read: ReadResult;
  /** `HH:MM:SS` of the clock of the system, in its zone. */
  readonly clock: string;
}

/** Reads a sample of `server`; `undefined` for other lines. */
export function readStripSample(text: string, server: string | undefined): StripSample | undefined {
  const parts = SAMPLE.exec(text);
  if (!parts) return undefined;
  const [, clock = '', delayText, besideDelay, alone, error] = parts;
  const reference = server;
  if (error !== undefined)
    return { clock, read: reading({ reference, synchronised: false, fields: { report: 'stripchart', error } }) };
  const offset = decimal(besideDelay ?? alone);
  const delay = decimal(delayText);
  const fields = { report: 'stripchart', offset_s: offset, delay_s: delay };
  // What the server itself may be off by is not known; half of the delay bounds the measurement only.
  return {
    clock,
    read: reading({
      reference,
      offset_s: negated(offset),
      fields: { ...fields, measured_within_s: errorBound(delay, 0) },
    }),
  };
}

function decimal(text: string | undefined): number | undefined {
  return readDecimal(text?.replace(',', '.'));
}

/** The instant of a clock of that day in a zone. */
export function instantOn(day: string, clock: string, zone: string): UtcMicros | undefined {
  const wall = parseInstant(`${day}T${clock}Z`);
  return wall === undefined ? undefined : instantOfWallClock(wall, zone);
}
