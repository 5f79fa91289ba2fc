/**
 * The year of times that have none. The first line's is taken from the audit window; from then on it follows the
 * lines: over new year forwards, and back again for a line that came late. See docs/formats/syslog-3164.md, "The year".
 */
import {
  instantOfWallClock,
  type Interval,
  MICROS_PER_DAY,
  type UtcMicros,
  wallClockMicros,
} from '../../../shared/time.ts';
import type { WrittenTime } from './header.ts';

type Yearless = Extract<WrittenTime, { kind: 'no_year' }>;

/** A step back is believed three times less than a step forward of the same size: logs are written in order. */
const BACKWARD_WEIGHT = 3n;
/** A time outside the window four times less: a clock that starts at 1 January after a boot must not move the year. */
const OUTSIDE_WEIGHT = 4n;
/** A line further than this from the one before it (29 February can be) says nothing about the lines after it. */
const FARTHEST_STEP = 367n * MICROS_PER_DAY;

/** A candidate year with the wall clock it gives, in microseconds as if UTC. */
interface Candidate {
  readonly year: number;
  readonly month: number;
  readonly wall: bigint;
}

/** Gives years to the lines of one file, in their order. */
export class YearKeeper {
  private last: Candidate | undefined;
  private readonly window: Interval;

  /** `window` in UTC microseconds, `zone` the zone of the times. */
  constructor(window: Interval, zone: string) {
    this.window = { from: wallClockMicros(window.from, zone), to: wallClockMicros(window.to, zone) };
  }

  /** The wall clock of a line, in microseconds as if UTC. `isFirst` when the window decided the year. */
  wallClockOf(time: Yearless): { readonly wall: bigint; readonly year: number; readonly isFirst: boolean } {
    const { last } = this;
    const chosen = last ? this.following(last, time) : nearestTo(this.window, time);
    if (!last || distance(last.wall, chosen.wall) < FARTHEST_STEP) this.last = chosen;
    return { ...chosen, isFirst: last === undefined };
  }

  private following(last: Candidate, time: Yearless): Candidate {
    if (time.month === last.month && time.month !== 2) return candidate(time, last.year);
    const { from, to } = this.window;
    return best(candidates(time, last.year - 1, last.year + 1), (wall) => {
      const direction = wall >= last.wall ? 1n : BACKWARD_WEIGHT;
      const place = wall >= from && wall < to ? 1n : OUTSIDE_WEIGHT;
      return distance(last.wall, wall) * direction * place;
    });
  }
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

/** Inside the window where a year does that, else nearest to it; the earlier of two that are as good. */
function nearestTo(window: Interval, time: Yearless): Candidate {
  const firstYear = yearOf(window.from) - 1;
  const lastYear = yearOf(window.to) + 1;
  return best(candidates(time, firstYear, lastYear), (wall) => {
    if (wall < window.from) return window.from - wall;
    return wall < window.to ? 0n : wall - window.to + 1n;
  });
}

/** The years in which the day exists. 29 February looks up to eight years further (1900 and 2100 have none). */
function candidates(time: Yearless, firstYear: number, lastYear: number): readonly Candidate[] {
  const isLeapDay = time.month === 2 && time.day === 29;
  const reach = isLeapDay ? 8 : 0;
  const found: Candidate[] = [];
  for (let year = firstYear - reach; year <= lastYear + reach; year++) {
    if (!isLeapDay || new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29) found.push(candidate(time, year));
  }
  return found;
}

function candidate(time: Yearless, year: number): Candidate {
  const midnight = Date.UTC(year, time.month - 1, time.day);
  return { year, month: time.month, wall: BigInt(midnight) * 1000n + BigInt(time.microsOfDay) };
}

function best(found: readonly Candidate[], cost: (wall: bigint) => bigint): Candidate {
  return found.reduce((chosen, candidate) => (cost(candidate.wall) < cost(chosen.wall) ? candidate : chosen));
}

function yearOf(wall: bigint): number {
  return new Date(Number(wall / 1000n)).getUTCFullYear();
}

const QUARTER_HOUR = 900_000_000n;

/**
 * Instants of wall clocks in one zone. Offsets change at quarter hours at the finest, so that one look-up in the zone
 * serves all lines of a quarter of an hour.
 */
export class ZoneClock {
  private quarter: bigint | undefined;
  private offset = 0n;

  constructor(private readonly zone: string) {}

  /** The instant at which a wall clock shows `wall` (microseconds, as if UTC). */
  instantOf(wall: bigint): UtcMicros {
    const quarter = wall / QUARTER_HOUR;
    if (quarter !== this.quarter) {
      this.quarter = quarter;
      const start = quarter * QUARTER_HOUR;
      this.offset = start - instantOfWallClock(start, this.zone);
    }
    return wall - this.offset;
  }
}
