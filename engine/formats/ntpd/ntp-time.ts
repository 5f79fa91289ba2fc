/** Times as ntpd and ntpq write them. All are UTC. */
import type { UtcMicros } from '../../../shared/time.ts';

/** Modified Julian Day of 1970-01-01. */
const MJD_1970 = 40_587;
/** Seconds from 1900-01-01, where NTP begins to count, to 1970-01-01. */
const SECONDS_1900_TO_1970 = 2_208_988_800n;
const SECONDS_OF_ERA = 1n << 32n;
const MICROS = 1_000_000n;

/**
 * A Modified Julian Day and the seconds of that day, `61365 23222.940`. The last second of a day with a leap second is
 * 86400.x. `undefined` for days before 1970 and for other forms.
 */
export function readMjd(day: string, seconds: string): UtcMicros | undefined {
  const parts = /^(\d{1,5})(?:\.(\d{1,9}))?$/.exec(seconds);
  if (!/^\d{5}$/.test(day) || !parts || Number(day) < MJD_1970) return undefined;
  const [, whole = '', fraction = ''] = parts;
  if (Number(whole) > 86_400) return undefined;
  const days = BigInt(Number(day) - MJD_1970);
  return (days * 86_400n + BigInt(whole)) * MICROS + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

/**
 * An NTP timestamp in hexadecimal, `eeabb83b.02ed428d`, with or without 0x and the date that ntpq writes after it.
 * It counts seconds from 1900 and starts again in 2036: what would be before 1970 is after that. 0 means never.
 */
export function readNtpStamp(text: string | undefined): UtcMicros | undefined {
  const parts = /^(?:0x)?([0-9a-f]{8})\.([0-9a-f]{8})(?:\s|$)/.exec(text ?? '');
  if (!parts) return undefined;
  const [, whole = '', fraction = ''] = parts;
  const counted = BigInt(`0x${whole}`);
  if (counted === 0n) return undefined;
  const since1900 = counted < SECONDS_1900_TO_1970 ? counted + SECONDS_OF_ERA : counted;
  return (since1900 - SECONDS_1900_TO_1970) * MICROS + ((BigInt(`0x${fraction}`) * MICROS) >> 32n);
}
