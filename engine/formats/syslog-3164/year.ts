/**
 * The year of times that have none. The first line's is taken from the audit window; from then on it follows the
 * lines: over new year forwards, and back again for a line that came late. See docs/formats/syslog-3164.md, "The year".
 */
import { type Interval, MICROS_PER_DAY, type UtcMicros, wallClockMicros } from '../../../shared/time.ts';

/** A time without a year, as a wall clock shows it. */
export interface Yearless {
  readonly month: number;
  readonly day: number;
  readonly microsOfDay: number;
}

/** A step back is believed three times less than a step forward of the same size: logs are written in order. */
const BACKWARD_WEIGHT = 3;
/** A time outside the window four times less: a clock that starts at 1 January after a boot must not move the year. */
const OUTSIDE_WEIGHT = 4;
/** A line further than this from the one before it (29 February can be) says nothing about the lines after it. */
const FARTHEST_STEP = 367 * Number(MICROS_PER_DAY);

/**
 * A year that a line may have, with the wall clock it gives: microseconds as if UTC. They are plain numbers in here,
 * exact until the year 2255, since every line needs several of them.
 */
interface Candidate {
  readonly year: number;
  readonly month: number;
  readonly wall: number;
}

interface WallWindow {
  readonly from: number;
  readonly to: number;
}

/** Gives years to the lines of one file, in their order. */
export class YearKeeper {
  private first: Candidate | undefined;
  private last: Candidate | undefined;
  private readonly window: WallWindow;

  /** `window` in UTC microseconds, `zone` the zone of the times. */
  constructor(window: Interval, zone: string) {
    const wallOf = (instant: UtcMicros) => Number(wallClockMicros(instant, zone));
    this.window = { from: wallOf(window.from), to: wallOf(window.to) };
  }

  private isBefore = false;

  /** Gives the first line, which is still to come, the year that puts it before the window. */
  beginBeforeWindow(): void {
    this.isBefore = true;
  }

  /** Why the first line has its year, as the end of a sentence. */
  get basis(): string {
    return this.isBefore
      ? 'before the audit window, and more of the lines after it are in the window then'
      : 'in or nearest to the audit window';
  }

  isInWindow(wall: number): boolean {
    return wall >= this.window.from && wall < this.window.to;
  }

  /** First and last year so far, where a line needed one. */
  years(): { readonly first: number; readonly last: number } | undefined {
    return this.first && this.last && { first: this.first.year, last: this.last.year };
  }

  /** The wall clock of a line, in microseconds as if UTC. */
  wallClockOf(time: Yearless): number {
    const { last } = this;
    const chosen = last ? this.following(last, time) : this.firstOf(time);
    this.first ??= chosen;
    if (!last || Math.abs(last.wall - chosen.wall) < FARTHEST_STEP) this.last = chosen;
    return chosen.wall;
  }

  private firstOf(time: Yearless): Candidate {
    const { from } = this.window;
    return this.isBefore ? lastBefore(from, time) : nearestTo(this.window, time);
  }

  private following(last: Candidate, time: Yearless): Candidate {
    if (time.month === last.month && !isLeapDay(time)) return candidate(time, last.year);
    const { from, to } = this.window;
    return best(candidates(time, last.year - 1, last.year + 1), (wall) => {
      const direction = wall >= last.wall ? 1 : BACKWARD_WEIGHT;
      const place = wall >= from && wall < to ? 1 : OUTSIDE_WEIGHT;
      return Math.abs(last.wall - wall) * direction * place;
    });
  }
}

function isLeapDay({ month, day }: Yearless): boolean {
  return month === 2 && day === 29;
}

/** Inside the window where a year does that, else nearest to it; the earlier of two that are as good. */
function nearestTo(window: WallWindow, time: Yearless): Candidate {
  const firstYear = yearOf(window.from) - 1;
  const lastYear = yearOf(window.to) + 1;
  return best(candidates(time, firstYear, lastYear), (wall) => {
    if (wall < window.from) return window.from - wall;
    return wall < window.to ? 0 : wall - window.to + 1;
  });
}

function lastBefore(from: number, time: Yearless): Candidate {
  const year = yearOf(from);
  return best(candidates(time, year - 1, year), (wall) => (wall < from ? from - wall : Infinity));
}

/** The years in which the day exists. 29 February looks up to eight years further (1900 and 2100 have none). */
function candidates(time: Yearless, firstYear: number, lastYear: number): readonly Candidate[] {
  const mustBeLeap = isLeapDay(time);
  const reach = mustBeLeap ? 8 : 0;
  const found: Candidate[] = [];
  for (let year = firstYear - reach; year <= lastYear + reach; year++) {
    if (!mustBeLeap || new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29) found.push(candidate(time, year));
  }
  return found;
}

function candidate(time: Yearless, year: number): Candidate {
  const midnight = Date.UTC(year, time.month - 1, time.day);
  return { year, month: time.month, wall: midnight * 1000 + time.microsOfDay };
}

function best(found: readonly Candidate[], cost: (wall: number) => number): Candidate {
  return found.reduce((chosen, candidate) => (cost(candidate.wall) < cost(chosen.wall) ? candidate : chosen));
}

function yearOf(wall: number): number {
  return new Date(wall / 1000).getUTCFullYear();
}
