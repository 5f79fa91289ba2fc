/** Hours of the week in the engagement's time zone, without asking the database for time zones. */
import { MICROS_PER_DAY, MICROS_PER_HOUR, wallClockMicros, type Interval, type UtcMicros } from '../../shared/time.ts';

/** From this instant on, wall clocks are ahead of UTC by this much (negative: behind), microseconds. */
export interface ZoneOffset {
  readonly from: UtcMicros;
  readonly offset: bigint;
}

/** The offsets of a zone within an interval, in order; the first one begins with the interval. */
export function zoneOffsets(zone: string, { from, to }: Interval): readonly ZoneOffset[] {
  const offsetAt = (instant: UtcMicros): bigint => wallClockMicros(instant, zone) - instant;
  const found: ZoneOffset[] = [{ from, offset: offsetAt(from) }];
  for (let at = from; at < to; at += MICROS_PER_DAY) {
    const next = at + MICROS_PER_DAY;
    if (offsetAt(next) !== offsetAt(at)) found.push(changeBetween(at, next, offsetAt));
  }
  return found;
}

/** Where the offset changes, to the microsecond. */
function changeBetween(before: bigint, after: bigint, offsetAt: (instant: bigint) => bigint): ZoneOffset {
  let [low, high] = [before, after];
  const old = offsetAt(low);
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (offsetAt(middle) === old) low = middle;
    else high = middle;
  }
  return { from: high, offset: offsetAt(high) };
}

/** 1970 began on a Thursday; hour 0 is Monday, 00:00. */
const MONDAY_SHIFT = 72n;

/** The hour of the week that wall clocks show: 0 is Monday from 00:00 to 01:00, 167 Sunday from 23:00. */
export function hourOfWeek(instant: UtcMicros, offsets: readonly ZoneOffset[]): number {
  const { offset } = offsets.findLast(({ from }) => from <= instant) ?? offsets[0]!;
  const hours = (instant + offset) / MICROS_PER_HOUR - ((instant + offset) % MICROS_PER_HOUR < 0n ? 1n : 0n);
  return Number((((hours + MONDAY_SHIFT) % 168n) + 168n) % 168n);
}

/** The hour of the week of a TIMESTAMP, as an expression of SQL. Our own numbers, nothing to escape. */
export function hourOfWeekSql(time: string, offsets: readonly ZoneOffset[]): string {
  const later = offsets.slice(1).toReversed();
  const cases = later.map(({ from, offset }) => `WHEN epoch_us(${time}) >= ${from} THEN ${offset}`);
  const offset =
    later.length === 0 ? String(offsets[0]!.offset) : `CASE ${cases.join(' ')} ELSE ${offsets[0]!.offset} END`;
  return `(((epoch_us(${time}) + (${offset})) // ${MICROS_PER_HOUR} + ${MONDAY_SHIFT}) % 168)::INTEGER`;
}
