/** The functions by which controls ask about clocks: macros over `clock_intervals`. */
import { DEFAULT_CLOCK_THRESHOLD_S } from '../clock-interval.ts';

/**
 * The statements that make them, to be run again where the threshold is another one: no clock is taken to be more exact
 * than the threshold.
 *
 * `event_time_trusted(system, time)` is true where the clock was within tolerance, and false in all other cases.
 * `ordered(system_a, time_a, system_b, time_b)` is `{order, margin_s}`: whether a was `before` or `after` b, or
 * `undecidable`, and by how many seconds the difference exceeds what both clocks may be wrong by. It corrects each time by
 * the offset that was measured. The margin is to the microsecond, negative where the order is undecidable, and NULL where a clock is unknown.
 */
export function clockMacros(thresholdS: number = DEFAULT_CLOCK_THRESHOLD_S): readonly string[] {
  return [
    `CREATE OR REPLACE MACRO event_time_trusted(of_system, at_time) AS coalesce(
      (SELECT bool_or(clock.state = 'within') FROM clock_intervals clock
       WHERE clock.system = of_system AND clock."from" <= at_time AND clock."to" > at_time), false)`,
    `CREATE OR REPLACE MACRO ordered(system_a, time_a, system_b, time_b) AS (
      SELECT CASE WHEN margin > 0 THEN {'order': CASE WHEN apart > 0 THEN 'before' ELSE 'after' END, 'margin_s': margin}
        ELSE {'order': 'undecidable', 'margin_s': margin} END
      FROM (SELECT apart, round(abs(apart) - wrong, 6) AS margin FROM (
        SELECT (epoch_us(time_b::TIMESTAMP) - epoch_us(time_a::TIMESTAMP)) / 1e6 - b.offset_s + a.offset_s AS apart, a.wrong + b.wrong AS wrong
        FROM (${knownClock('system_a', 'time_a', thresholdS)}) a, (${knownClock('system_b', 'time_b', thresholdS)}) b)))`,
  ];
}

/** One row: the offset of a clock and how wrong that may be; NULL where it is not known. */
function knownClock(system: string, time: string, thresholdS: number): string {
  return `SELECT max(clock.offset_s) AS offset_s, max(greatest(coalesce(clock.error_s, 0), ${thresholdS})) AS wrong
    FROM clock_intervals clock WHERE clock.system = ${system} AND clock."from" <= ${time} AND clock."to" > ${time}
      AND clock.state <> 'unknown' AND clock.offset_s IS NOT NULL`;
}

/** What those functions read: a control that calls one needs these columns. */
export const clockMacroNeeds = { clock_intervals: ['system', 'from', 'to', 'state', 'offset_s', 'error_s'] } as const;
