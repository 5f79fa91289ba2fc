/** Times in answers: RFC 3339 (version 2 of the command line), or seconds since 1970 with decimals (version 1). */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';

/** UTC microseconds, exact; `undefined` for what is no such time. */
export function answerTime(value: unknown): UtcMicros | undefined {
  if (typeof value === 'string') return parseInstant(value);
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0 || value > 253_402_300_799) return undefined;
  // A number of that size with six decimals is exact to the microsecond in a float.
  return BigInt(Math.round(value * 1_000_000));
}
